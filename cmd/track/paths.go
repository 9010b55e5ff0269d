package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/capture"
	"siamtrack/internal/atomicfile"
)

// stdoutPath is the path that means standard output.
const stdoutPath = "-"

// given is a file that a command reads, and what it is.
type given struct{ path, what string }

// filePath returns the path of an input that may be a file:// URL.
func filePath(input string) string {
	if scheme, path, ok := strings.Cut(input, "://"); ok && strings.EqualFold(scheme, "file") {
		return path
	}
	return input
}

// inputFiles returns the files that an input consists of: itself, and a folder's or glob's.
func inputFiles(input string) []given {
	if input = filePath(input); strings.Contains(input, "://") {
		return nil
	}
	files := []given{{input, "the input"}}
	add := func(paths []string) {
		for _, p := range paths {
			if capture.IsPicture(p) {
				files = append(files, given{p, "a picture of the input"})
			}
		}
	}
	if entries, err := os.ReadDir(input); err == nil {
		for _, e := range entries {
			add([]string{filepath.Join(input, e.Name())})
		}
	} else if _, err := os.Stat(input); err != nil {
		matches, _ := filepath.Glob(input) // a bad pattern matches nothing, and opening it says so
		add(matches)
	}
	return files
}

// endings are those of files that are written.
var endings = []string{
	".mp4", ".mkv", ".mov", ".avi", ".webm", ".csv", ".jsonl", ".json", ".txt", ".zip", ".svg", ".png", ".pdf",
}

// checkNamed refuses an output whose name is an ending and nothing before it: it would be a hidden file.
func checkNamed(path string) error {
	if name := filepath.Base(path); slices.Contains(endings, strings.ToLower(name)) {
		return usagef("write %s: %s is an ending, and the name before it is missing: is a variable not set?", path, name)
	}
	return nil
}

// checkPaths refuses outputs that would overwrite an input or each other, by path, link or device, also under the names
// that they have while they are written, and such as cannot be written.
func checkPaths(inputs []given, paths []string) error {
	for i, p := range paths {
		if err := checkNamed(p); err != nil {
			return err
		}
		for _, in := range inputs {
			if in.path == "" || p == stdoutPath {
				continue
			}
			for _, written := range []string{p, p + atomicfile.Suffix} {
				if sameFile(written, in.path) || sameDevice(written, in.path) {
					return usagef("%s is %s (%s): writing %s would destroy it", written, in.what, in.path, p)
				}
			}
		}
		for _, other := range paths[:i] {
			if sameFile(p, other) || sameFile(p+atomicfile.Suffix, other) || sameFile(p, other+atomicfile.Suffix) {
				return usagef("%s: two outputs in one file", p)
			}
		}
	}
	for _, p := range paths { // before any of them is begun
		if p == stdoutPath {
			continue
		}
		if _, err := atomicfile.Begin(p); err != nil {
			return fmt.Errorf("write %s: %w", p, err)
		}
	}
	return nil
}

// sameFile reports whether two paths lead to one file, or will. A device takes what it is given as often as asked.
func sameFile(a, b string) bool {
	if a == stdoutPath || b == stdoutPath {
		return a == b
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return x.Mode().IsRegular() && os.SameFile(x, y)
	}
	if !errors.Is(errX, fs.ErrNotExist) || !errors.Is(errY, fs.ErrNotExist) {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return lastly(a) == lastly(b)
}

// lastly returns the absolute path that writing to one that is not there yet leads to: its folder's links followed, and
// its own.
func lastly(path string) string {
	for range 40 { // as many links as systems follow
		link, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		dir = filepath.Dir(path)
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Join(dir, filepath.Base(path))
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
