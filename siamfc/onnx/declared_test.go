package onnx

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	ort "github.com/yalue/onnxruntime_go"
)

// TestDeclaredIsWhatONNXRuntimeSays: names, order, types and shapes of all models' inputs and outputs, but that it may
// know more of a size that depends on an input's.
func TestDeclaredIsWhatONNXRuntimeSays(t *testing.T) {
	started(t)
	var paths []string
	for _, pattern := range []string{"../../models/*.onnx", "../../models/foreign/*.onnx", "testdata/*.onnx"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	read := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		in, out, ok := declared(data)
		if !ok {
			t.Logf("%s: ONNX Runtime is asked", path)
			continue
		}
		wantIn, wantOut, err := ort.GetInputOutputInfoWithONNXData(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		read++
		agree(t, path, in, wantIn)
		agree(t, path, out, wantOut)
	}
	if read < 12 {
		t.Errorf("%d of %d models could be read", read, len(paths))
	}
}

// agree fails where two lists of values differ, but for sizes that the first leaves open.
func agree(t *testing.T, path string, got, want []ort.InputOutputInfo) {
	t.Helper()
	same := func(a, b ort.InputOutputInfo) bool {
		return a.Name == b.Name && a.DataType == b.DataType && a.OrtValueType == b.OrtValueType &&
			slices.EqualFunc(a.Dimensions, b.Dimensions, func(m, n int64) bool { return m == n || m < 0 })
	}
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("%s: %s, ONNX Runtime says %s", path, describe(got), describe(want))
	}
}
