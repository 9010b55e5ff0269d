package main

import (
	"errors"
	"fmt"
	"image"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/follow"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

const defaultTemplateScore = 0.7

// seek finds the object of --template, or has it drawn with --select: it returns the source to track from, and the part
// of it, which begins in the frame in which the object was found. Without them it returns what it was given.
func (f *fileFlags) seek(
	cmd *cobra.Command, model *modelTracker, src tracker.Source, p part,
) (tracker.Source, part, error) {
	switch {
	case f.choosing:
		return f.choose(cmd, src, p)
	case f.template == "":
		return src, p, nil
	}
	if !(f.templateScore >= 0 && f.templateScore <= 1) {
		return nil, p, usagef("--template-score %v: 0 to 1 is expected", f.templateScore)
	}
	img, err := capture.ReadImage(f.template)
	if err != nil {
		return nil, p, fmt.Errorf("--template: %w", err)
	}
	whole := tracker.Box{W: float64(img.Rect.Dx()), H: float64(img.Rect.Dy())}
	finder, err := siamfc.NewFinder(model.Tracker.Tracker, img, whole)
	if err != nil {
		return nil, p, fmt.Errorf("--template %s: %w", f.template, err)
	}
	best := siamfc.Found{}
	find := func(frame *image.RGBA) (tracker.Box, bool, error) {
		found, err := finder.Find(frame)
		if found.Score > best.Score {
			best = found
		}
		logger(cmd).Debug("searched", "score", found.Score, "box", found.Box)
		return found.Box, found.Score >= f.templateScore, err
	}
	from, frame, box, err := follow.Seek(cmd.Context(), src, p.first(), p.end, find)
	if errors.Is(err, follow.ErrNotFound) {
		return nil, p, fmt.Errorf("--template %s: %w; the best score was %.3f, --template-score is %.3f",
			f.template, err, best.Score, f.templateScore)
	} else if err != nil {
		return nil, p, err
	}
	logger(cmd).Info("found", "template", f.template, "frame", frame, "box", box, "score", fmt.Sprintf("%.4f", best.Score))
	p.starts[0].Box, p.starts[0].Frame, p.from = box, frame, max(p.from, frame)
	return from, p, nil
}
