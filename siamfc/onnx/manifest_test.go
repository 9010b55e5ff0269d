package onnx_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
)

// TestBadModelsAreNamed: the error names the file, what was found and what was expected.
func TestBadModelsAreNamed(t *testing.T) {
	rt := start(t)
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile("testdata/box.onnx")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		is   error
		says string
	}{
		"missing":       {filepath.Join(dir, "none.onnx"), os.ErrNotExist, "none.onnx"},
		"not ONNX":      {write("text.onnx", "hello"), onnx.ErrModel, "text.onnx"},
		"empty":         {write("empty.onnx", ""), onnx.ErrModel, "empty.onnx"},
		"cut off":       {write("cut.onnx", string(whole[:len(whole)/2])), onnx.ErrModel, "cut.onnx"},
		"no manifest":   {"testdata/without_manifest.onnx", onnx.ErrModel, "without_manifest.json"},
		"bad manifest":  {"testdata/bad_manifest.onnx", siamfc.ErrManifest, "bad_manifest.onnx"},
		"three sides":   {"testdata/three_sides.onnx", onnx.ErrModel, `"sides" [1,4,?,?]`},
		"no response":   {"testdata/box_without_response.onnx", onnx.ErrModel, `"response"`},
		"no kernel":     {"testdata/two_without_kernel.onnx", onnx.ErrModel, `"kernel"`},
		"no exemplar":   {copied(t, dir, "testdata/two_beside.onnx"), os.ErrNotExist, "two_exemplar.onnx"},
		"not JSON":      {write("model.json", "{"), siamfc.ErrManifest, "model.json"},
		"a folder":      {dir, nil, dir},
		"names nothing": {write("nothing.json", manifestText(t)), onnx.ErrModel, `"files"`},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := rt.Open(c.path)
			if err == nil {
				defer m.Close()
				_, err = m.Network()
			}
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v; %q expected in it", err, c.says)
			}
		})
	}
}

// copied copies a file into a folder, without what lies beside it.
func copied(t *testing.T, dir, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, filepath.Base(path))
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func manifestText(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../models/foreign/vittrack.json")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(data), `"files": {"model": "object_tracking_vittrack_2023sep.onnx"},`, "", 1)
}

func TestManifestBesideTheFile(t *testing.T) {
	dir := t.TempDir()
	model, err := os.ReadFile("testdata/without_manifest.onnx")
	if err != nil {
		t.Fatal(err)
	}
	beside := strings.ReplaceAll(`{'format':1,'name':'beside','kind':'box','layout':'siamtrack','files':{'model':'m.onnx'},
		'exemplar':{'size':64,'context':0.5},'search':{'size':128},'grid':{'size':8,'stride':16,'origin':-64},
		'input':{'mean':[0,0,0],'std':[1,1,1]},'correlation':{},
		'loop':{'window_influence':0.4},'state':{'uncertain':0.5,'lost':0.2}}`, "'", `"`)
	for name, data := range map[string][]byte{"m.onnx": model, "m.json": []byte(beside)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rt := start(t)
	for _, name := range []string{"m.onnx", "m.json"} {
		m, err := rt.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if m.Manifest().Name != "beside" || len(m.Files()) != 1 || len(m.Files()[0].SHA256) != 64 {
			t.Errorf("%s: %q with files %v", name, m.Manifest().Name, m.Files())
		}
		if err := errors.Join(m.Close(), m.Close()); err != nil {
			t.Errorf("closing twice: %v", err)
		}
	}
}
