// Package calibrate finds out from labelled pairs at which distance two pictures count as the same, and how good a
// model and a distance are at telling: ROC, area under it, equal error rate, accuracy.
package calibrate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/tracker"
)

// ErrPairs is wrapped by every error about a file of pairs.
var ErrPairs = errors.New("not a usable file of pairs")

// Side is one picture of a pair: a file, and the part of it that counts, the zero Box for the whole.
type Side struct {
	Path string
	Box  tracker.Box
}

// Pair is two pictures and whether they show the same thing.
type Pair struct {
	A, B Side
	Same bool
}

// ReadPairs reads pairs from CSV with a header: columns a and b (paths, relative to dir), same (1, true, same or 0,
// false, different), and, where parts of pictures are compared, box_a and box_b ("x,y,w,h" in quotes, empty for the
// whole picture). Its errors name the line, and wrap ErrPairs.
func ReadPairs(r io.Reader, dir string) ([]Pair, error) {
	c := csv.NewReader(r)
	c.TrimLeadingSpace = true
	c.ReuseRecord = true
	header, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("pairs: %w: the header a,b,same is missing: %w", ErrPairs, err)
	}
	at, err := columns(header)
	if err != nil {
		return nil, err
	}
	var out []Pair
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("pairs: %w: %w", ErrPairs, err)
		}
		p, err := at.pair(row, dir)
		if err != nil {
			line, _ := c.FieldPos(0)
			return nil, fmt.Errorf("pairs: line %d: %w: %w", line, ErrPairs, err)
		}
		out = append(out, p)
	}
}

// layout is where the columns lie; -1 where there is none.
type layout struct{ a, b, same, boxA, boxB int }

func columns(header []string) (layout, error) {
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
	}
	for i, name := range header {
		if !slices.Contains([]string{"a", "b", "same", "box_a", "box_b"}, name) {
			return layout{}, fmt.Errorf("pairs: %w: column %q in the first line; its names are a, b and same, "+
				"and box_a and box_b where there are boxes", ErrPairs, name)
		}
		if slices.Index(header, name) != i {
			return layout{}, fmt.Errorf("pairs: %w: column %q stands there twice", ErrPairs, name)
		}
	}
	at := func(name string) int { return slices.Index(header, name) }
	l := layout{at("a"), at("b"), at("same"), at("box_a"), at("box_b")}
	if l.a < 0 || l.b < 0 || l.same < 0 {
		return layout{}, fmt.Errorf("pairs: %w: columns %s found; a, b and same are needed", ErrPairs,
			strings.Join(header, ","))
	}
	return l, nil
}

func (l layout) pair(row []string, dir string) (Pair, error) {
	a, errA := side(row, l.a, l.boxA, dir)
	b, errB := side(row, l.b, l.boxB, dir)
	if err := errors.Join(errA, errB); err != nil {
		return Pair{}, err
	}
	p := Pair{A: a, B: b}
	switch strings.ToLower(strings.TrimSpace(row[l.same])) {
	case "1", "true", "same":
		p.Same = true
	case "0", "false", "different":
	default:
		return Pair{}, fmt.Errorf("same: %q; 1 or 0 expected", row[l.same])
	}
	return p, nil
}

func side(row []string, path, box int, dir string) (Side, error) {
	s := Side{Path: strings.TrimSpace(row[path])}
	if s.Path == "" {
		return Side{}, errors.New("a path is empty")
	}
	if !filepath.IsAbs(s.Path) {
		s.Path = filepath.Join(dir, filepath.FromSlash(s.Path))
	}
	if box < 0 || strings.TrimSpace(row[box]) == "" {
		return s, nil
	}
	var err error
	s.Box, err = tracker.ParseBox(row[box])
	if err == nil && s.Box.Empty() { // the zero Box would mean the whole picture
		err = fmt.Errorf("box %q: it has no area; leave the field empty for the whole picture", row[box])
	}
	return s, err
}
