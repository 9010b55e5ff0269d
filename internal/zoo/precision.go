package zoo

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/cpu"

	"siamtrack/internal/readfile"
)

// Precision is the kind of numbers that a model's network computes with.
type Precision string

// The precisions of one network, whose files lie side by side: NAME.onnx and NAME-fp32.onnx.
const (
	// PrecisionAuto is what this processor does faster.
	PrecisionAuto Precision = "auto"
	// PrecisionInt8 is 8-bit integers, quantised from the other.
	PrecisionInt8 Precision = "int8"
	// PrecisionFP32 is 32-bit floats.
	PrecisionFP32 Precision = "fp32"
)

// ErrPrecision is wrapped by the error of a precision that is unknown, or that a model does not come in.
var ErrPrecision = errors.New("no such precision")

const suffixFP32 = "-fp32"

// ParsePrecision reads a precision's name. Its error wraps ErrPrecision.
func ParsePrecision(s string) (Precision, error) {
	if p := Precision(s); slices.Contains([]Precision{PrecisionAuto, PrecisionInt8, PrecisionFP32}, p) {
		return p, nil
	}
	return "", fmt.Errorf("%w: %q: auto, int8 or fp32 expected", ErrPrecision, s)
}

// Faster returns the precision in which this processor runs our networks faster: int8 where ONNX Runtime multiplies
// bytes many at once (AVX2, and twice as fast with VNNI; ARM's dot product), and with SSE 4.1 alone, whose floats are
// slow too; fp32 elsewhere: with AVX alone floats come eight at a time and bytes do not. models/siamtrack.md has the
// times.
func Faster() Precision {
	x86 := cpu.X86
	if x86.HasAVX2 || x86.HasSSE41 && !x86.HasAVX || cpu.ARM64.HasASIMDDP {
		return PrecisionInt8
	}
	return PrecisionFP32
}

// InPrecision returns the file of the model at path that has a precision: path itself or the other of NAME.onnx and
// NAME-fp32.onnx. With PrecisionAuto NAME.onnx gives way to the other where that is there and has the precision fast; a
// NAME-fp32.onnx was asked for by its name. Its error wraps ErrPrecision and says what was looked at.
func InPrecision(path string, p, fast Precision) (string, error) {
	other := sibling(path)
	if p == PrecisionAuto || p == "" {
		if fast == PrecisionFP32 && strings.HasSuffix(other, suffixFP32+".onnx") {
			if of, err := precisionOf(other); err == nil && of == fast {
				return other, nil
			}
		}
		return path, nil
	}
	var seen []string
	for _, file := range []string{path, other} {
		if file == "" {
			continue
		}
		of, err := precisionOf(file)
		switch {
		case err != nil:
			seen = append(seen, err.Error())
		case of == p:
			return file, nil
		default:
			seen = append(seen, fmt.Sprintf("%s is %s", file, of))
		}
	}
	return "", fmt.Errorf("model %s in %s: %w: %s", path, p, ErrPrecision, strings.Join(seen, "; "))
}

// sibling is the name of the same network's other file, "" for what is no ONNX file.
func sibling(path string) string {
	base, ok := strings.CutSuffix(path, ".onnx")
	if !ok {
		return ""
	}
	if name, ok := strings.CutSuffix(base, suffixFP32); ok {
		return name + ".onnx"
	}
	return base + suffixFP32 + ".onnx"
}

// precisionOf tells a quantised ONNX file by the names of its operators, which stand in it as they are.
func precisionOf(path string) (Precision, error) {
	if filepath.Ext(path) != ".onnx" {
		return "", fmt.Errorf("%s: not an ONNX file of its own", path)
	}
	data, err := Read(path, 2*readfile.Large)
	if err != nil {
		return "", err
	}
	for _, operator := range []string{"DequantizeLinear", "QLinearConv", "ConvInteger"} {
		if bytes.Contains(data, []byte(operator)) {
			return PrecisionInt8, nil
		}
	}
	return PrecisionFP32, nil
}
