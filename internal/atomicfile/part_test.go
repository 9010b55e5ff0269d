package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The old file stands until the new one is whole; a run that does not commit leaves both.
func TestTheOldFileStandsUntilTheNewOneIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "old" {
		t.Errorf("before Commit it holds %q", got)
	}
	if got := read(t, path+Suffix); got != "new" {
		t.Errorf("NAME.part holds %q", got)
	}
	for range 2 {
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, path); got != "new" {
		t.Errorf("after Commit it holds %q", got)
	}
	if _, err := os.Stat(path + Suffix); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("NAME.part: %v", err)
	}
}

// A link stays one, and what it leads to is written, whether it was there or not.
func TestLinksStay(t *testing.T) {
	for _, there := range []bool{true, false} {
		dir := t.TempDir()
		target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
		if there {
			if err := os.WriteFile(target, nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink("target", link); err != nil {
			t.Skip(err)
		}
		f, err := Create(link)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("x"); err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, target); got != "x" {
			t.Errorf("the target holds %q", got)
		}
		if st, err := os.Lstat(link); err != nil || st.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link is gone: %v %v", st, err)
		}
	}
}

func TestDevicesAreWrittenToDirectly(t *testing.T) {
	f, err := Create(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil || !f.Direct() {
		t.Errorf("%v, direct %v", err, f.Direct())
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	if _, err := Begin(dir); err == nil {
		t.Error("a folder can be written to")
	}
	if _, err := Begin(filepath.Join(dir, "none", "a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
	if _, err := Begin(filepath.Join(dir, "a")); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

// TestPlantedLink: the name of what is being written can be guessed; a link that somebody laid there is not followed.
func TestPlantedLink(t *testing.T) {
	dir := t.TempDir()
	victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "a.csv")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, path+Suffix); err != nil {
		t.Skip(err)
	}
	if f, err := Create(path); err == nil {
		f.Close()
		t.Error("it is written through the link")
	} else if !strings.Contains(err.Error(), path+Suffix) {
		t.Error(err)
	}
	if got := read(t, victim); got != "mine" {
		t.Errorf("what the link leads to holds %q", got)
	}
}
