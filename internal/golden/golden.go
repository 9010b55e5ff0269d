// Package golden compares pictures, and documents, with ones that were checked by eye and committed. `go test PACKAGE
// -update` writes them anew; look at them before you commit them.
package golden

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"siamtrack/internal/readfile"
)

var update = flag.Bool("update", false, "write golden files anew instead of comparing with them")

// Image fails the test unless got equals the PNG at path, every channel of every pixel within tolerance (0 to 255).
// When it does not, both are left in a folder whose name is logged.
func Image(t *testing.T, path string, got *image.RGBA, tolerance int) {
	t.Helper()
	if *update {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := read(path)
	if err != nil {
		t.Fatalf("%v (go test -update makes it)", err)
	}
	if err := Compare(got, want, tolerance); err != nil {
		t.Errorf("%s: %v; what was drawn is in %s", path, err, keep(path, got))
	}
}

// Bytes fails the test unless got equals the file at path.
func Bytes(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := readfile.Plain(path, 1<<20)
	if err != nil {
		t.Fatalf("%v (go test -update makes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date (go test -update makes it anew): it should be\n%s", path, got)
	}
}

// Compare returns an error that says how many pixels of two pictures differ by more than tolerance in any channel,
// by how much at most, and where the first one lies.
func Compare(got, want *image.RGBA, tolerance int) error {
	if got.Rect.Size() != want.Rect.Size() {
		return fmt.Errorf("%v pixels, want %v", got.Rect.Size(), want.Rect.Size())
	}
	worst, count, first := 0, 0, image.Point{}
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			i := got.PixOffset(got.Rect.Min.X+x, got.Rect.Min.Y+y)
			j := want.PixOffset(want.Rect.Min.X+x, want.Rect.Min.Y+y)
			d := 0
			for c := range 4 {
				v := int(got.Pix[i+c]) - int(want.Pix[j+c])
				d = max(d, v, -v)
			}
			if d <= tolerance {
				continue
			}
			if count == 0 {
				first = image.Pt(x, y)
			}
			count, worst = count+1, max(worst, d)
		}
	}
	if count > 0 {
		return fmt.Errorf("%d pixels differ, by %d at most, the first at %v", count, worst, first)
	}
	return nil
}

func read(path string) (*image.RGBA, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("golden: decode %s: %w", path, err)
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out, nil
}

func write(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img); err != nil {
		return fmt.Errorf("golden: encode %s: %w", path, err)
	}
	return f.Close()
}

// keep leaves the picture in a folder that outlives the test and returns its path.
func keep(path string, got *image.RGBA) string {
	dir, err := os.MkdirTemp("", "golden-*")
	if err != nil {
		return err.Error()
	}
	out := filepath.Join(dir, filepath.Base(path))
	if err := write(out, got); err != nil {
		return err.Error()
	}
	return out
}
