package gallery_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/match"
	"siamtrack/match/gallery"
	"siamtrack/siamfc"
)

// meanColour is the plainest branch there is: the mean of each colour.
type meanColour struct{ calls int }

func (m *meanColour) Embed(crops []float32, n, size int) (siamfc.Features, error) {
	m.calls++
	data := make([]float32, 3*n)
	for i := range data {
		for _, v := range crops[i*size*size : (i+1)*size*size] {
			data[i] += v / float32(size*size)
		}
	}
	return siamfc.Features{Data: data, N: n, C: 3, H: 1, W: 1}, nil
}

func matcher(t testing.TB, hash string) (*match.Matcher, *meanColour) {
	t.Helper()
	e := &meanColour{}
	m, err := match.New(match.Network{Embedder: e, Hash: hash, Manifest: siamfc.Manifest{
		Format: siamfc.Format, Name: "mean", Kind: siamfc.Embedding, Layout: siamfc.LayoutSiamtrack,
		Exemplar: siamfc.ExemplarSpec{Size: 16},
	}}, match.Euclidean)
	if err != nil {
		t.Fatal(err)
	}
	return m, e
}

func read(path string) (*image.RGBA, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return img.(*image.RGBA), nil
}

func write(t testing.TB, path string, c color.RGBA) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		img.SetRGBA(i%8, i/8, c)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// colours makes a gallery: red and blue are a file each, green is a folder of two shades.
func colours(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "colours")
	write(t, filepath.Join(dir, "red.png"), color.RGBA{R: 255, A: 255})
	write(t, filepath.Join(dir, "blue.png"), color.RGBA{B: 255, A: 255})
	write(t, filepath.Join(dir, "green", "light.png"), color.RGBA{G: 255, A: 255})
	write(t, filepath.Join(dir, "green", "dark.png"), color.RGBA{G: 100, A: 255})
	write(t, filepath.Join(dir, ".thumbnail.png"), color.RGBA{A: 255})
	return dir
}

func TestSearchRanksIdentities(t *testing.T) {
	m, _ := matcher(t, "aa")
	g, err := gallery.Open(t.Context(), colours(t), m, gallery.Options{Read: read})
	if err != nil {
		t.Fatal(err)
	}
	answers, err := g.Search([]float32{0, 90, 10}, 0)
	if err != nil || len(answers) != 3 || g.Len() != 4 {
		t.Fatalf("%v, %v", answers, err)
	}
	if a := answers[0]; a.Identity != "green" || a.Path != "green/dark.png" || a.Distance < 14.14 || a.Distance > 14.15 {
		t.Errorf("nearest: %+v, want green by its dark picture at 10*sqrt(2)", a)
	}
	if answers[1].Identity != "blue" || answers[2].Identity != "red" {
		t.Errorf("order: %+v", answers)
	}
	if top, err := g.Search([]float32{0, 90, 10}, 2); err != nil || len(top) != 2 || top[1] != answers[1] {
		t.Errorf("top two: %+v, %v", top, err)
	}
	if _, err := g.Search([]float32{1}, 1); err == nil {
		t.Error("a query of another length is taken")
	}
}

func TestCacheIsUsedAndRefreshed(t *testing.T) {
	dir := colours(t)
	open := func() int {
		t.Helper()
		m, e := matcher(t, "aa")
		if _, err := gallery.Open(t.Context(), dir, m, gallery.Options{Read: read}); err != nil {
			t.Fatal(err)
		}
		return e.calls
	}
	if n := open(); n != 4 {
		t.Errorf("%d pictures embedded at first, want 4", n)
	}
	if n := open(); n != 0 {
		t.Errorf("%d pictures embedded with a cache, want 0", n)
	}
	write(t, filepath.Join(dir, "red.png"), color.RGBA{R: 200, G: 3, A: 255})
	write(t, filepath.Join(dir, "white.png"), color.RGBA{R: 255, G: 255, B: 255, A: 255})
	if n := open(); n != 2 {
		t.Errorf("%d pictures embedded after one was changed and one added, want 2", n)
	}
	if err := os.Remove(filepath.Join(dir, "white.png")); err != nil {
		t.Fatal(err)
	}
	if n := open(); n != 0 {
		t.Errorf("%d pictures embedded after one was removed, want 0", n)
	}
	data, err := os.ReadFile(gallery.CachePath(dir))
	if err != nil || strings.Contains(string(data), "white.png") {
		t.Errorf("the cache still has the removed picture, or %v", err)
	}
}

func TestCacheOfAnotherModelIsRefused(t *testing.T) {
	dir := colours(t)
	m, _ := matcher(t, "aa")
	if _, err := gallery.Open(t.Context(), dir, m, gallery.Options{Read: read}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(gallery.CachePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	other, e := matcher(t, "bb")
	_, err = gallery.Open(t.Context(), dir, other, gallery.Options{Read: read})
	if !errors.Is(err, gallery.ErrOtherModel) {
		t.Errorf("another model's cache: %v", err)
	}
	if after, err := os.ReadFile(gallery.CachePath(dir)); err != nil || string(after) != string(before) || e.calls != 0 {
		t.Errorf("the cache was touched, or %d pictures were embedded; %v", e.calls, err)
	}
	own := gallery.Options{Read: read, Cache: filepath.Join(t.TempDir(), "own")}
	if _, err := gallery.Open(t.Context(), dir, other, own); err != nil {
		t.Errorf("a cache of its own: %v", err)
	}
}

// TestCacheThatCannotBeWritten is told before the pictures are embedded for nothing.
func TestCacheThatCannotBeWritten(t *testing.T) {
	m, e := matcher(t, "aa")
	o := gallery.Options{Read: read, Cache: filepath.Join(t.TempDir(), "no such folder", "cache")}
	if _, err := gallery.Open(t.Context(), colours(t), m, o); !errors.Is(err, os.ErrNotExist) ||
		!strings.Contains(err.Error(), "--cache") || e.calls != 0 {
		t.Errorf("%v, %d pictures embedded", err, e.calls)
	}
}

func TestDamagedCacheIsRefused(t *testing.T) {
	dir := colours(t)
	m, _ := matcher(t, "aa")
	if _, err := gallery.Open(t.Context(), dir, m, gallery.Options{Read: read}); err != nil {
		t.Fatal(err)
	}
	path := gallery.CachePath(dir)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), whole...)
	flipped[len(whole)/2] ^= 1
	for name, data := range map[string][]byte{"cut off": whole[:len(whole)-9], "one bit": flipped, "empty": {},
		"text": []byte("hello\n")} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := gallery.Open(t.Context(), dir, m, gallery.Options{Read: read}); !errors.Is(err, gallery.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != string(data) {
			t.Errorf("%s: the file was overwritten; %v", name, err)
		}
	}
}

func TestBadGalleries(t *testing.T) {
	m, _ := matcher(t, "aa")
	for name, c := range map[string]struct {
		make func(dir string)
		want error
		says string
	}{
		"not there": {func(dir string) { os.Remove(dir) }, os.ErrNotExist, ""},
		"empty":     {func(string) {}, gallery.ErrEmpty, "one picture an identity"},
		"an identity without pictures": {func(dir string) {
			write(t, filepath.Join(dir, "a.png"), color.RGBA{A: 255})
			os.Mkdir(filepath.Join(dir, "b"), 0o755)
		}, gallery.ErrEmpty, `identity "b"`},
		"two of one name": {func(dir string) {
			write(t, filepath.Join(dir, "anna.png"), color.RGBA{A: 255})
			write(t, filepath.Join(dir, "anna.jpg"), color.RGBA{A: 255})
		}, gallery.ErrTwice, "anna.jpg and anna.png"},
		"a folder and a file of one name": {func(dir string) {
			write(t, filepath.Join(dir, "anna", "1.png"), color.RGBA{A: 255})
			write(t, filepath.Join(dir, "anna.jpg"), color.RGBA{A: 255})
		}, gallery.ErrTwice, "anna"},
		"not a picture": {func(dir string) {
			write(t, filepath.Join(dir, "a.png"), color.RGBA{A: 255})
			os.WriteFile(filepath.Join(dir, "b.png"), []byte("no picture"), 0o644)
		}, png.FormatError("not a PNG file"), "b.png"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c.make(dir)
			_, err := gallery.Open(t.Context(), dir, m, gallery.Options{Read: read})
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v with %q", err, c.want, c.says)
			}
			if _, err := os.Stat(gallery.CachePath(dir)); err == nil {
				t.Error("a cache was written all the same")
			}
		})
	}
}

func TestOpenStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := colours(t)
	m, _ := matcher(t, "aa")
	o := gallery.Options{Read: read, Progress: func(done, total int) {
		if total != 4 {
			t.Errorf("%d pictures in all, want 4", total)
		}
		if done == 2 {
			cancel()
		}
	}}
	if _, err := gallery.Open(ctx, dir, m, o); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(gallery.CachePath(dir)); err == nil {
		t.Error("half a cache was written")
	}
}

func FuzzParseCache(f *testing.F) {
	dir := colours(f)
	m, _ := matcher(f, "aa")
	if _, err := gallery.Open(f.Context(), dir, m, gallery.Options{Read: read}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(gallery.CachePath(dir))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:40])
	f.Add([]byte("siamtrack embeddings 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := gallery.ParseCache(data)
		if err != nil {
			if !errors.Is(err, gallery.ErrDamaged) {
				t.Errorf("%v does not wrap ErrDamaged", err)
			}
			return
		}
		again, err := c.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gallery.ParseCache(again); err != nil {
			t.Errorf("what was read and written cannot be read: %v", err)
		}
	})
}
