package doctor

import (
	"bytes"
	"errors"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"siamtrack/siamfc/onnx"
)

func TestPrintAndNeeded(t *testing.T) {
	findings := []Finding{
		{Name: "OpenCV", Status: OK, Found: "4.6.0", Details: []string{"/lib/a.so"}},
		{Name: "ONNX Runtime", Status: Missing, Found: "not there", Advice: "get it\nor give its path"},
		{Name: "cameras", Status: Note, Found: "none"},
	}
	if n := Needed(findings); n != 1 {
		t.Errorf("%d needed, want 1", n)
	}
	var out bytes.Buffer
	if err := Print(&out, findings); err != nil {
		t.Fatal(err)
	}
	want := `ok       OpenCV        4.6.0
                         /lib/a.so
missing  ONNX Runtime  not there
                       -> get it
                          or give its path
note     cameras       none
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestRuntimeSaysWhereItLooked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "libonnxruntime.so")
	f := Runtime(path)
	if f.Status != Missing || !strings.Contains(strings.Join(f.Details, "\n"), path) || f.Advice == "" {
		t.Errorf("%+v does not name %s", f, path)
	}
}

// TestProviders: the CPU always can, and of each of the others it is said that it can, or why not.
func TestProviders(t *testing.T) {
	f := Providers("")
	if f.Status != OK || !strings.HasPrefix(f.Found, "cpu") {
		t.Fatalf("%+v", f)
	}
	for _, p := range onnx.Providers() {
		why := slices.ContainsFunc(f.Details, func(d string) bool { return strings.HasPrefix(d, "no "+string(p)+": ") })
		if why == strings.Contains(f.Found, string(p)) {
			t.Errorf("%s: %+v", p, f)
		}
	}
	if f := Providers(filepath.Join(t.TempDir(), "none.so")); f.Status != Missing {
		t.Errorf("without a library: %+v", f)
	}
}

func TestModels(t *testing.T) {
	good := Model{Path: "m/good.json", Name: "good",
		Files: []onnx.File{{Path: "b.onnx", SHA256: "22"}, {Path: "a.onnx", SHA256: "11"}}}
	bad := Model{Path: "m/bad.onnx", Err: errors.New("no manifest")}
	for _, c := range []struct {
		name     string
		models   []Model
		standard string
		status   Status
		says     []string
	}{
		{"all well", []Model{good}, "good", OK, []string{"1 usable", "11", "22"}},
		{"one broken", []Model{bad, good}, "good", Note, []string{"m/bad.onnx is not usable: no manifest"}},
		{"not the default one", []Model{good}, "other", Missing, []string{`not "other"`, "looked in m", "SIAMTRACK_MODELS"}},
		{"none", nil, "good", Missing, []string{"0 usable"}},
	} {
		f := Models(c.models, c.standard, []string{"m"})
		text := f.Found + strings.Join(f.Details, "\n") + f.Advice
		if f.Status != c.status {
			t.Errorf("%s: %s, want %s", c.name, f.Status, c.status)
		}
		for _, s := range c.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: %q is not in %q", c.name, s, text)
			}
		}
		if c.status == OK && strings.Index(text, "11") > strings.Index(text, "22") {
			t.Errorf("%s: files in no order: %q", c.name, text)
		}
	}
}

func TestDisplay(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has DISPLAY")
	}
	t.Setenv("DISPLAY", "")
	if f := Display(t.Context()); f.Status != Note || f.Advice == "" {
		t.Errorf("without DISPLAY: %+v", f)
	}
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	number := server.Addr().(*net.TCPAddr).Port - 6000
	t.Setenv("DISPLAY", "127.0.0.1:"+strconv.Itoa(number)+".0")
	if f := Display(t.Context()); f.Status != OK {
		t.Errorf("with a server: %+v", f)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if f := Display(t.Context()); f.Status != Note || !strings.Contains(f.Found, "does not answer") {
		t.Errorf("after the server has gone: %+v", f)
	}
	t.Setenv("DISPLAY", "host:x")
	if f := Display(t.Context()); f.Status != Note || !strings.Contains(f.Found, "host:number") {
		t.Errorf("nonsense: %+v", f)
	}
}

// TestThisMachine looks at the real libraries: the program is built against an OpenCV with FFmpeg.
func TestThisMachine(t *testing.T) {
	for _, f := range Video() {
		if f.Status != OK || f.Found == "" {
			t.Errorf("%+v", f)
		}
	}
	if f := Cameras(); f.Status == Missing {
		t.Errorf("a camera is never needed: %+v", f)
	}
}
