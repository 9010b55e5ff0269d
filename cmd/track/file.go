package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/clock"
	"siamtrack/internal/config"
	"siamtrack/internal/follow"
	"siamtrack/internal/redact"
	"siamtrack/tracker"
)

// newFileCmd returns `track file`.
func newFileCmd() *cobra.Command {
	var f fileFlags
	cmd := &cobra.Command{
		Use:   "file INPUT --init x,y,w,h",
		Short: "Follow objects through a video, every frame of it, into files",
		Long: "file follows one object or several through INPUT: a video, a folder or glob of pictures, a stream's URL,\n" +
			"or - for a video on standard input. It drops no frame, and what was tracked is on disk at any moment.\n\n" +
			"While a target is lost its box is a guess near its last place: the video draws it dashed, CSV and JSON Lines\n" +
			"say \"lost\", MOT and COCO have no row for the frame, and OTB, GOT-10k and VOT, which cannot say it, repeat\n" +
			"the box. A target keeps its number when it is found again.",
		Example: "  track file walk.mp4 --init 349,428,50,148 -o out.mp4 --panel --csv out.csv\n" +
			"  track file frames/ --init-file groundtruth.txt --otb result.txt\n" +
			"  track file match.mp4 --init keeper=349,428,50,148 --init 20,30,40,50@75 --csv out.csv --otb boxes/\n" +
			"  track file clip.mp4 --init-file gt.txt --mot out.txt --coco out.json\n" +
			"  track file walk.mp4 --template person.png --csv out.csv\n" +
			"  track file walk.mp4 --select -o out.mp4\n" +
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
	part, truths, err := f.checked(cmd, input)
	if err != nil {
		return err
	}
	model, in, err := f.begin(cmd, input, part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.src.Close(), model.Close()) }()
	defer context.AfterFunc(cmd.Context(), in.opened.Stop)() // ends a read that waits for a stream
	opened, src := in.opened, in.src

	from, part, err := f.seek(cmd, model, src, part)
	if err != nil {
		return err
	}
	out, err := f.outputs(cmd, opened.Info(), input, part, truths)
	if err != nil {
		return err
	}
	if out.video != nil {
		out.video.CopyWith(opened.Copy)
	}
	sum, err := f.follow(cmd, model, from, opened, part, out.sinks)
	if errors.Is(err, tracker.ErrBox) && sum.Frames == 0 {
		err = wrongUse(err)
	}
	err = errors.Join(err, src.Close()) // nobody reads any more: the clock can be read
	sayStrange(cmd, redact.Source(input), opened)
	if err == nil {
		err = checkEnd(cmd, opened.Info(), sum, part)
	}
	return errors.Join(out.settle(err), f.report(cmd, input, sum, in.timed, out))
}

// reading is an open input: its frames are read ahead by src, through the clock.
type reading struct {
	opened *capture.Source
	timed  *clock.Source
	src    *capture.Prefetched
}

// begin opens the model and, meanwhile, the input: to load a model takes as long as to decode ten frames or more. The
// model's error comes first. Both are to be closed.
func (f *fileFlags) begin(cmd *cobra.Command, input string, p part) (*modelTracker, reading, error) {
	logger(cmd).Debug("opening", "input", redact.Source(input))
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	var model *modelTracker
	var wrong error
	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		if model, wrong = f.open(cmd); wrong != nil {
			cancel() // an input may take long to open
		}
	}()
	how := f.capture()
	how.Log, how.Parts = logger(cmd), f.inParts(p)
	var in reading
	var err error
	if in.opened, err = capture.OpenContext(ctx, input, how); err == nil {
		in.timed = clock.NewSource(in.opened)
		in.src = capture.Prefetch(in.timed, capture.Ahead(in.opened.Info().Width, in.opened.Info().Height))
	}
	<-loaded
	if err == nil && wrong != nil {
		closeInto(in.src, &wrong)
	} else if err != nil && wrong == nil {
		closeInto(model, &err)
	}
	if wrong != nil || err != nil {
		return nil, reading{}, cmp.Or(wrong, err)
	}
	logger(cmd).Debug("opened", "input", redact.Source(input), "what", in.opened.Info(), "model",
		model.Manifest().Name)
	return model, in, nil
}

// checked reads what the flags say to follow and to compare with, and refuses what cannot be, before anything is opened
// or written.
func (f *fileFlags) checked(cmd *cobra.Command, input string) (part, []truth, error) {
	if err := config.Prefer(cmd, "init", "init-file", "select", "template"); err != nil {
		return part{}, nil, err
	}
	f.configured = configInputs(cmd)
	p, err := f.part(cmd)
	if err != nil {
		return part{}, nil, err
	}
	if err := f.framed.checkTarget(p.starts); err != nil {
		return part{}, nil, err
	}
	f.sayNoOutput(cmd)
	if err := f.checkOutputs(cmd, input, p.several()); err != nil {
		return part{}, nil, err
	}
	truths, err := f.readTruth(cmd.Context(), p)
	return p, truths, err
}

// sayNoOutput says at the start that nothing was asked for, and gives the boxes to standard output where that is no
// terminal: somebody reads them.
func (f *fileFlags) sayNoOutput(cmd *cobra.Command) {
	if len(f.tracks()) > 0 || f.video != "" || f.framed.path != "" || f.response.folder != "" ||
		len(f.events.receivers) > 0 || f.truth != "" || f.timing {
		return
	}
	if terminal(cmd.OutOrStdout()) != nil {
		logger(cmd).Warn("nothing is written: --csv, --jsonl, --otb, --mot or -o name a file, --csv - shows the boxes here")
		return
	}
	f.csv = stdoutPath
	logger(cmd).Info("no output was named: the boxes go to standard output as --csv - writes them")
}

// inParts reports whether nobody reads the frames but the trackers, each frame once, and the annotated video.
func (f *fileFlags) inParts(p part) bool {
	return f.framed.path == "" && f.template == "" && !f.choosing && len(p.marks) < 2
}

// follow runs from the boxes in the first frames, or from all those that a person corrected. The frames of src are
// those of opened.
func (f *fileFlags) follow(
	cmd *cobra.Command, model *modelTracker, src tracker.Source, opened *capture.Source, p part, sinks []follow.Sink,
) (follow.Summary, error) {
	open := func() *tracker.Multi {
		targets := model.model.Multi()
		targets.ReadParts(opened.Fill)
		targets.ShowCrops(f.drawn.Panel && f.video != "")
		return targets
	}
	if len(p.marks) < 2 {
		return follow.Run(cmd.Context(), src, open(), p.starts, p.end, sinks...)
	}
	logger(cmd).Info("corrected: tracking begins anew in every frame of --init-file, and runs from both sides between "+
		"two (not with --correct=false)", "boxes", len(p.marks))
	return follow.RunCorrected(cmd.Context(), src, open, p.marks, p.end, sinks...)
}

// checkEnd compares where a run ended with what was asked for, and with the length that a pipe announced: a broken pipe
// looks like an end, and FFmpeg announces more than it sends where it was told to cut.
func checkEnd(cmd *cobra.Command, info capture.Info, sum follow.Summary, p part) error {
	if sum.Last < p.from {
		return fmt.Errorf("the video ended after frame %d, --start is frame %d: %w", sum.Last, p.from, tracker.ErrNoFrame)
	}
	missing := info.Frames - (sum.Last + 1)
	if info.Kind == capture.Pipe && p.end <= 0 && missing > 25 && missing > info.Frames/10 {
		logger(cmd).Warn("the input ended before the length that it announced",
			"last frame", sum.Last, "announced frames", info.Frames)
	}
	return nil
}
