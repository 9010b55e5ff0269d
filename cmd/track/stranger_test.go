package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestStrangersLibrary: a library that another user has laid beside the program's folder, as anybody can in /tmp, is
// not loaded. Only root can give a file away to try it.
func TestStrangersLibrary(t *testing.T) {
	dir := t.TempDir()
	lib, bin := filepath.Join(dir, "lib", "libonnxruntime.so"), filepath.Join(dir, "bin", "track")
	for _, folder := range []string{filepath.Dir(lib), filepath.Dir(bin)} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(lib, []byte("no library"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(lib, 4711, -1); err != nil {
		t.Skip(err)
	}
	cmd := program(t, "file", absolute(t, clip), "--init", clipInit, "--end", "1", "--csv", "-")
	if err := os.Link(cmd.Path, bin); err != nil {
		t.Skip(err)
	}
	cmd.Path = bin
	cmd.Env = slices.DeleteFunc(cmd.Env, func(v string) bool { return strings.HasPrefix(v, "ONNXRUNTIME_") })
	code, _, stderr := finish(t, cmd)
	if code == exitDone {
		t.Skip("the system has a library")
	}
	if code != exitFailed || !strings.Contains(stderr, lib+": another user's") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
