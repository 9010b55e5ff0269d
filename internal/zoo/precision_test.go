package zoo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInPrecision(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.onnx": "..DequantizeLinear..", "a-fp32.onnx": "..Conv..", "b.onnx": "..Conv..",
		"c.onnx": "QLinearConv", "d.json": "{}",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		file    string
		p, fast Precision
		want    string // "" for an error
	}{
		{"a.onnx", PrecisionAuto, PrecisionInt8, "a.onnx"},
		{"a.onnx", PrecisionAuto, PrecisionFP32, "a-fp32.onnx"},
		{"a-fp32.onnx", PrecisionAuto, PrecisionInt8, "a-fp32.onnx"},
		{"a.onnx", PrecisionFP32, PrecisionInt8, "a-fp32.onnx"},
		{"a-fp32.onnx", PrecisionInt8, PrecisionFP32, "a.onnx"},
		{"b.onnx", PrecisionAuto, PrecisionInt8, "b.onnx"},
		{"b.onnx", PrecisionFP32, PrecisionInt8, "b.onnx"},
		{"b.onnx", PrecisionInt8, PrecisionInt8, ""},
		{"c.onnx", PrecisionAuto, PrecisionFP32, "c.onnx"},
		{"c.onnx", PrecisionFP32, PrecisionFP32, ""},
		{"d.json", PrecisionAuto, PrecisionFP32, "d.json"},
		{"d.json", PrecisionFP32, PrecisionFP32, ""},
		{"none.onnx", "", PrecisionFP32, "none.onnx"},
	} {
		got, err := InPrecision(filepath.Join(dir, c.file), c.p, c.fast)
		if c.want == "" {
			if !errors.Is(err, ErrPrecision) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("%+v: %s, %v", c, got, err)
			}
		} else if err != nil || got != filepath.Join(dir, c.want) {
			t.Errorf("%+v: %s, %v", c, got, err)
		}
	}
}

// TestShippedFilesAreWhatTheirNamesSay: what is told by the names of operators is right of the models of this project.
func TestShippedFilesAreWhatTheirNamesSay(t *testing.T) {
	files, err := filepath.Glob("../../models/*-fp32.onnx")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		of, err := precisionOf(file)
		if err != nil || of != PrecisionFP32 {
			t.Errorf("%s: %s, %v", file, of, err)
		}
		of, err = precisionOf(sibling(file))
		if err != nil || of != PrecisionInt8 {
			t.Errorf("%s: %s, %v", sibling(file), of, err)
		}
	}
}

func TestPrecisionsHaveNames(t *testing.T) {
	for name, good := range map[string]bool{"auto": true, "int8": true, "fp32": true, "fp16": false, "": false} {
		if _, err := ParsePrecision(name); (err == nil) != good || err != nil && !errors.Is(err, ErrPrecision) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
