package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/serve"
	"siamtrack/render"
	"siamtrack/session"
	"siamtrack/tracker"
)

// liveFlags are the flags of `track live`.
type liveFlags struct {
	modelFlags

	init               []string
	record, csv, jsonl string

	width, height int
	fps           float64
	fourcc        string
	reconnect     int
	timeout       time.Duration

	http, token, tokenFile string
	events                 eventFlags
	framed                 autoframeFlags
	configured             []given // the files that flags were read from
	colors                 render.ColorMap

	source  sourceFlags
	backend string
	segment time.Duration
	quality string
}

// register adds the flags to a command.
func (f *liveFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.SortFlags = false // the order below is the order of use
	fl.StringArrayVar(&f.init, "init", nil,
		"begin on `[NAME=]x,y,w,h` of the first frame: left, top, width, height in pixels; once for each target")

	fl.StringVar(&f.record, "record", "",
		"record an annotated video `file` from the start; the key v ends it and begins the next one")
	fl.DurationVar(&f.segment, "segment", 0,
		"with --record: begin a new video after this `time`, each named by its own start")
	registerQuality(cmd, &f.quality)
	fl.StringVar(&f.csv, "csv", "",
		"write a `file` of rows frame,id,time_s,x,y,w,h,score,state,ms (- is standard output, here and below)")
	fl.StringVar(&f.jsonl, "jsonl", "", "write a `file` of JSON objects with the same names, one a line")

	f.framed.register(cmd)
	f.events.register(cmd)

	fl.IntVar(&f.width, "width", 0, "ask a camera for this width in `pixels`, with --height")
	fl.IntVar(&f.height, "height", 0, "ask a camera for this height in `pixels`")
	fl.Float64Var(&f.fps, "fps", 0, "ask a camera for this `rate`; play a file at it")
	fl.StringVar(&f.fourcc, "fourcc", "", "ask a camera for this pixel `format`, such as MJPG or YUYV")
	fl.StringVar(&f.backend, "backend", "",
		"open a camera with this `part` of OpenCV, such as V4L2 or GSTREAMER (track cameras lists them)")
	fl.IntVar(&f.reconnect, "reconnect", -1,
		"give up after `N` attempts in a row to open a lost source again; 0 tries none, -1 never gives up. Given, it is\n"+
			"for a source too that is off at the start")
	fl.DurationVar(&f.timeout, "timeout", 5*time.Second, "open a camera or stream again that is silent for this `time`")

	fl.StringVar(&f.http, "http", "", "no window: serve the view at `host:port`; without a host to this machine only")
	fl.StringVar(&f.token, "token", "", "ask browsers for this `word`: open http://.../?token=word. Other users\n"+
		"of this machine see flags: $"+tokenEnv+" and --token-file keep it from them")
	fl.StringVar(&f.tokenFile, "token-file", "", "ask browsers for the word in the first line of this `file`")
	registerColorMap(cmd, &f.colors)
	f.source.register(cmd)
	f.modelFlags.register(cmd)
	f.loop.register(cmd)
}

// session returns the session's options that flags name alone.
func (f *liveFlags) session(cmd *cobra.Command) (session.Options, error) {
	o := session.Options{Attempts: f.reconnect, Timeout: f.timeout}
	switch {
	case f.timeout <= 0:
		return o, usagef("--timeout %v: a time above 0 is needed", f.timeout)
	case (f.width > 0) != (f.height > 0):
		return o, usagef("--width and --height go together")
	case f.segment < 0 || f.segment > 0 && f.record == "" && typed(cmd, "segment"):
		return o, usagef("--segment %v: a time above 0 is needed, and --record", f.segment)
	case f.csv == "-" && f.jsonl == "-":
		return o, usagef("--csv - and --jsonl -: standard output has room for one")
	}
	if _, err := parseQuality(f.quality, true); err != nil { // a key records at any time
		return o, err
	}
	if err := f.readToken(cmd); err != nil {
		return o, err
	}
	if err := errors.Join(checkSource(f.capture()), f.events.check(), f.framed.check(cmd)); err != nil {
		return o, err
	}
	if f.http != "" {
		if err := serve.CheckAddress(f.http); err != nil {
			return o, usagef("--http: %w", err)
		}
	}
	for _, text := range f.init {
		start, err := parseStart(text, 0)
		if err == nil && start.Frame != 0 {
			err = fmt.Errorf("%q: only the first frame can be meant", text)
		}
		if err != nil {
			return o, usagef("--init: %w", err)
		}
		o.Init = append(o.Init, start)
	}
	return o, checkNames(tracker.Numbered(o.Init))
}

// checkOutputs refuses outputs that checkPaths refuses.
func (f *liveFlags) checkOutputs(cmd *cobra.Command, source string) error {
	var paths []string
	for _, p := range []string{f.csv, f.jsonl, f.record, f.framed.path} {
		if p != "" {
			paths = append(paths, p)
		}
	}
	return checkPaths(append(f.inputs(source), configFiles(cmd)...), paths)
}

// inputs lists the files that are read.
func (f *liveFlags) inputs(source string) []given {
	files := append(inputFiles(source), given{f.tokenFile, "--token-file"})
	files = append(append(files, f.configured...), f.events.files()...)
	return append(files, f.modelFlags.files()...)
}

// capture returns how the source is to be opened.
func (f *liveFlags) capture() capture.Options {
	return capture.Options{
		Width: f.width, Height: f.height, FPS: f.fps, FourCC: f.fourcc,
		ReadTimeout: f.timeout, Backend: f.backend, Raw: f.source.raw, MaxPixels: f.source.maxPixels,
	}
}
