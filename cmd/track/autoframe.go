package main

import (
	"fmt"
	"image"
	"slices"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/autoframe"
	"siamtrack/internal/follow"
	"siamtrack/tracker"
)

// maxSide bounds the sides of a video that is cut out, in pixels.
const maxSide = 8192

// autoframeFlags say what video is cut out round a target.
type autoframeFlags struct {
	path, size, target string
	fill               float64
}

// register adds the flags to a command.
func (f *autoframeFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.path, "follow", "",
		"write a video `file` that follows the target: cut out round it, moved and zoomed smoothly, still while it is lost")
	fl.StringVar(&f.size, "follow-size", "", "`WIDTHxHEIGHT` of that video (default: the input's)")
	fl.StringVar(&f.target, "follow-target", "", "`name` or number of the target that it follows (default: the first)")
	fl.Float64Var(&f.fill, "follow-fill", autoframe.DefaultFill,
		"`share` of the picture's height or width that the target "+
			"takes up")
}

// check refuses a size, a target or a share that no video can have, and all of them where there is none.
func (f *autoframeFlags) check(cmd *cobra.Command) error {
	for _, name := range []string{"follow-size", "follow-target", "follow-fill"} {
		if f.path == "" && typed(cmd, name) {
			return usagef("--%s: there is no video that follows a target: name it with --follow", name)
		}
	}
	if _, err := f.options(); err != nil {
		return err
	}
	return nil
}

// options reads what the flags say.
func (f *autoframeFlags) options() (autoframe.Options, error) {
	o := autoframe.Options{Fill: f.fill, Target: f.target}
	if !(f.fill >= autoframe.MinFill && f.fill <= autoframe.MaxFill) {
		return o, usagef("--follow-fill %g: %g to %g is possible", f.fill, autoframe.MinFill, autoframe.MaxFill)
	}
	if f.size == "" {
		return o, nil
	}
	var rest string
	n, _ := fmt.Sscanf(f.size+" ", "%dx%d%s", &o.Size.X, &o.Size.Y, &rest)
	if n != 2 || f.size != fmt.Sprintf("%dx%d", o.Size.X, o.Size.Y) || o.Size.X%2 != 0 || o.Size.Y%2 != 0 ||
		!o.Size.In(image.Rect(16, 16, maxSide+1, maxSide+1)) {
		return o, usagef("--follow-size %s: WIDTHxHEIGHT is needed, of even numbers from 16 to %d", f.size, maxSide)
	}
	return o, nil
}

// checkTarget refuses a target that no box is given for.
func (f *autoframeFlags) checkTarget(starts []tracker.Start) error {
	named := func(s tracker.Start) bool { return s.Label() == f.target }
	if f.path == "" || f.target == "" || slices.ContainsFunc(tracker.Numbered(starts), named) {
		return nil
	}
	return usagef("--follow-target %s: there is no target of that name or number", f.target)
}

// video makes the video over a writer.
func (f *autoframeFlags) video(w *capture.Writer) (follow.Sink, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	return autoframe.NewVideo(w, o), nil
}
