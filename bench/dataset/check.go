package dataset

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"siamtrack/internal/plural"
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
	Format Format
	// Why says by what the folder was taken for one of Format, empty where Options said so.
	Why string
	// Sequences can be read, or say why not, of Total that the benchmark has.
	Sequences, Total, Frames int
	Findings                 []Finding
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

// Check reads a benchmark and lists every mismatch: files that cannot be read (of pictures the header and the end are),
// missing frames, lengths and sizes that differ, frames without truth, boxes without size or outside the frame. The
// error is for a folder that is no benchmark.
func Check(root string, o Options) (Report, error) {
	in, err := find(root, o)
	if err != nil {
		return Report{}, err
	}
	entries := in.entries
	r := Report{Format: in.format, Why: in.why, Sequences: len(entries), Total: len(entries) + len(in.left)}
	found, frames := make([][]Finding, len(entries)), make([]int, len(entries))
	var g errgroup.Group
	g.SetLimit(8)
	for i, e := range entries {
		g.Go(func() error {
			s, err := e.load()
			if err != nil {
				found[i] = []Finding{{e.name, true, err.Error()}}
				return nil
			}
			frames[i], found[i] = s.Len(), s.check()
			return nil
		})
	}
	_ = g.Wait() // what went wrong is a finding
	for i := range entries {
		r.Frames += frames[i]
		r.Findings = append(r.Findings, found[i]...)
	}
	for _, f := range in.left {
		r.Findings = append(r.Findings, Finding{f.Name, true, f.Why})
	}
	return r, nil
}

// check lists what is wrong with one sequence.
func (s *Sequence) check() []Finding {
	var out []Finding
	add := func(fatal bool, format string, args ...any) {
		out = append(out, Finding{s.Name, fatal, fmt.Sprintf(format, args...)})
	}
	width, height := s.Width, s.Height
	if files, err := s.Frames(); err != nil {
		add(true, "%v", err)
	} else {
		switch n := s.Len(); {
		case n == 1 && len(files) > 1:
			add(false, "truth of the first of %s only: it can be run, not scored", plural.Of(len(files), "frame"))
		case len(files) != n:
			add(true, "%s, %s of truth%s", plural.Of(len(files), "frame"), plural.Of(n, "line"), gap(files))
		case gap(files) != "":
			add(false, "%s%s", plural.Of(n, "frame"), gap(files))
		}
		var pictures []Finding
		width, height, pictures = s.checkPictures(files)
		out = append(out, pictures...)
	}
	if s.Objects != nil {
		return append(out, s.checkObjects(width, height)...)
	}
	if _, err := s.Truth[0].Trackable(max(width, 1), max(height, 1)); err != nil && width > 0 {
		add(true, "no tracker can be started on the first frame: %v", err)
	}
	out = append(out, s.checkTruth(width, height)...)
	return out
}

// checkPictures reads the headers of pictures; the size is the annotation's, or that of the first that can be read.
func (s *Sequence) checkPictures(files []string) (width, height int, out []Finding) {
	width, height = s.Width, s.Height
	unread, other := 0, 0
	var firstUnread error
	firstOther := ""
	for _, f := range files {
		w, h, err := imageSize(f)
		switch {
		case err != nil:
			if unread++; firstUnread == nil {
				firstUnread = err
			}
		case width == 0:
			width, height = w, h
		case w != width || h != height:
			if other++; firstOther == "" {
				firstOther = fmt.Sprintf("%s has %dx%d", f, w, h)
			}
		}
	}
	if unread > 0 {
		out = append(out, Finding{s.Name, true, fmt.Sprintf("%s cannot be read, the first: %v",
			plural.Of(unread, "picture"), firstUnread)})
	}
	if other > 0 {
		out = append(out, Finding{s.Name, false, fmt.Sprintf("%s of another size than %dx%d, the first: %s",
			plural.Of(other, "picture"), width, height, firstOther)})
	}
	return width, height, out
}

// gap says which number is the first that the pictures' names leave out, nothing where they leave out none. Names may
// count in steps: every second picture, say.
func gap(files []string) string {
	numbers := make([]int, len(files))
	step := math.MaxInt
	for i, f := range files {
		stem := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))
		n, err := strconv.Atoi(stem[len(strings.TrimRight(stem, "0123456789")):])
		if err != nil {
			return ""
		}
		if numbers[i] = n; i > 0 {
			step = min(step, n-numbers[i-1])
		}
	}
	for i := 1; i < len(numbers); i++ {
		if next := numbers[i-1] + step; numbers[i] != next {
			return fmt.Sprintf(", no picture has the number %d", next)
		}
	}
	return ""
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
			out = append(out, Finding{s.Name, false, fmt.Sprintf("%s %s, the first is %d", plural.Of(count, "frame"), k.what,
				first)})
		}
	}
	return out
}
