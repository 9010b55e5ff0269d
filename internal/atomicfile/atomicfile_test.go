package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestWrite: folders are made, a file is replaced, its mode lets others read, nothing else is left in the folder.
func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "c.txt")
	for _, text := range []string{"one", "another", ""} {
		if err := WriteWithFolders(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("%q %v, want %q", got, err, text)
		}
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode() != mode {
		t.Errorf("%v %v", st, err)
	}
	only(t, filepath.Dir(path), "c.txt")
}

// TestFailuresLeaveNothing: a folder where the file should be, and a file where a folder should be.
func TestFailuresLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "full"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Write(taken, []byte("x")); err == nil {
		t.Error("a folder was replaced")
	}
	only(t, dir, "taken")
	if err := Write(filepath.Join(dir, "none", "f"), []byte("x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	only(t, dir, "taken")
	plain := filepath.Join(dir, "taken", "plain")
	if err := Write(plain, []byte("kept")); err != nil {
		t.Fatal(err)
	}
	if err := WriteWithFolders(filepath.Join(plain, "under"), []byte("x")); err == nil {
		t.Error("a file was written under a file")
	}
	if got, err := os.ReadFile(plain); err != nil || string(got) != "kept" {
		t.Errorf("%q %v", got, err)
	}
}

// TestAlwaysWhole: who reads meanwhile sees the one content or the other.
func TestAlwaysWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	contents := [][]byte{bytes.Repeat([]byte("a"), 1<<16), bytes.Repeat([]byte("b"), 1<<15)}
	if err := Write(path, contents[0]); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for _, c := range contents {
		writers.Go(func() {
			for range 20 {
				if err := Write(path, c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 200 {
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, contents[0]) && !bytes.Equal(got, contents[1]) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	}
	writers.Wait()
}

func only(t *testing.T, dir, name string) {
	t.Helper()
	items, err := os.ReadDir(dir)
	if err != nil || len(items) != 1 || items[0].Name() != name {
		t.Errorf("%v %v, want %s alone", items, err, name)
	}
}

// TestWriteUnder: a file lies in the folder or nowhere.
func TestWriteUnder(t *testing.T) {
	outer := t.TempDir()
	root := filepath.Join(outer, "root")
	for _, name := range []string{"a", "b/c/d", "a"} {
		if err := WriteUnder(root, name, []byte(name)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(got) != name {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if err := os.Symlink(outer, filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../x", "b/../../x", "/x", "link/x", "..", "a/under"} {
		if err := WriteUnder(root, name, nil); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	for dir, want := range map[string]int{outer: 1, root: 3, filepath.Join(root, "b"): 1} {
		if items, err := os.ReadDir(dir); err != nil || len(items) != want {
			t.Errorf("%s holds %v, %v", dir, items, err)
		}
	}
}

// TestWriteIsNoReplacementOfADevice: as root a rename would put a file in the place of /dev/null.
func TestWriteIsNoReplacementOfADevice(t *testing.T) {
	dir := t.TempDir()
	null := filepath.Join(dir, "null")
	if err := os.Symlink(os.DevNull, null); err != nil {
		t.Skip(err)
	}
	if err := Write(null, []byte("x")); err != nil {
		t.Error(err)
	}
	if link, err := os.Readlink(null); err != nil || link != os.DevNull {
		t.Errorf("the link is %q, %v", link, err)
	}
	only(t, dir, "null")
	opened, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	name := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), opened.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	stdout := filepath.Join(dir, "stdout")
	if err := os.Symlink(name, stdout); err != nil {
		t.Fatal(err)
	}
	if err := Write(stdout, []byte("x")); err == nil || !strings.Contains(err.Error(), "name it itself") {
		t.Errorf("%v", err)
	}
	if link, err := os.Readlink(stdout); err != nil || link != name {
		t.Errorf("the link is %q, %v", link, err)
	}
	if err := Write(dir, nil); !errors.Is(err, errFolder) {
		t.Errorf("a folder: %v", err)
	}
}
