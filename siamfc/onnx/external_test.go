package onnx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// withExternal appends to an ONNX file a tensor whose data is in another one: messages that follow each other are one.
func withExternal(model []byte, location string) []byte {
	field := func(n protowire.Number, v []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), v)
	}
	entry := append(field(1, []byte("location")), field(2, []byte(location))...)
	tensor := append(field(8, []byte("more")), field(13, entry)...)
	tensor = protowire.AppendVarint(protowire.AppendTag(tensor, 14, protowire.VarintType), locationExternal)
	return append(append([]byte(nil), model...), field(7, field(5, tensor))...)
}

// TestExternalData refuses weights in other files, wherever they are.
func TestExternalData(t *testing.T) {
	r := started(t)
	model, err := os.ReadFile("testdata/box.onnx")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "m.onnx")
	for _, location := range []string{"m.data", "../m.data", "/etc/passwd"} {
		if err := os.WriteFile(path, withExternal(model, location), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Open(path); err == nil || !strings.Contains(err.Error(), "one file") {
			t.Errorf("%s: %v", location, err)
		}
	}
	files, err := filepath.Glob("testdata/*.onnx")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := refuseExternal(f, data); err != nil {
			t.Error(err)
		}
	}
}

// FuzzExternal: whatever a file holds, looking through it ends, and finds what was put in.
func FuzzExternal(f *testing.F) {
	model, err := os.ReadFile("testdata/box.onnx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(model)
	f.Add([]byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add(withExternal(nil, "x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := true // whether data is a message, so that another one may follow
		for rest := data; len(rest) > 0 && whole; {
			_, _, n := protowire.ConsumeField(rest)
			if whole = n >= 0; whole {
				rest = rest[n:]
			}
		}
		if !external(modelProto, withExternal(data, "x"), deepest) && whole {
			t.Errorf("not found behind %x", data)
		}
	})
}
