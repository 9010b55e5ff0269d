package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"siamtrack/internal/atomicfile"
	"siamtrack/internal/follow"
)

// results are the files of a run while they are written: each is NAME.part until commit, so that older ones stand until
// the new ones are whole.
type results struct {
	inputs []given // none of which may be written over
	paths  []string
	parts  []atomicfile.Part
}

// place returns where to write what is to be at path in the end.
func (r *results) place(path string) (string, error) {
	if err := checkPaths(r.inputs, append([]string{path}, r.paths...)); err != nil {
		return "", err
	}
	p, err := atomicfile.Begin(path)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	r.paths, r.parts = append(r.paths, path), append(r.parts, p)
	return p.Path(), nil
}

// commit gives the files, which were closed, their names.
func (r *results) commit() error {
	var errs []error
	for i, p := range r.parts {
		if err := p.Commit(); err != nil {
			errs = append(errs, fmt.Errorf("write %s: %w", r.paths[i], err))
		}
	}
	r.parts = nil
	return errors.Join(errs...)
}

// left lists the files that have no name yet.
func (r *results) left() []string {
	var files []string
	for _, p := range r.parts {
		if !p.Direct() {
			files = append(files, p.Path())
		}
	}
	return files
}

// sessionTrack is a track whose files get their names when it is closed: a live session is whole whenever it ends.
type sessionTrack struct {
	*follow.Tracks
	results *results
}

// Close implements follow.Sink.
func (s sessionTrack) Close() error {
	if err := s.Tracks.Close(); err != nil {
		return err
	}
	return s.results.commit()
}

// incompleteError is that of a run whose results were begun: they are in files, and older ones stand.
type incompleteError struct {
	cause error
	files []string
}

func (e *incompleteError) Error() string {
	text := e.cause.Error()
	if text == context.Canceled.Error() {
		text = "stopped"
	}
	return fmt.Sprintf("%s; what was tracked until then is in %s", text, strings.Join(e.files, " and "))
}

func (e *incompleteError) Unwrap() error { return e.cause }
