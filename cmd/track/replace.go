package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"siamtrack/internal/atomicfile"
	"siamtrack/internal/readfile"
)

// kindOfFile tells the files of one kind from all others, by how they begin.
type kindOfFile func(io.Reader) bool

// jsonWith is the kind of JSON objects that have a name at their top.
func jsonWith(name string) kindOfFile {
	return func(r io.Reader) bool {
		var top map[string]json.RawMessage
		err := json.NewDecoder(io.LimitReader(r, readfile.Large)).Decode(&top)
		_, has := top[name]
		return err == nil && has
	}
}

// zipped is the kind of ZIP archives.
func zipped(r io.Reader) bool {
	head := make([]byte, 4)
	_, err := io.ReadFull(r, head)
	return err == nil && string(head) == "PK\x03\x04"
}

// checkResult refuses, before the work, a file for its result that could not be written, and one in whose place there
// is a file of another kind, a dataset's truth perhaps: a name typed in the wrong place is to cost no data.
func checkResult(flag, path string, ours kindOfFile) error {
	if path == "" {
		return nil
	}
	if path == stdoutPath {
		return usagef("--%s -: a file is needed: standard output has the tables", flag)
	}
	if err := checkNamed(path); err != nil {
		return err
	}
	if _, err := atomicfile.Begin(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // its folder is made
		return fmt.Errorf("--%s: write %s: %w", flag, path, err)
	}
	st, err := os.Stat(path)
	if err != nil || !st.Mode().IsRegular() || st.Size() == 0 {
		return nil // nothing that could be lost
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("--%s: %w", flag, err)
	}
	defer f.Close()
	if !ours(f) {
		return usagef("--%s %s: another kind of file is there: name a new one, or remove that", flag, path)
	}
	return nil
}
