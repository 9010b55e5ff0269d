package siamtrack_test

import (
	"errors"
	"path/filepath"
	"testing"

	"siamtrack"
	"siamtrack/match"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

const (
	tinyBox       = "siamfc/onnx/testdata/box.onnx"
	tinyEmbedding = "siamfc/onnx/testdata/embedding.onnx"
)

func open(t *testing.T, name string) *siamtrack.Model {
	t.Helper()
	m, err := siamtrack.Open(name, siamtrack.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(m.Close(), m.Close()); err != nil {
			t.Errorf("closing twice: %v", err)
		}
	})
	return m
}

// TestModelsAreOpenSideBySide: each works after another one, or a tracker of its own, was closed.
func TestModelsAreOpenSideBySide(t *testing.T) {
	first, second := open(t, tinyBox), open(t, tinyEmbedding)
	one, err := first.Tracker()
	if err != nil {
		t.Fatal(err)
	}
	other, err := first.Tracker()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(second.Close(), one.Close(), one.Close()); err != nil {
		t.Fatal(err)
	}
	if err := other.Init(ball(100), tracker.Box{X: 80, Y: 100, W: 40, H: 40}); err != nil {
		t.Error(err)
	}
	if _, err := other.Update(ball(102)); err != nil {
		t.Error(err)
	}
}

func TestErrorsSayWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		model string
		o     siamtrack.Options
		is    error
	}{
		"unknown name": {"nobody", siamtrack.Options{Folders: []string{t.TempDir()}}, siamtrack.ErrUnknown},
		"no library":   {tinyBox, siamtrack.Options{Library: filepath.Join(t.TempDir(), "none.so")}, siamtrack.ErrLibrary},
		"no model":     {"README.md/x.onnx", siamtrack.Options{}, nil},
	} {
		m, err := siamtrack.Open(c.model, c.o)
		if err == nil || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	if _, err := open(t, tinyEmbedding).Tracker(); !errors.Is(err, onnx.ErrModel) {
		t.Errorf("an embedding model tracks: %v", err)
	}
	m, err := open(t, tinyBox).Matcher(match.Cosine)
	if err != nil {
		t.Fatal(err)
	}
	if j, err := m.Judge(match.KindObject); err != nil || j.Calibrated() {
		t.Errorf("a threshold that nobody calibrated: %v, %v", j, err)
	}
	if err := errors.Join(m.Close(), m.Close()); err != nil {
		t.Error(err)
	}
}
