package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/clock"
	"siamtrack/internal/follow"
	"siamtrack/internal/record"
	"siamtrack/internal/redact"
	"siamtrack/internal/responses"
)

// outputs are the sinks of a run, and those of them that have something to say in the end.
type outputs struct {
	sinks  []follow.Sink
	timer  *clock.Timer
	truths []truth           // none without --truth
	video  *follow.Video     // nil without -o
	videos []namedVideo      // with video's
	maps   *responses.Writer // nil without --response
	bar    *progress         // nil where nobody watches
	tracks []namedTrack
	files  *results // of the tracks
	whole  bool     // what was written has its names
}

// commit gives what was written its names.
func (o *outputs) commit() error {
	err := o.files.commit()
	for _, v := range o.videos {
		err = errors.Join(err, v.Commit())
	}
	o.whole = err == nil
	return err
}

// incomplete adds to the error that ended a run where to find what it wrote.
func (o *outputs) incomplete(err error) error {
	files := o.files.left()
	for _, v := range o.videos {
		if v.Frames() > 0 {
			files = append(files, v.Part())
		}
	}
	if len(files) == 0 {
		return err
	}
	return &incompleteError{err, files}
}

// settle commits the outputs of a run that ended well, and calls those of one that ended with err incomplete.
func (o *outputs) settle(err error) error {
	if err == nil {
		return o.commit()
	}
	return o.incomplete(err)
}

// namedTrack is what tracks are written, and where to.
type namedTrack struct {
	path string
	*follow.Tracks
}

// namedVideo is what writes a video, and where to.
type namedVideo struct {
	path string
	*capture.Writer
}

// outputs makes the sinks that the flags ask for.
func (f *fileFlags) outputs(
	cmd *cobra.Command, info capture.Info, input string, p part, truths []truth,
) (*outputs, error) {
	o := &outputs{timer: &clock.Timer{}, truths: truths, files: &results{inputs: f.inputs(input)}}
	add := func(s follow.Sink) { o.sinks = append(o.sinks, s) }
	add(o.timer)
	written := sinkOptions{timing: f.timing, several: p.several(),
		video: record.Video{Name: filepath.Base(redact.Source(input)), FPS: f.rate(info)}, results: o.files}
	for _, file := range f.tracks() {
		sink := file.sink(cmd, written)
		o.tracks = append(o.tracks, namedTrack{file.path, sink})
		if f.keyframes > 1 {
			add(follow.From(p.from, follow.Keyframes(f.keyframes, sink)))
		} else {
			add(follow.From(p.from, sink))
		}
	}
	for _, t := range truths {
		add(t)
	}
	pictures, err := f.pictures(cmd, info, input, p, o)
	if err == nil {
		var beside []follow.Sink
		beside, err = f.beside(cmd, input, o)
		pictures = append(pictures, beside...)
	}
	if err != nil { // the run does not begin
		for _, sink := range pictures {
			err = errors.Join(err, sink.Close())
		}
		return nil, err
	}
	for _, sink := range pictures {
		add(follow.From(p.from, sink))
	}
	if o.bar = newProgress(cmd, info.Frames, p.first(), p.end); o.bar != nil {
		add(o.bar)
	}
	return o, nil
}

// rate is the input's frames a second, or what --fps says.
func (f *fileFlags) rate(info capture.Info) float64 {
	if f.fps > 0 {
		return f.fps
	}
	return info.FPS
}

// pictures makes the annotated video, and the one that follows a target. With an error it returns those that were made.
func (f *fileFlags) pictures(
	cmd *cobra.Command, info capture.Info, input string, p part, o *outputs,
) (sinks []follow.Sink, err error) {
	wo := capture.WriterOptions{FPS: f.rate(info), PixelAspect: info.PixelAspect, Hold: true, Log: logger(cmd),
		Quality: capture.Quality(f.quality)}
	if f.video != "" || f.framed.path != "" {
		wo.Sound = f.sound(cmd, info, input)
	}
	if f.video != "" {
		w, err := capture.NewWriter(f.video, wo)
		if err != nil {
			return sinks, err
		}
		if o.video, err = follow.NewVideo(w, f.drawn, p.several()); err != nil {
			return sinks, errors.Join(err, w.Close())
		}
		o.videos, sinks = append(o.videos, namedVideo{f.video, w}), append(sinks, o.video)
	}
	if f.framed.path != "" {
		w, err := capture.NewWriter(f.framed.path, wo)
		if err != nil {
			return sinks, err
		}
		video, err := f.framed.video(w)
		if err != nil {
			return sinks, errors.Join(err, w.Close())
		}
		o.videos, sinks = append(o.videos, namedVideo{f.framed.path, w}), append(sinks, video)
	}
	return sinks, nil
}

// beside makes the sinks that are neither tracks nor an annotated video.
func (f *fileFlags) beside(cmd *cobra.Command, input string, o *outputs) (sinks []follow.Sink, err error) {
	if f.response.folder != "" {
		if o.maps, err = f.response.sink(f.drawn.ColorMap); err != nil {
			return nil, err
		}
		sinks = append(sinks, o.maps)
	}
	if len(f.events.receivers) > 0 { // last: connections are open from here on
		told, err := f.events.open(cmd, input)
		if err != nil {
			return nil, err
		}
		sinks = append(sinks, told)
	}
	return sinks, nil
}

// sound returns the file whose sound goes into the video, "" for none, and says where there is some that does not.
func (f *fileFlags) sound(cmd *cobra.Command, info capture.Info, input string) string {
	switch {
	case f.audio == audioCopy && info.Kind == capture.File:
		return filePath(input)
	case f.audio == audioCopy:
		logger(cmd).Warn("only a video file's sound can be copied: the video is without", "input", redact.Source(input))
	case info.Sound:
		logger(cmd).Info("the video will be without the input's sound; --audio copy keeps it")
	}
	return ""
}

// report says what was done: a summary on stderr, and the figures that --truth and --timing ask for on stdout.
func (f *fileFlags) report(
	cmd *cobra.Command, input string, sum follow.Summary, timed *clock.Source, o *outputs,
) error {
	if sum.Frames == 0 {
		return nil
	}
	if !quiet(cmd) {
		fmt.Fprint(cmd.ErrOrStderr(), summaryText(redact.Source(input), sum, o))
	}
	if len(o.truths) == 0 && !f.timing {
		return nil
	}
	figures := figures{sum: sum, stages: append(timed.Stages(), o.timer.Stages()...)}
	if o.video != nil {
		figures.stages = append(figures.stages, o.video.Stages()...)
	}
	for _, t := range o.truths {
		score, err := t.Score()
		if err != nil {
			return fmt.Errorf("--truth %s: %w", f.truth, err)
		}
		figures.scores, figures.truth = append(figures.scores, namedScore{t.label, score}), f.truth
	}
	w := cmd.OutOrStdout()
	if f.toStdout() {
		w = cmd.ErrOrStderr() // stdout is a track's
	}
	return figures.print(w)
}
