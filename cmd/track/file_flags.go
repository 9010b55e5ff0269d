package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/record"
	"siamtrack/render"
	"siamtrack/tracker"
)

// fileFlags are the flags of `track file`.
type fileFlags struct {
	modelFlags

	init                  []string
	initFile              string
	correct               bool
	initFrame, start, end int
	template              string
	choosing              bool // --select
	templateScore         float64

	csv, jsonl, mot string
	coco, cvat      string
	keyframes       int
	otb, got, vot   string
	video           string
	drawn           render.Show
	response        responseFlags
	events          eventFlags
	framed          autoframeFlags
	configured      []given // the files that flags were read from

	truth  string
	timing bool
	fps    float64

	source sourceFlags
	strict bool
	audio  string

	quality string
}

// The values of --audio.
const (
	audioNone = "none"
	audioCopy = "copy"
)

// register adds the flags to a command.
func (f *fileFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.SortFlags = false // the order below is the order of use
	fl.StringArrayVar(&f.init, "init", nil,
		"a target's `[NAME=]x,y,w,h[@FRAME]`: left, top, width, height in pixels; once for each target")
	fl.StringVar(&f.initFile, "init-file", "",
		"`file` with the targets' boxes: a track of any format, or NAME,x,y,w,h a line")
	fl.BoolVar(&f.correct, "correct", false,
		"take the boxes of --init-file in later frames for corrections: tracking begins anew in each, and between two of\n"+
			"them the target is tracked from both sides, and blended; as it is done anyway where the file numbers or names\n"+
			"its targets and has no two boxes of one in neighbouring frames, but for --correct=false and --truth")
	fl.StringVar(&f.template, "template", "",
		"`picture` of the object, in place of a box: follow it from the first frame in which it is found")
	fl.BoolVar(&f.choosing, "select", false,
		"draw the target in the first frame: in a window, or on a page in a browser where there is no display")
	fl.Float64Var(&f.templateScore, "template-score", defaultTemplateScore,
		"least `score`, 0..1, at which the object of --template is found")
	fl.IntVar(&f.initFrame, "init-frame", 0,
		"frame `N`, counted from 0, in which the boxes were drawn that say none (default: --start)")
	fl.IntVar(&f.start, "start", 0, "first frame `N` to write (default: the first that is tracked)")
	fl.IntVar(&f.end, "end", 0, "last frame `N` to track (default: the last of the video)")

	f.registerTracks(cmd)
	fl.StringVarP(&f.video, "out", "o", "", "write an annotated video `file`: .mp4, .avi, .mkv, .mov or .webm")
	registerQuality(cmd, &f.quality)
	fl.StringVar(&f.audio, "audio", audioNone, "`copy` the input's sound into the video, where its container can hold it")
	fl.BoolVar(&f.drawn.HeatMap, "heatmap", false, "draw the response map over the video")
	fl.BoolVar(&f.drawn.Search, "search", false, "draw the outline of the search region")
	fl.BoolVar(&f.drawn.Panel, "panel", false, "add exemplar, search region, response map and scores below the video")
	f.framed.register(cmd)
	f.response.register(cmd)
	f.events.register(cmd)
	registerColorMap(cmd, &f.drawn.ColorMap)

	fl.StringVar(&f.truth, "truth", "",
		"`file` of true boxes, of all or some frames: print mean IoU, precision and the table of times")
	fl.BoolVar(&f.timing, "timing", false,
		"print the table of times, and fill the column ms, which then differs from run to run")
	fl.Float64Var(&f.fps, "fps", 0, "take the video to have this `rate` instead of its own times")
	fl.BoolVar(&f.strict, "strict", false, "end at a frame that cannot be decoded or is damaged, instead of skipping it")
	f.source.register(cmd)
	f.modelFlags.register(cmd)
	f.loop.register(cmd)
}

// registerTracks adds the flags of the files of tracks.
func (f *fileFlags) registerTracks(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.csv, "csv", "",
		"write a `file` of rows frame,time_s,x,y,w,h,score,state,ms, with id after frame where there are several targets\n"+
			"(- is standard output, here and below)")
	fl.StringVar(&f.jsonl, "jsonl", "", "write a `file` of JSON objects with the same names, one a line")
	fl.StringVar(&f.mot, "mot", "",
		"write a `file` of MOTChallenge rows; frames and pixels count from 1, lost targets have none")
	fl.StringVar(&f.coco, "coco", "", "write a `file` of COCO video JSON: images, and annotations with track_id")
	fl.StringVar(&f.cvat, "cvat", "", "write a `file` of CVAT's XML for video: key frames, lost targets outside")
	fl.StringVar(&f.otb, "otb", "",
		"write a `file` of x,y,w,h, a line for every frame, lost or not; DIR/ is a folder with a file for each target")
	fl.StringVar(&f.got, "got", "", "write the `file` SEQ_001.txt of the GOT-10k toolkit, or DIR/, with times if --timing")
	fl.StringVar(&f.vot, "vot", "",
		"write the trajectory `file` SEQ_001.txt of the VOT toolkit and its confidences, or DIR/")
	fl.IntVar(&f.keyframes, "keyframes", 1,
		"write only every `N`-th frame into the files from --csv to --vot, and those in which a target is lost or found;\n"+
			"--otb, --got and --vot, which have a line for every frame, repeat the box before")
}

// capture returns how the input is to be opened.
func (f *fileFlags) capture() capture.Options {
	return capture.Options{FPS: f.fps, Strict: f.strict, Raw: f.source.raw, MaxPixels: f.source.maxPixels}
}

// part is the part of a video that is tracked, and the first frame of it that is written.
type part struct {
	starts []tracker.Start
	marks  []tracker.Start // of all targets, where some were marked in later frames too
	end    int             // the last frame to track, 0 for the end of the video
	from   int
}

// several reports whether more than one target was asked for.
func (p part) several() bool { return len(p.starts) > 1 }

// first is the frame in which tracking begins.
func (p part) first() int {
	first := p.starts[0].Frame
	for _, s := range p.starts {
		first = min(first, s.Frame)
	}
	return first
}

// part works out where to begin and to end. Tracking begins in the frame of the first box; what lies between it and
// --start is tracked but not written.
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
	if err := checkSource(f.capture()); err != nil {
		return part{}, err
	}
	if f.keyframes < 1 {
		return part{}, usagef("--keyframes %d: 1 or more", f.keyframes)
	}
	drawn := f.initFrame
	if !given("init-frame") {
		drawn = f.start
	}
	rows := f.initRows(cmd.Context())
	starts, err := f.starts(rows, drawn)
	if err != nil {
		return part{}, err
	}
	p := part{starts: starts, end: f.end, from: f.start}
	if p.marks, err = f.marks(rows, starts, given("correct")); err != nil {
		return part{}, err
	}
	if !given("start") {
		p.from = p.first()
	}
	switch {
	case p.from < p.first():
		return part{}, usagef("--start %d is before frame %d, where the first box was drawn (--init-frame): "+
			"tracking goes forward only", p.from, p.first())
	case given("end") && p.end <= p.from:
		return part{}, usagef("--end %d: nothing to track after frame %d", p.end, p.from)
	}
	for _, s := range p.starts {
		if given("end") && s.Frame > p.end && f.initFile == "" {
			return part{}, usagef("--end %d: target %s begins in frame %d", p.end, s.Label(), s.Frame)
		}
	}
	if given("end") { // of a file's targets those that begin later are left out
		p.starts = slices.DeleteFunc(p.starts, func(s tracker.Start) bool { return s.Frame > p.end })
	}
	return p, nil
}

// tracks lists the files of tracks that were asked for.
func (f *fileFlags) tracks() []trackFile {
	var out []trackFile
	for _, t := range []trackFile{
		{"csv", f.csv, record.CSV}, {"jsonl", f.jsonl, record.JSONL}, {"mot", f.mot, record.MOT}, {"coco", f.coco, coco},
		{"cvat", f.cvat, cvat},
		{"otb", f.otb, record.OTB}, {"got", f.got, record.GOT}, {"vot", f.vot, record.VOT},
	} {
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

// checkOutputs refuses outputs that checkPaths refuses, files that have no room for several targets, and drawing
// without a video.
func (f *fileFlags) checkOutputs(cmd *cobra.Command, input string, several bool) error {
	if err := f.checkDrawn(cmd); err != nil {
		return err
	}
	if err := errors.Join(f.response.check(cmd), f.events.check(), f.framed.check(cmd)); err != nil {
		return err
	}
	if f.response.folder != "" && f.correct {
		return usagef("--response: a track that --correct blends from both sides has no response maps")
	}
	if f.audio != audioNone && (f.audio != audioCopy || f.video == "" && f.framed.path == "" && typed(cmd, "audio")) {
		return usagef("--audio %s: copy keeps the sound of the input in the video that -o or --follow names", f.audio)
	}
	written := f.video != "" || f.framed.path != "" || !typed(cmd, "quality")
	if _, err := parseQuality(f.quality, written); err != nil {
		return err
	}
	paths, folders := []string{}, []string{}
	for _, t := range f.tracks() {
		if err := t.check(several); err != nil {
			return err
		}
		if t.folder(several) {
			folders = append(folders, t.path)
		} else {
			paths = append(paths, t.path)
		}
	}
	for _, p := range []string{f.video, f.framed.path} {
		if p != "" {
			paths = append(paths, p)
		}
	}
	if err := checkFolders(folders); err != nil {
		return err
	}
	for _, p := range append(folders, paths...) {
		if f.response.folder != "" && sameFile(p, f.response.folder) {
			return usagef("%s: two outputs in one place", p)
		}
	}
	return checkPaths(append(f.inputs(input), configFiles(cmd)...), paths)
}

// checkDrawn refuses what is drawn where there is nothing to draw on.
func (f *fileFlags) checkDrawn(cmd *cobra.Command) error {
	asked := func(name string, on bool) bool { return on && typed(cmd, name) } // and not by the configuration
	switch d := f.drawn; {
	case f.video == "" && (asked("heatmap", d.HeatMap) || asked("search", d.Search) || asked("panel", d.Panel)):
		return usagef("--heatmap, --search and --panel draw on a video: name it with -o")
	case typed(cmd, "colormap") && !d.HeatMap && !d.Panel && f.response.folder == "":
		return usagef("--colormap has the colours of response maps: --heatmap or --panel draws them, --response keeps them")
	}
	return nil
}

// inputs lists the files that are read.
func (f *fileFlags) inputs(input string) []given {
	files := append(inputFiles(input), given{f.initFile, "--init-file"}, given{f.truth, "--truth"},
		given{f.template, "--template"})
	files = append(append(files, f.configured...), f.events.files()...)
	return append(files, f.modelFlags.files()...)
}
