package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/follow"
	"siamtrack/internal/record"
	"siamtrack/render"
	"siamtrack/tracker"
)

// stdoutPath is the path that means standard output.
const stdoutPath = "-"

// fileFlags are the flags of `track file`.
type fileFlags struct {
	modelFlags

	init, initFile        string
	initFrame, start, end int
	template              string
	templateScore         float64

	csv, jsonl, otb, mot string
	video                string
	drawn                render.Show

	truth  string
	timing bool
	fps    float64
}

// register adds the flags to a command.
func (f *fileFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.SortFlags = false // the order below is the order of use
	fl.StringVar(&f.init, "init", "", "the target's `x,y,w,h` in pixels: left, top, width, height")
	fl.StringVar(&f.initFile, "init-file", "", "`file` with the target's box in the first frame: CSV, JSON Lines, or x,y,w,h a line")
	fl.StringVar(&f.template, "template", "", "`picture` of the object, in place of a box: follow it from the first frame in which it is found")
	fl.Float64Var(&f.templateScore, "template-score", defaultTemplateScore, "least `score`, 0..1, at which the object of --template is found")
	fl.IntVar(&f.initFrame, "init-frame", 0, "frame `N`, counted from 0, in which the box was drawn (default: --start)")
	fl.IntVar(&f.start, "start", 0, "first frame `N` to write (default: --init-frame)")
	fl.IntVar(&f.end, "end", 0, "last frame `N` to track (default: the last of the video)")

	fl.StringVar(&f.csv, "csv", "", "write a `file` of rows frame,time_s,x,y,w,h,score,state,ms (- is standard output, here and below)")
	fl.StringVar(&f.jsonl, "jsonl", "", "write a `file` of JSON objects with the same names, one a line")
	fl.StringVar(&f.otb, "otb", "", "write a `file` of x,y,w,h, a line for every frame, lost or not")
	fl.StringVar(&f.mot, "mot", "", "write a `file` of MOTChallenge rows; frames and pixels count from 1, lost frames have none")
	fl.StringVarP(&f.video, "out", "o", "", "write an annotated video `file`: .mp4, .avi, .mkv, .mov or .webm")
	fl.BoolVar(&f.drawn.HeatMap, "heatmap", false, "draw the response map over the video")
	fl.BoolVar(&f.drawn.Search, "search", false, "draw the outline of the search region")
	fl.BoolVar(&f.drawn.Panel, "panel", false, "add exemplar, search region, response map and scores below the video")

	fl.StringVar(&f.truth, "truth", "", "`file` of true boxes, of all or some frames: print mean IoU, precision and the table of times")
	fl.BoolVar(&f.timing, "timing", false, "print the table of times, and fill the column ms, which then differs from run to run")
	fl.Float64Var(&f.fps, "fps", 0, "take the video to have this `rate` instead of its own times")
	f.modelFlags.register(cmd)
}

// part is the part of a video that is tracked, and the first frame of it that is written.
type part struct {
	tracker.RunOptions
	from int
}

// part works out where to begin and to end. Tracking begins in the frame of the box; what lies between it and --start
// is tracked but not written.
func (f *fileFlags) part(cmd *cobra.Command) (part, error) {
	given := cmd.Flags().Changed
	for _, n := range []struct {
		name  string
		value int
	}{{"init-frame", f.initFrame}, {"start", f.start}, {"end", f.end}} {
		if n.value < 0 {
			return part{}, usagef("--%s %d: frames count from 0", n.name, n.value)
		}
	}
	if err := (capture.Options{FPS: f.fps}).Check(); err != nil {
		return part{}, usagef("--fps: %w", err)
	}
	p := part{RunOptions: tracker.RunOptions{Start: f.initFrame, End: f.end}, from: f.start}
	if !given("init-frame") {
		p.Start = f.start
	}
	if !given("start") {
		p.from = p.Start
	}
	var err error
	if p.Init, err = f.box(p.Start); err != nil {
		return part{}, err
	}
	switch {
	case p.from < p.Start:
		return part{}, usagef("--start %d is before --init-frame %d: tracking goes forward only", p.from, p.Start)
	case given("end") && p.End <= p.from:
		return part{}, usagef("--end %d: nothing to track after frame %d", p.End, p.from)
	}
	return p, nil
}

// box returns the target's box in the given frame, from --init or --init-file.
func (f *fileFlags) box(frame int) (tracker.Box, error) {
	switch {
	case f.template != "" && (f.init != "" || f.initFile != ""):
		return tracker.Box{}, usagef("--template finds the target: --init and --init-file say where it is")
	case f.template != "":
		return tracker.Box{}, nil // seek finds it
	case f.init != "" && f.initFile != "":
		return tracker.Box{}, usagef("--init and --init-file: one of them says where the target is")
	case f.init != "":
		b, err := tracker.ParseBox(f.init)
		if err != nil {
			return tracker.Box{}, usagef("--init: %w", err)
		}
		return b, nil
	case f.initFile == "":
		return tracker.Box{}, usagef("--init x,y,w,h is missing: the target's left, top, width and height in frame %d (or a --template picture)", frame)
	}
	rows, err := record.ReadFile(f.initFile)
	if err != nil {
		return tracker.Box{}, fmt.Errorf("--init-file: %w", err)
	}
	if len(rows) == 1 {
		return rows[0].Box, nil // a file of one box holds the box that is meant
	}
	for _, r := range rows {
		if r.Frame == frame {
			return r.Box, nil
		}
	}
	return tracker.Box{}, fmt.Errorf("--init-file %s: none of its %d boxes is of frame %d: say with --init-frame which to take",
		f.initFile, len(rows), frame)
}

// trackFile is a file that a track is written to.
type trackFile struct {
	path   string
	format record.Format
}

// sink writes a track to the file, or to cmd's stdout. With timing it says how long the tracker took.
func (t trackFile) sink(cmd *cobra.Command, timing bool) *follow.Tracks {
	return follow.NewTracks(func() (record.Recorder, error) {
		if t.path == stdoutPath {
			return record.New(cmd.OutOrStdout(), "standard output", t.format)
		}
		return record.Create(t.path, t.format)
	}, timing)
}

// tracks lists the files of tracks that were asked for.
func (f *fileFlags) tracks() []trackFile {
	var out []trackFile
	for _, t := range []trackFile{{f.csv, record.CSV}, {f.jsonl, record.JSONL}, {f.otb, record.OTB}, {f.mot, record.MOT}} {
		if t.path != "" {
			out = append(out, t)
		}
	}
	return out
}

// toStdout reports whether a track goes to standard output.
func (f *fileFlags) toStdout() bool {
	for _, t := range f.tracks() {
		if t.path == stdoutPath {
			return true
		}
	}
	return false
}

// checkOutputs refuses outputs that checkPaths refuses, and drawing without a video.
func (f *fileFlags) checkOutputs(input string) error {
	if f.drawn != (render.Show{}) && f.video == "" {
		return usagef("--heatmap, --search and --panel draw on a video: name it with -o")
	}
	if scheme, path, ok := strings.Cut(input, "://"); ok && strings.EqualFold(scheme, "file") {
		input = path
	}
	paths := []string{}
	for _, t := range f.tracks() {
		paths = append(paths, t.path)
	}
	if f.video != "" {
		paths = append(paths, f.video)
	}
	return checkPaths(input, paths)
}

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

// readTruth returns the boxes of --truth by frame, nil without it.
func (f *fileFlags) readTruth() (map[int]tracker.Box, error) {
	if f.truth == "" {
		return nil, nil
	}
	rows, err := record.ReadFile(f.truth)
	if err != nil {
		return nil, fmt.Errorf("--truth: %w", err)
	}
	known := make(map[int]tracker.Box, len(rows))
	for _, r := range rows {
		known[r.Frame] = r.Box
	}
	return known, nil
}
