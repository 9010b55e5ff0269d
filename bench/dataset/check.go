package dataset

import (
	"fmt"
	"math"

	"siamtrack/tracker"
)

// Finding is one thing that is wrong, or odd, in a benchmark's folder.
type Finding struct {
	Sequence string
	// Fatal marks what keeps the sequence from being run or scored; the others are worth knowing.
	Fatal   bool
	Problem string
}

// String returns "error: NAME: problem" or "note: NAME: problem".
func (f Finding) String() string {
	kind := "note"
	if f.Fatal {
		kind = "error"
	}
	return fmt.Sprintf("%s: %s: %s", kind, f.Sequence, f.Problem)
}

// Report is what Check found.
type Report struct {
	Format            Format
	Sequences, Frames int
	Findings          []Finding
}

// Fatal counts the findings that keep a sequence from being run.
func (r Report) Fatal() int {
	n := 0
	for _, f := range r.Findings {
		if f.Fatal {
			n++
		}
	}
	return n
}

// Check reads a benchmark and lists every mismatch: files that cannot be read, missing frames, lengths that differ,
// frames without truth, boxes without size or outside the frame. The error is for a folder that is no benchmark.
func Check(root string, o Options) (Report, error) {
	l, entries, err := find(root, o)
	if err != nil {
		return Report{}, err
	}
	r := Report{Format: l.format, Sequences: len(entries)}
	for _, e := range entries {
		s, err := e.load()
		if err != nil {
			r.Findings = append(r.Findings, Finding{e.name, true, err.Error()})
			continue
		}
		r.Frames += s.Len()
		r.Findings = append(r.Findings, s.check()...)
	}
	return r, nil
}

// check lists what is wrong with one sequence.
func (s *Sequence) check() []Finding {
	var out []Finding
	add := func(fatal bool, format string, args ...any) {
		out = append(out, Finding{s.Name, fatal, fmt.Sprintf(format, args...)})
	}
	width, height, err := s.Size()
	if err != nil {
		add(true, "%v", err)
	}
	if files, err := s.Frames(); err == nil {
		switch n := s.Len(); {
		case n == 1 && len(files) > 1:
			add(false, "truth of the first of %d frames only: it can be run, not scored", len(files))
		case len(files) != n:
			add(true, "%d frames, %d lines of truth", len(files), n)
		}
	}
	if _, err := s.Truth[0].Trackable(max(width, 1), max(height, 1)); err != nil && width > 0 {
		add(true, "no tracker can be started on the first frame: %v", err)
	}
	out = append(out, s.checkTruth(width, height)...)
	return out
}

// checkTruth counts odd boxes and names the first of each kind.
func (s *Sequence) checkTruth(width, height int) []Finding {
	kinds := []struct {
		what string
		test func(tracker.Box) bool
	}{
		{"without truth (NaN)", func(b tracker.Box) bool { return math.IsNaN(b.X + b.Y + b.W + b.H) }},
		{"with a box without size", func(b tracker.Box) bool { return b.W <= 0 || b.H <= 0 }},
		{"with a box wholly outside the frame", func(b tracker.Box) bool {
			return width > 0 && b.W > 0 && b.H > 0 && b.Clip(width, height).Empty()
		}},
	}
	var out []Finding
	for _, k := range kinds {
		count, first := 0, 0
		for i, b := range s.Truth {
			if k.test(b) {
				if count == 0 {
					first = i + 1
				}
				count++
			}
		}
		if count > 0 {
			out = append(out, Finding{s.Name, false, fmt.Sprintf("%d frames %s, the first is %d", count, k.what, first)})
		}
	}
	return out
}
