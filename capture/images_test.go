package capture

import (
	"errors"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"siamtrack/internal/readfile"
)

// fill makes a folder of numbered pictures, in three formats and out of order, with things that are none among them.
func fill(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for n, name := range map[int]string{0: "2.png", 1: "9.JPG", 2: "10.png", 3: "0011.jpeg", 4: "100.png"} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "png") {
			err = png.Encode(f, picture(64, 48, n))
		} else {
			err = jpeg.Encode(f, picture(64, 48, n), &jpeg.Options{Quality: 95})
		}
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"notes.txt", ".hidden.png"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("no picture"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.png"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestImages(t *testing.T) {
	dir := fill(t)
	for _, c := range []struct {
		spec string
		o    Options
		want []int // the pictures' numbers
		step time.Duration
	}{
		{spec: dir, want: []int{0, 1, 2, 3, 4}, step: 40 * time.Millisecond},
		{spec: "file://" + dir, o: Options{FPS: 10}, want: []int{0, 1, 2, 3, 4}, step: 100 * time.Millisecond},
		{spec: filepath.Join(dir, "*0*.[pj]*"), want: []int{2, 3, 4}, step: 40 * time.Millisecond},
		{spec: filepath.Join(dir, "9.JPG"), want: []int{1}},
	} {
		s := mustOpen(t, c.spec, c.o)
		if info := s.Info(); info.Kind != Images || info.Frames != len(c.want) || info.Width != 64 {
			t.Errorf("%s: info %+v", c.spec, info)
		}
		frames, err := drain(s)
		if err != io.EOF || len(frames) != len(c.want) {
			t.Fatalf("%s: %d frames, then %v", c.spec, len(frames), err)
		}
		for i, n := range c.want {
			if d := meanDifference(frames[i].Image, picture(64, 48, n)); d > 4 {
				t.Errorf("%s: frame %d is not picture %d: they differ by %.1f", c.spec, i, n, d)
			}
			if want := time.Duration(i) * c.step; frames[i].Time != want {
				t.Errorf("%s: frame %d at %v, not %v", c.spec, i, frames[i].Time, want)
			}
		}
	}
}

// A lossless picture comes through OpenCV unchanged, channels in place.
func TestReadImage(t *testing.T) {
	img, err := ReadImage(filepath.Join(fill(t), "10.png"))
	if err != nil {
		t.Fatal(err)
	}
	if d := meanDifference(img, picture(64, 48, 2)); d != 0 {
		t.Errorf("the pixels differ by %g", d)
	}
}

// TestErrorsNameAPictureOnce: however it is opened, alone or as one of a folder.
func TestErrorsNameAPictureOnce(t *testing.T) {
	dir := fill(t)
	broken, none := filepath.Join(dir, "10.png"), filepath.Join(dir, "none.png")
	if err := os.WriteFile(broken, []byte("\x89PNG\r\n\x1a\nand no more"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{broken, none} {
		_, read := ReadImage(path)
		_, opened := Open(path, Options{})
		for _, err := range []error{read, opened} {
			if err == nil || strings.Count(err.Error(), filepath.Base(path)) != 1 {
				t.Errorf("%v", err)
			}
		}
	}
	if _, err := drain(mustOpen(t, dir, Options{})); err == nil || strings.Count(err.Error(), "10.png") != 1 {
		t.Errorf("in a folder: %v", err)
	}
}

func TestImageErrors(t *testing.T) {
	dir := fill(t)
	broken := filepath.Join(dir, "12.png")
	if err := os.WriteFile(broken, []byte("\x89PNG\r\n\x1a\nand no more"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadImage(broken); !errors.Is(err, ErrNotVideo) || !strings.Contains(err.Error(), "12.png") {
		t.Errorf("a broken picture: %v", err)
	}
	if _, err := ReadImage(filepath.Join(dir, "none.png")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing picture: %v", err)
	}
	frames, err := drain(mustOpen(t, dir, Options{}))
	if len(frames) != 4 || !errors.Is(err, ErrNotVideo) || !strings.Contains(err.Error(), "12.png") {
		t.Errorf("a folder with a broken picture: %d frames, %v", len(frames), err)
	}
	if _, err := Open(filepath.Join(dir, "*.mkv"), Options{}); err == nil ||
		!strings.Contains(err.Error(), "such a name") {
		t.Errorf("a glob of no file: %v", err)
	}
	for spec, want := range map[string]error{
		t.TempDir():                     ErrNoImages,
		filepath.Join(dir, "*.gif"):     ErrNoImages,
		filepath.Join(dir, "x.png"):     fs.ErrNotExist,
		filepath.Join(dir, "[.png"):     filepath.ErrBadPattern,
		filepath.Join(dir, "none", "x"): fs.ErrNotExist,
	} {
		if _, err := Open(spec, Options{}); !errors.Is(err, want) {
			t.Errorf("%s: %v is not %v", spec, err, want)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	want := []string{
		"1.png", "2.png", "02.png", "10.png", "a", "a1b2", "a1b10", "a2", "b",
		"b99999999999999999999", "b100000000000000000000",
	}
	// Names that are equal by value are ordered as strings: 02 before 2.
	slices.Reverse(want[1:3])
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, naturalOrder)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// FuzzNaturalOrder checks that the order is one: antisymmetric, transitive, and equal only for equal names.
func FuzzNaturalOrder(f *testing.F) {
	f.Add("1", "01", "001")
	f.Add("a10", "a9", "a")
	f.Add("", "0", "a0b")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if naturalOrder(a, b) != -naturalOrder(b, a) {
			t.Errorf("%q and %q", a, b)
		}
		if (naturalOrder(a, b) == 0) != (a == b) {
			t.Errorf("%q and %q are equal", a, b)
		}
		if naturalOrder(a, b) <= 0 && naturalOrder(b, c) <= 0 && naturalOrder(a, c) > 0 {
			t.Errorf("%q <= %q <= %q, but not the first and the last", a, b, c)
		}
	})
}

// TestPipeAmongPictures: a pipe that nobody writes to is no picture, and is not waited for.
func TestPipeAmongPictures(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "1.png")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for name, open := range map[string]func() (*Source, error){
		"folder": func() (*Source, error) { return Open(dir, Options{}) },
		"glob":   func() (*Source, error) { return Open(dir+"/*.png", Options{}) },
		"list":   func() (*Source, error) { return OpenFiles([]string{pipe}, Options{}) },
	} {
		if s, err := open(); !errors.Is(err, readfile.ErrKind) {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	if _, err := ReadImage(pipe); !errors.Is(err, readfile.ErrKind) {
		t.Error(err)
	}
}
