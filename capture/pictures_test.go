package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// encoded returns a picture in every format that Go writes.
func encoded(t testing.TB) map[string][]byte {
	t.Helper()
	img := picture(80, 60, 2)
	out := map[string][]byte{}
	for name, encode := range map[string]func(io.Writer) error{
		"a.jpg":  func(w io.Writer) error { return jpeg.Encode(w, img, nil) },
		"a.png":  func(w io.Writer) error { return png.Encode(w, img) },
		"a.bmp":  func(w io.Writer) error { return bmp.Encode(w, img) },
		"a.tif":  func(w io.Writer) error { return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate}) },
		"b.tiff": func(w io.Writer) error { return tiff.Encode(w, img, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	return out
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A picture that is cut anywhere is an error, never a half-grey frame; alone, in a folder and as a benchmark's frame.
func TestTruncatedPictures(t *testing.T) {
	files := encoded(t)
	dir := t.TempDir()
	for _, name := range []string{"c.webp", "d.ppm"} {
		path := filepath.Join(dir, name)
		ffmpegRun(t, append(testsrc(80, 60, 1), "-frames:v", "1", path)...)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	for name, whole := range files {
		if _, err := ReadImage(save(t, name, whole)); err != nil {
			t.Errorf("%s: whole: %v", name, err)
		}
		for _, part := range []int{0, 10, 50, 90, 99} {
			path := save(t, name, whole[:len(whole)*part/100])
			if _, err := ReadImage(path); !errors.Is(err, ErrNotVideo) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %d %% of it: %v", name, part, err)
			}
			if frames, err := filesFrames(path); err == io.EOF || frames > 0 {
				t.Errorf("%s: %d %% of it as a frame: %d, %v", name, part, frames, err)
			}
		}
	}
}

func filesFrames(path string) (int, error) {
	s, err := OpenFiles([]string{path}, Options{})
	if err != nil {
		return 0, err
	}
	frames, err := drain(s)
	return len(frames), errors.Join(err, s.Close())
}

// A small file whose header asks for an enormous picture is refused before it is decoded.
func TestEnormousPictures(t *testing.T) {
	whole := encoded(t)["a.png"]
	huge := bytes.Clone(whole)
	binary.BigEndian.PutUint32(huge[16:], 30000)
	binary.BigEndian.PutUint32(huge[20:], 30000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	_, err := ReadImage(save(t, "a.png", huge))
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "30000x30000") {
		t.Errorf("900 megapixels: %v", err)
	}
	path := save(t, "a.png", whole)
	if _, err := Open(path, Options{MaxPixels: 80*60 - 1}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one pixel too many: %v", err)
	}
	if _, err := Open(path, Options{MaxPixels: -1}); err == nil {
		t.Error("a negative bound is taken")
	}
	mustOpen(t, path, Options{MaxPixels: 80 * 60})
}

// chain joins one-page TIFFs of this package's making into one file of many pages.
func chain(t *testing.T, pages ...image.Image) []byte {
	var all []byte
	link := 4 // where the offset of the next directory belongs
	for i, p := range pages {
		var b bytes.Buffer
		if err := tiff.Encode(&b, p, nil); err != nil {
			t.Fatal(err)
		}
		page := b.Bytes()
		base := uint32(0)
		if i > 0 {
			base = uint32(len(all))
		}
		le := binary.LittleEndian
		ifd := le.Uint32(page[4:])
		n := int(le.Uint16(page[ifd:]))
		for e := range n {
			entry := page[int(ifd)+2+12*e:]
			tag, kind, count := le.Uint16(entry), le.Uint16(entry[2:]), le.Uint32(entry[4:])
			size := map[uint16]uint32{1: 1, 2: 1, 3: 2, 4: 4, 5: 8}[kind] * count
			if size > 4 || tag == 273 { // an offset, or the strips' offsets themselves
				le.PutUint32(entry[8:], le.Uint32(entry[8:])+base)
			}
		}
		all = append(all, page...)
		le.PutUint32(all[link:], ifd+base)
		link = int(base) + int(ifd) + 2 + 12*n
	}
	return all
}

// Every page of a TIFF is a frame.
func TestTIFFStack(t *testing.T) {
	pages := []image.Image{picture(48, 32, 0), picture(48, 32, 2), picture(48, 32, 5)}
	path := save(t, "stack.tif", chain(t, pages...))
	s := mustOpen(t, path, Options{FPS: 5})
	if info := s.Info(); info.Frames != 3 || info.Width != 48 {
		t.Errorf("info %+v", info)
	}
	frames, err := drain(s)
	if err != io.EOF || len(frames) != 3 {
		t.Fatalf("%d pages of 3: %v", len(frames), err)
	}
	for i, f := range frames {
		if d := meanDifference(f.Image, pages[i].(*image.RGBA)); d > 0 {
			t.Errorf("page %d differs by %.1f", i, d)
		}
		if want := time.Duration(i) * 200 * time.Millisecond; f.Time != want {
			t.Errorf("page %d at %v", i, f.Time)
		}
	}
	if img, err := ReadImage(path); err != nil || meanDifference(img, pages[0].(*image.RGBA)) > 0 {
		t.Errorf("as one picture it is not the first page: %v", err)
	}
}

// Twelve bits in sixteen are shown over the whole range, by the range of all pictures, and it is said once.
func TestTwelveBitsInSixteen(t *testing.T) {
	dir := t.TempDir()
	for i, top := range []uint16{1000, 4095, 2000} {
		img := image.NewGray16(image.Rect(0, 0, 32, 16))
		for x := range 32 {
			for y := range 16 {
				img.SetGray16(x, y, color.Gray16{Y: uint16(int(top) * x / 31)})
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".png"), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	frames, err := drain(mustOpen(t, dir, Options{Log: textLog(&log)}))
	if err != io.EOF || len(frames) != 3 {
		t.Fatalf("%d frames, then %v", len(frames), err)
	}
	for i, want := range []int{62, 255, 125} { // top/4095 of 255
		if got := int(frames[i].Image.Pix[4*31]); got < want-1 || got > want+1 {
			t.Errorf("picture %d: its highest value becomes %d, not %d", i, got, want)
		}
	}
	if n := strings.Count(log.String(), "more than 8 bits"); n != 1 || !strings.Contains(log.String(), "4095") {
		t.Errorf("it is said %d times: %s", n, &log)
	}
}

func TestCeiling(t *testing.T) {
	for v, want := range map[float64]float64{
		0: 255, 200: 255, 256: 256, 300: 511, 1023: 1023, 4095: 4095, 4096: 4096, 5000: 8191, 65535: 65535,
	} {
		if got := ceiling(v, false); got != want {
			t.Errorf("%g: %g, not %g", v, got, want)
		}
	}
	if got := ceiling(0.7, true); got != 1 {
		t.Errorf("floating point in 0..1: %g", got)
	}
}

// A folder whose pictures change their size gives them as they are, and says so.
func TestFolderOfSeveralSizes(t *testing.T) {
	dir := t.TempDir()
	for name, img := range map[string]*image.RGBA{
		"1.png": picture(64, 48, 1), "2.png": picture(32, 24, 1), "3.png": picture(64, 48, 2),
	} {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	frames, err := drain(mustOpen(t, dir, Options{Log: textLog(&log)}))
	if err != io.EOF || len(frames) != 3 || frames[1].Image.Rect.Dx() != 32 {
		t.Fatalf("%d frames, then %v", len(frames), err)
	}
	if n := strings.Count(log.String(), "change their size"); n != 2 {
		t.Errorf("it is said %d times: %s", n, &log)
	}
}

func FuzzRaw(f *testing.F) {
	f.Add("640x480")
	f.Add("1x1:bgr24")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := rawSettings(Options{Raw: raw})
		if err == nil && strings.Count(got, "|") != 2 {
			t.Errorf("%q becomes %q", raw, got)
		}
	})
}
