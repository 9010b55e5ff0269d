package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/clock"
	"siamtrack/internal/follow"
	"siamtrack/tracker"
)

// readAhead is how many frames are decoded before they are asked for.
const readAhead = 3

// newFileCmd returns `track file`.
func newFileCmd() *cobra.Command {
	var f fileFlags
	cmd := &cobra.Command{
		Use:   "file INPUT --init x,y,w,h",
		Short: "Follow an object through a video, every frame of it, into files",
		Long: "file follows one object through INPUT: a video, a folder or glob of pictures, a stream's URL, or - for a\n" +
			"video on standard input. It drops no frame, and what was tracked is on disk at any moment.\n\n" +
			"While the target is lost the box is a guess near its last place: the video draws it dashed, CSV and JSON Lines\n" +
			"say \"lost\", MOT has no row for the frame, and OTB, which cannot say it, repeats the box.",
		Example: "  track file walk.mp4 --init 349,428,50,148 -o out.mp4 --panel --csv out.csv\n" +
			"  track file frames/ --init-file groundtruth.txt --otb result.txt\n" +
			"  track file walk.mp4 --template person.png --csv out.csv\n" +
			"  track file 'img/*.jpg' --init 10,20,30,40 --start 100 --end 200 --csv - --quiet\n" +
			"  ffmpeg -i in.webm -f matroska - | track file - --init 10,20,30,40 --mot result.txt",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.register(cmd)
	return cmd
}

// run tracks as the flags say.
func (f *fileFlags) run(cmd *cobra.Command, input string) (err error) {
	part, err := f.part(cmd)
	if err != nil {
		return err
	}
	if err := f.checkOutputs(input); err != nil {
		return err
	}
	truth, err := f.readTruth()
	if err != nil {
		return err
	}
	model, err := f.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	logger(cmd).Debug("opening", "input", sourceName(input))
	opened, err := capture.OpenContext(cmd.Context(), input, capture.Options{FPS: f.fps})
	if err != nil {
		return err
	}
	timed := clock.NewSource(opened)
	src := capture.Prefetch(timed, readAhead)
	defer func() { err = errors.Join(err, src.Close()) }()
	defer context.AfterFunc(cmd.Context(), func() { _ = src.Close() })() // ends a read that waits for a stream
	logger(cmd).Debug("opened", "input", sourceName(input), "what", opened.Info(), "model", model.Manifest().Name)

	from, part, err := f.seek(cmd, model, src, part)
	if err != nil {
		return err
	}
	out, err := f.outputs(cmd, opened.Info(), part, truth)
	if err != nil {
		return err
	}
	targets := model.model.Multi()
	targets.ShowCrops(f.drawn.Panel)
	starts := []tracker.Start{{Frame: part.Start, Box: part.Init}}
	sum, err := follow.Run(cmd.Context(), from, targets, starts, part.End, out.sinks...)
	if errors.Is(err, tracker.ErrBox) && sum.Frames == 0 {
		err = wrongUse(err)
	}
	err = errors.Join(err, src.Close()) // nobody reads any more: the clock can be read
	if err == nil {
		err = checkEnd(cmd, opened.Info(), sum, part)
	}
	return errors.Join(err, f.report(cmd, input, sum, timed, out))
}

// checkEnd compares where a run ended with what was asked for, and with the length that a pipe announced: a broken pipe
// looks like an end, and FFmpeg announces more than it sends where it was told to cut.
func checkEnd(cmd *cobra.Command, info capture.Info, sum follow.Summary, p part) error {
	if sum.Last < p.from {
		return fmt.Errorf("the video ended after frame %d, --start is frame %d: %w", sum.Last, p.from, tracker.ErrNoFrame)
	}
	missing := info.Frames - (sum.Last + 1)
	if info.Kind == capture.Pipe && p.End <= 0 && missing > 25 && missing > info.Frames/10 {
		logger(cmd).Warn("the input ended before the length that it announced",
			"last frame", sum.Last, "announced frames", info.Frames)
	}
	return nil
}

// outputs are the sinks of a run, and those of them that have something to say in the end.
type outputs struct {
	sinks  []follow.Sink
	timer  *clock.Timer
	truth  *follow.Truth   // nil without --truth
	video  *follow.Video   // nil without -o
	writer *capture.Writer // of video
	path   string          // of video
	bar    *progress       // nil where nobody watches
	tracks []namedTrack
}

// namedTrack is a track that is written, and where to.
type namedTrack struct {
	path string
	*follow.Tracks
}

// outputs makes the sinks that the flags ask for.
func (f *fileFlags) outputs(
	cmd *cobra.Command, info capture.Info, p part, truth map[int]tracker.Box,
) (*outputs, error) {
	o := &outputs{timer: &clock.Timer{}, path: f.video}
	add := func(s follow.Sink) { o.sinks = append(o.sinks, s) }
	add(o.timer)
	for _, file := range f.tracks() {
		sink := file.sink(cmd, f.timing)
		add(follow.From(p.from, sink))
		o.tracks = append(o.tracks, namedTrack{file.path, sink})
	}
	if truth != nil {
		o.truth = follow.NewTruth(truth)
		add(o.truth)
	}
	if f.video != "" {
		fps := info.FPS
		if f.fps > 0 {
			fps = f.fps
		}
		var err error
		if o.writer, err = capture.NewWriter(f.video, capture.WriterOptions{FPS: fps}); err != nil {
			return nil, err
		}
		if o.video, err = follow.NewVideo(o.writer, f.drawn, false); err != nil {
			return nil, errors.Join(err, o.writer.Close())
		}
		add(follow.From(p.from, o.video))
	}
	if o.bar = newProgress(cmd, info.Frames, p.RunOptions); o.bar != nil {
		add(o.bar)
	}
	return o, nil
}

// report says what was done: a summary on stderr, and the figures that --truth and --timing ask for on stdout.
func (f *fileFlags) report(cmd *cobra.Command, input string, sum follow.Summary, timed *clock.Source, o *outputs) error {
	if sum.Frames == 0 {
		return nil
	}
	if !quiet(cmd) {
		fmt.Fprint(cmd.ErrOrStderr(), summaryText(sourceName(input), sum, o))
	}
	if o.truth == nil && !f.timing {
		return nil
	}
	figures := figures{sum: sum, stages: append(timed.Stages(), o.timer.Stages()...)}
	if o.video != nil {
		figures.stages = append(figures.stages, o.video.Stages()...)
	}
	if o.truth != nil {
		score, err := o.truth.Score()
		if err != nil {
			return fmt.Errorf("--truth %s: %w", f.truth, err)
		}
		figures.score, figures.truth = &score, f.truth
	}
	w := cmd.OutOrStdout()
	if f.toStdout() {
		w = cmd.ErrOrStderr() // stdout is a track's
	}
	return figures.print(w)
}
