package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// stdoutPath is the path that means standard output.
const stdoutPath = "-"

// checkPaths refuses outputs that would overwrite the input or each other, or that cannot be written.
func checkPaths(input string, paths []string) error {
	for i, p := range paths {
		if p != stdoutPath && sameFile(p, input) {
			return usagef("%s is the input: writing there would destroy it", p)
		}
		for _, other := range paths[:i] {
			if sameFile(p, other) {
				return usagef("%s: two outputs in one file", p)
			}
		}
	}
	for _, p := range paths { // before any of them is emptied
		if err := writable(p); err != nil {
			return fmt.Errorf("write %s: %w", p, err)
		}
	}
	return nil
}

// sameFile reports whether two paths lead to one file, or will. A device takes what it is given as often as asked.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX != nil || errY != nil || a == stdoutPath {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return x.Mode().IsRegular() && os.SameFile(x, y)
}

// writable reports why no file can be made at path, and changes nothing. Devices and FIFOs are left alone.
func writable(path string) error {
	st, err := os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	switch {
	case path == stdoutPath, err == nil && !st.IsDir() && !st.Mode().IsRegular():
		return nil
	case err == nil && st.IsDir():
		return errors.New("that is a folder: name a file in it")
	case fresh:
		if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no folder %s: make it first", filepath.Dir(path))
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil || !fresh {
		return err
	}
	return os.Remove(path)
}

// checkFolders refuses folders that cannot be made.
func checkFolders(folders []string) error {
	for _, folder := range folders {
		st, err := os.Stat(filepath.Clean(folder))
		if err == nil && !st.IsDir() {
			return fmt.Errorf("write %s: that is a file: a folder is needed for the targets' files", folder)
		}
		above := filepath.Dir(filepath.Clean(folder))
		if _, err := os.Stat(above); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("write %s: there is no folder %s: make it first", folder, above)
		}
	}
	return nil
}
