package onnx_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
	"siamtrack/tracker/trackertest"
)

// start opens ONNX Runtime for one test.
func start(t *testing.T) *onnx.Runtime {
	t.Helper()
	rt, err := onnx.Start(onnx.Options{})
	if err != nil {
		t.Fatalf("%v\n(the tests need it too: `make test` sets it up)", err)
	}
	t.Cleanup(func() {
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	})
	return rt
}

// open returns a tracker over a model, closed with the test.
func open(t *testing.T, rt *onnx.Runtime, path string) *siamfc.Tracker {
	t.Helper()
	m, err := rt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	net, err := m.Network()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { net.Close() })
	tr, err := siamfc.New(net, m.Manifest())
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestEachKindKeepsTheInterface(t *testing.T) {
	for _, name := range []string{"box", "peak", "two", "two_around"} {
		t.Run(name, func(t *testing.T) {
			rt := start(t)
			trackertest.Run(t, func(t *testing.T) tracker.Tracker { return open(t, rt, "testdata/"+name+".onnx") })
		})
	}
}

func TestUpdateAllocatesNothing(t *testing.T) {
	for _, name := range []string{"box", "peak", "two", "two_around"} {
		t.Run(name, func(t *testing.T) {
			tr := open(t, start(t), "testdata/"+name+".onnx")
			img := image.NewRGBA(image.Rect(0, 0, 320, 240))
			if err := tr.Init(img, tracker.Box{X: 100, Y: 80, W: 50, H: 40}); err != nil {
				t.Fatal(err)
			}
			if n := testing.AllocsPerRun(20, func() {
				if _, err := tr.Update(img); err != nil {
					t.Error(err)
				}
			}); n != 0 {
				t.Errorf("%v allocations an update", n)
			}
		})
	}
}

// TestMemoryIsFlat follows a target over 10,000 frames and watches the process's memory, ONNX Runtime's included.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("10,000 frames: left out with -short")
	}
	tr := open(t, start(t), "testdata/box.onnx")
	video, err := synth.New(synth.Scene{Width: 160, Height: 120, Frames: 20, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	var frames []*image.RGBA
	for range 20 {
		var f tracker.Frame
		if err := video.Next(&f); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f.Image)
	}
	if err := tr.Init(frames[0], video.Truth(0).Box); err != nil {
		t.Fatal(err)
	}
	var before int
	for i := range 10_000 {
		if i == 1000 {
			before = residentKB(t)
		}
		if _, err := tr.Update(frames[i%len(frames)]); err != nil {
			t.Fatal(err)
		}
	}
	if grown := residentKB(t) - before; grown > 2048 {
		t.Errorf("the process grew by %d KB over 9,000 frames", grown)
	}
}

// residentKB is the process's resident memory after a garbage collection.
func residentKB(t *testing.T) int {
	t.Helper()
	runtime.GC()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("this system does not tell a process its memory")
	}
	fields := strings.Fields(string(data))
	pages := 0
	for _, c := range fields[1] {
		pages = pages*10 + int(c-'0')
	}
	return pages * os.Getpagesize() / 1024
}

func TestEmbedding(t *testing.T) {
	m, err := start(t).Open("testdata/embedding.onnx")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	e, err := m.Embedder()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	crops := make([]float32, 2*3*64*64)
	for i := range crops {
		crops[i] = float32(i % 251)
	}
	f, err := e.Embed(crops, 2, 64)
	if err != nil || f.N != 2 || f.C != 4 || f.H != 1 || f.W != 1 {
		t.Fatalf("features of %dx%dx%dx%d: %v", f.N, f.C, f.H, f.W, err)
	}
	var squares float64
	for _, v := range f.Data[:4] {
		squares += float64(v) * float64(v)
	}
	if math.Abs(squares-1) > 1e-5 {
		t.Errorf("an embedding of length %v", math.Sqrt(squares))
	}
	if _, err := e.Embed(crops[:100], 2, 64); err == nil {
		t.Error("too few pixels were embedded")
	}
	if _, err := m.Network(); !errors.Is(err, onnx.ErrModel) {
		t.Errorf("an embedding model as a tracker: %v", err)
	}
}

func TestLibraryErrorsSayWhereItWasLookedFor(t *testing.T) {
	notOne := filepath.Join(t.TempDir(), "libonnxruntime.so")
	if err := os.WriteFile(notOne, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/nowhere/libonnxruntime.so", notOne} {
		_, err := onnx.Start(onnx.Options{Library: path})
		if !errors.Is(err, onnx.ErrLibrary) || !strings.Contains(err.Error(), path) ||
			!strings.Contains(err.Error(), onnx.NeededVersion) {
			t.Errorf("%s: %v", path, err)
		}
	}
	old := filepath.Join(filepath.Dir(notOne), "libonnxruntime.so.1.23.2") // by its name; the plain one leads to it
	if err := errors.Join(os.Rename(notOne, old), os.Symlink(old, notOne)); err != nil {
		t.Fatal(err)
	}
	if _, err := onnx.Start(onnx.Options{Library: notOne}); err == nil ||
		!strings.Contains(err.Error(), "version 1.23.2") {
		t.Errorf("the version found is missing: %v", err)
	}
	rt := start(t) // after failures it still starts
	if rt.Version() == "" || rt.Library() == "" {
		t.Errorf("version %q of %q", rt.Version(), rt.Library())
	}
	if _, err := onnx.Start(onnx.Options{Library: notOne}); !errors.Is(err, onnx.ErrLibrary) ||
		!strings.Contains(err.Error(), rt.Library()) {
		t.Errorf("another library was loaded beside the first: %v", err)
	}
}

// TestRuntimesShareOneLibrary: what the first opened works on after the second was closed.
func TestRuntimesShareOneLibrary(t *testing.T) {
	first, second := start(t), start(t)
	tr := open(t, first, "testdata/box.onnx")
	if err := errors.Join(second.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, 100, 80))
	if err := tr.Init(img, tracker.Box{X: 30, Y: 30, W: 20, H: 20}); err != nil {
		t.Error(err)
	}
	if _, err := second.Open("testdata/box.onnx"); err == nil {
		t.Error("a closed runtime opened a model")
	}
}

// TestHash: a model of one file has that file's checksum; one of several has a hash that moves with each file and with
// the manifest, and with nothing else.
func TestHash(t *testing.T) {
	rt := start(t)
	hash := func(path string) string {
		t.Helper()
		m, err := rt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		h, err := m.Hash()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	raw, err := os.ReadFile("testdata/box.onnx")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	if got, want := hash("testdata/box.onnx"), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("one file: %s, want its SHA-256 %s", got, want)
	}
	manifest, err := os.ReadFile("../../models/foreign/nanotrack-v3.json")
	if err != nil {
		t.Fatal(err)
	}
	text := string(manifest)
	parsed, err := siamfc.ParseManifest(manifest)
	if err != nil || len(parsed.Files) != 3 {
		t.Fatalf("%v %v: a model of three files is needed", parsed.Files, err)
	}
	// model writes the manifest, changed, with the test graphs given in the place of its files.
	model := func(graphs []string, from, to string) string {
		dir := t.TempDir()
		roles := slices.Sorted(maps.Keys(parsed.Files))
		for i, role := range roles {
			data, err := os.ReadFile("testdata/" + graphs[i])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, parsed.Files[role]), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, "m.json")
		if err := os.WriteFile(path, []byte(strings.Replace(text, from, to, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	seen := map[string]string{}
	for what, path := range map[string]string{
		"as it is":            model([]string{"box.onnx", "peak.onnx", "box.onnx"}, "", ""),
		"another first file":  model([]string{"embedding.onnx", "peak.onnx", "box.onnx"}, "", ""),
		"another second file": model([]string{"box.onnx", "embedding.onnx", "box.onnx"}, "", ""),
		"files swapped":       model([]string{"peak.onnx", "box.onnx", "box.onnx"}, "", ""),
		"another name":        model([]string{"box.onnx", "peak.onnx", "box.onnx"}, `"name": "`, `"name": "x`),
	} {
		h := hash(path)
		if other, ok := seen[h]; ok {
			t.Errorf("%s and %s have one hash", what, other)
		}
		if seen[h] = what; h != hash(path) {
			t.Errorf("%s: another hash when opened again", what)
		}
	}
	if hash(model([]string{"box.onnx", "peak.onnx", "box.onnx"}, "",
		"")) != hash(model([]string{"box.onnx", "peak.onnx", "box.onnx"}, "", "")) {
		t.Error("the same files in another folder have another hash")
	}
}
