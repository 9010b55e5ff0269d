package imagefile

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// encoded returns a picture of 80x60 in every format that can be written here.
func encoded(t testing.TB) map[string][]byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 80, 60))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * i % 251)
	}
	out := map[string][]byte{"pnm": append([]byte("P6 # a comment\n80 60\n255\n"), make([]byte, 80*60*3)...)}
	for name, encode := range map[string]func(io.Writer) error{
		"jpeg": func(w io.Writer) error { return jpeg.Encode(w, img, nil) },
		"png":  func(w io.Writer) error { return png.Encode(w, img) },
		"bmp":  func(w io.Writer) error { return bmp.Encode(w, img) },
		"tiff": func(w io.Writer) error { return tiff.Encode(w, img, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	return out
}

// A whole picture says its format and size; one that is cut anywhere says so.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	for format, whole := range encoded(t) {
		path := filepath.Join(dir, format)
		if err := os.WriteFile(path, whole, 0o666); err != nil {
			t.Fatal(err)
		}
		h, err := Read(path)
		if err != nil || h.Format != format || h.Width != 80 || h.Height != 60 || h.Animated {
			t.Errorf("%s: %+v, %v", format, h, err)
		}
		for _, n := range []int{0, len(whole) / 10, len(whole) / 2, len(whole) * 9 / 10} {
			if err := os.WriteFile(path, whole[:n], 0o666); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(path); !errors.Is(err, ErrCut) {
				t.Errorf("%s: %d of %d bytes: %v", format, n, len(whole), err)
			}
		}
	}
	if _, err := Read(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

// FuzzParse reads the headers of what is no picture: an error or an answer, in bounded time.
func FuzzParse(f *testing.F) {
	for _, data := range encoded(f) {
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x07\x00\x00\x07\x00\x00"))
	f.Add([]byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parse(bytes.NewReader(data), int64(len(data)))
		if err == nil && (h.Width < 0 || h.Height < 0 || h.Pages < 0) {
			t.Errorf("%+v", h)
		}
	})
}
