package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"siamtrack/internal/numfile"
	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// initRows returns what --init-file holds. It is read when it is first asked for, and once: it may be a pipe.
type initRows func() ([]record.Row, error)

func (f *fileFlags) initRows(ctx context.Context) initRows {
	return sync.OnceValues(func() ([]record.Row, error) {
		rows, err := record.ReadFile(ctx, f.initFile)
		if err != nil {
			return nil, fmt.Errorf("--init-file: %w", err)
		}
		return rows, nil
	})
}

// starts returns the targets that --init or --init-file name; a box that says no frame was drawn in the given one. For
// --template it is one target without a box, which seek finds.
func (f *fileFlags) starts(rows initRows, frame int) ([]tracker.Start, error) {
	switch {
	case f.choosing && (f.template != "" || len(f.init) > 0 || f.initFile != ""):
		return nil, usagef("--select draws the target: --init, --init-file and --template say where it is")
	case f.choosing:
		return []tracker.Start{{Frame: frame}}, nil
	case f.template != "" && (len(f.init) > 0 || f.initFile != ""):
		return nil, usagef("--template finds the target: --init and --init-file say where it is")
	case f.template != "":
		return []tracker.Start{{Frame: frame}}, nil
	case len(f.init) > 0 && f.initFile != "":
		return nil, usagef("--init and --init-file: one of them says where the targets are")
	case len(f.init) == 0 && f.initFile == "":
		return nil, usagef("--init x,y,w,h is missing: the target's left, top, width and height in frame %d "+
			"(or --select to draw it, or a --template picture)", frame)
	}
	var starts []tracker.Start
	for _, text := range f.init {
		s, err := parseStart(text, frame)
		if err != nil {
			return nil, usagef("--init: %w", err)
		}
		starts = append(starts, s)
	}
	if f.initFile != "" {
		read, err := rows()
		if err != nil {
			return nil, err
		}
		if starts, err = startsIn(read, frame); err != nil {
			return nil, fmt.Errorf("--init-file %s: %w", f.initFile, err)
		}
	}
	starts = tracker.Numbered(starts)
	return starts, checkNames(starts)
}

// parseStart reads [NAME=]x,y,w,h[@FRAME].
func parseStart(text string, frame int) (tracker.Start, error) {
	s := tracker.Start{Frame: frame}
	box := text
	if name, rest, ok := strings.Cut(text, "="); ok {
		if s.Name, box = strings.TrimSpace(name), rest; s.Name == "" {
			return s, fmt.Errorf("%q: no name before =", text)
		}
	}
	if b, at, ok := strings.Cut(box, "@"); ok {
		n, err := strconv.Atoi(strings.TrimSpace(at))
		if err != nil || n < 0 {
			return s, fmt.Errorf("%q: %q is no number of a frame, which count from 0", text, at)
		}
		box, s.Frame = b, n
	}
	var err error
	s.Box, err = tracker.ParseBox(box)
	return s, err
}

// startsIn returns where each target in rows begins: with its first box in the given frame or later. Of one target that
// is the given frame, or the only box that there is. Targets that end before the frame are left out.
func startsIn(rows []record.Row, frame int) ([]tracker.Start, error) {
	if len(rows) == 1 { // the box that is meant
		r := rows[0]
		return []tracker.Start{{ID: r.ID, Name: r.Name, Frame: frame, Box: r.Box}}, nil
	}
	type key struct {
		id   int
		name string
	}
	var starts []tracker.Start
	all, begun := map[key]bool{}, map[key]bool{}
	for _, r := range rows {
		k := key{r.ID, r.Name}
		all[k] = true
		if !begun[k] && r.Frame >= frame && r.Box.Finite() {
			begun[k] = true
			starts = append(starts, tracker.Start{ID: r.ID, Name: r.Name, Frame: r.Frame, Box: r.Box})
		}
	}
	if len(all) == 1 { // a track: the box of the frame, not of a later one
		i := slices.IndexFunc(rows, func(r record.Row) bool { return r.Frame == frame })
		if i < 0 {
			return nil, fmt.Errorf("none of its %d boxes is of frame %d: say with --init-frame which to take", len(rows), frame)
		}
		return []tracker.Start{{ID: rows[i].ID, Name: rows[i].Name, Frame: frame, Box: rows[i].Box}}, nil
	}
	if len(starts) == 0 {
		return nil, fmt.Errorf("none of its %d boxes is of frame %d or later", len(rows), frame)
	}
	return starts, nil
}

// checkNames refuses names that two targets have, and those that cannot be names of files.
func checkNames(starts []tracker.Start) error {
	taken := map[string]bool{}
	for _, s := range starts {
		bad := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`/\:"`, r) }
		if strings.ContainsFunc(s.Name, bad) || strings.HasPrefix(s.Name, ".") || len(s.Name) > 100 {
			return usagef("target %q: a name of at most 100 letters is needed, without / \\ : \" and no . before it", s.Name)
		}
		if _, err := numfile.Number(s.Name); err != nil && strings.ContainsAny(s.Name[:min(1, len(s.Name))], "=+-@") {
			return usagef("target %q: a spreadsheet may run that as a formula: begin the name with a letter", s.Name)
		}
		if taken[s.Label()] {
			return usagef("two targets are called %s", s.Label())
		}
		taken[s.Label()] = true
	}
	return nil
}
