package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// weights calls each with the raw data of every initializer of an ONNX file, to be changed in place.
func weights(t *testing.T, model []byte, each func(raw []byte)) {
	t.Helper()
	var walk func(data []byte, path ...protowire.Number)
	walk = func(data []byte, path ...protowire.Number) {
		for len(data) > 0 {
			field, kind, n := protowire.ConsumeField(data)
			if n < 0 {
				t.Fatal("no protobuf")
			}
			if kind == protowire.BytesType && field == path[0] {
				_, _, tag := protowire.ConsumeTag(data)
				if part, _ := protowire.ConsumeBytes(data[tag:]); len(path) == 1 {
					each(part)
				} else {
					walk(part, path[1:]...)
				}
			}
			data = data[n:]
		}
	}
	walk(model, 7, 5, 9) // graph, initializer, raw_data
}

// TestUselessModel: a model of which nothing can come is named at the first frame, and the program fails.
func TestUselessModel(t *testing.T) {
	fill := func(value float32) func([]byte) []byte {
		return func(model []byte) []byte {
			weights(t, model, func(raw []byte) {
				for i := 0; i+4 <= len(raw); i += 4 {
					binary.LittleEndian.PutUint32(raw[i:], math.Float32bits(value))
				}
			})
			return model
		}
	}
	for what, change := range map[string]func([]byte) []byte{
		"weights that are NaN": fill(float32(math.NaN())),
		"infinite weights":     fill(float32(math.Inf(1))),
		// Dropout does nothing outside of training, so the response is what the sigmoid was to be taken of.
		"no probabilities": func(model []byte) []byte {
			model = fill(-1)(model)
			return bytes.ReplaceAll(model, []byte("Sigmoid"), []byte("Dropout"))
		},
	} {
		path := filepath.Join(t.TempDir(), "bad.onnx")
		if err := os.WriteFile(path, change([]byte(read(t, tiny))), 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := track(t, "file", clip, "-m", path, "--init", clipInit, "--end", "5")
		if code != exitFailed || !strings.Contains(stderr, "weights are damaged") {
			t.Errorf("%s: exit %d: %s", what, code, stderr)
		}
	}
}

// TestModelsWithControlCharacters: what a model calls itself does not reach the terminal as it is.
func TestModelsWithControlCharacters(t *testing.T) {
	dir := t.TempDir()
	model := strings.Replace(read(t, tiny), `"name": "tiny-box"`, `"name":"\u001b[2J"`, 1) // as long
	if err := os.WriteFile(filepath.Join(dir, "m.onnx"), []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SIAMTRACK_MODELS", dir)
	for _, command := range []string{"models", "doctor"} {
		_, stdout, stderr := track(t, command)
		if strings.ContainsAny(stdout+stderr, "\x1b\x07") || !strings.Contains(stdout, `\x1b[2J`) {
			t.Errorf("%s: %q %q", command, stdout, stderr)
		}
	}
}
