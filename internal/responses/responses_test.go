package responses

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/render"
	"siamtrack/tracker"
)

// step is a frame in which two targets were searched for and one was marked.
func step(frame int) tracker.Step {
	response := func(values ...float32) *tracker.Response {
		area := tracker.Box{X: 1.5, Y: 2, W: 30, H: 20}
		return &tracker.Response{Values: values, Width: 3, Height: 2, Area: area, Peak: 0.75}
	}
	return tracker.Step{Frame: tracker.Frame{Index: frame}, Targets: []tracker.Target{
		{ID: 1, Result: tracker.Result{Response: response(0, 0.25, 0.5, 0.75, 1, float32(math.NaN()))}},
		{ID: 2, Name: "a,b", Result: tracker.Result{Response: response(1, 1, 1, 2, -1, 0)}},
		{ID: 3, Initial: true, Result: tracker.Result{Response: response(0, 0, 0, 0, 0, 0)}},
		{ID: 4},
	}}
}

func put(t *testing.T, folder string, o Options, frames ...int) {
	t.Helper()
	w, err := New(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range frames {
		if err := w.Put(step(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if w.Files() != 2*len(frames) {
		t.Errorf("%d files", w.Files())
	}
	if err := w.Put(step(9)); len(frames) > 0 && !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestArrays compares with the bytes that NumPy 2.4 writes: np.save of np.array([[...]], dtype="<f4").
func TestArrays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "maps")
	put(t, dir, Options{Format: NPY}, 7, 1234567)
	raw := read(t, filepath.Join(dir, "2_000007.npy"), filepath.Join(dir, "a,b_000007.npy"))
	header := "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" +
		strings.Repeat(" ", 58) + "\n"
	if len(raw) != 128+6*4 || string(raw[:128]) != header {
		t.Fatalf("%q", raw)
	}
	var values [6]float32
	if err := binary.Read(bytes.NewReader(raw[128:]), binary.LittleEndian, &values); err != nil {
		t.Fatal(err)
	}
	if values != [6]float32{1, 1, 1, 2, -1, 0} {
		t.Errorf("%v", values)
	}
	list := string(read(t, filepath.Join(dir, ListName)))
	if want := "id,frame,x,y,w,h,rows,columns,peak,file\n" +
		"1,7,1.500,2.000,30.000,20.000,2,3,0.7500,1_000007.npy\n" +
		"\"a,b\",7,1.500,2.000,30.000,20.000,2,3,0.7500,\"a,b_000007.npy\"\n" +
		"1,1234567,1.500,2.000,30.000,20.000,2,3,0.7500,1_1234567.npy\n" +
		"\"a,b\",1234567,1.500,2.000,30.000,20.000,2,3,0.7500,\"a,b_1234567.npy\"\n"; list != want {
		t.Errorf("list\n%s\nwant\n%s", list, want)
	}
}

// read returns the first of the files that is there.
func read(t *testing.T, paths ...string) []byte {
	t.Helper()
	for _, p := range paths {
		if raw, err := os.ReadFile(p); err == nil {
			return raw
		}
	}
	t.Fatalf("none of %v", paths)
	return nil
}

func TestPictures(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, Options{ColorMap: render.Gray}, 0)
	img, err := png.Decode(bytes.NewReader(read(t, filepath.Join(dir, "1_000000.png"))))
	if err != nil || img.Bounds() != image.Rect(0, 0, 3*cellSide, 2*cellSide) {
		t.Fatal(img.Bounds(), err)
	}
	for i, want := range []uint32{0, 63, 127, 191, 255, 0} {
		for _, at := range []image.Point{{0, 0}, {cellSide - 1, cellSide - 1}} {
			at = at.Add(image.Pt(i%3*cellSide, i/3*cellSide))
			if r, _, _, a := img.At(at.X, at.Y).RGBA(); r>>8 != want || a != 0xffff {
				t.Errorf("cell %d at %v: %d, want %d", i, at, r>>8, want)
			}
		}
	}
}

// TestSameBytes: the same maps give the same files.
func TestSameBytes(t *testing.T) {
	for _, f := range Formats() {
		a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
		put(t, a, Options{Format: f}, 1, 2)
		put(t, b, Options{Format: f}, 1, 2)
		entries, err := os.ReadDir(a)
		if err != nil || len(entries) != 5 {
			t.Fatal(entries, err)
		}
		for _, e := range entries {
			if !bytes.Equal(read(t, filepath.Join(a, e.Name())), read(t, filepath.Join(b, e.Name()))) {
				t.Errorf("%s differs", e.Name())
			}
		}
	}
}

func TestFoldersRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "input.png")
	if err := os.WriteFile(file, []byte("kept"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Check(dir); !errors.Is(err, ErrNotEmpty) {
		t.Error(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "x"), filepath.Join(dir, "none", "x")} {
		if err := Check(bad); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	if _, err := New(filepath.Join(dir, "new"), Options{Format: "bmp"}); err == nil {
		t.Error("format bmp was taken")
	}
	put(t, filepath.Join(dir, "new"), Options{})
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: a run without maps left something", entries, err)
	}
}

// TestStaysBelow: nothing is written through a link that somebody laid, nor outside the folder, whatever a target is
// called.
func TestStaysBelow(t *testing.T) {
	above := t.TempDir()
	precious := filepath.Join(above, "precious")
	if err := os.WriteFile(precious, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(above, "maps")
	w, err := New(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put(step(1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, filepath.Join(dir, "1_000002.png")); err != nil {
		t.Skip(err)
	}
	if err := w.Put(step(2)); !errors.Is(err, os.ErrExist) || !strings.Contains(err.Error(), "1_000002.png") {
		t.Errorf("through a link: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(precious); err != nil || string(text) != "kept" {
		t.Errorf("%q, %v", text, err)
	}

	if w, err = New(filepath.Join(above, "others"), Options{}); err != nil {
		t.Fatal(err)
	}
	out := step(1)
	out.Targets[0].Name = "../out"
	if err := w.Put(out); err == nil {
		t.Error("a target's name led out of the folder")
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if found, _ := filepath.Glob(filepath.Join(above, "out*")); len(found) > 0 {
		t.Errorf("%v", found)
	}
}
