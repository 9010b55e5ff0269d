package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"siamtrack/tracker"
)

// newBar returns a bar with units/s and the time left on cmd's stderr, for a total that ChangeMax64 gives. It returns
// nil where stderr is no terminal and where --quiet was given.
func newBar(cmd *cobra.Command, unit string) *progressbar.ProgressBar {
	file := terminal(cmd.ErrOrStderr())
	if file == nil || quiet(cmd) {
		return nil
	}
	return progressbar.NewOptions(-1, // a spinner, as long as nobody knows the total
		progressbar.OptionSetWriter(file), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
		progressbar.OptionSetItsString(unit), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
	)
}

// terminal returns w where it is one, nil otherwise.
func terminal(w io.Writer) *os.File {
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	return nil
}

// counter shows how much of something is done, where somebody watches.
type counter struct{ bar *progressbar.ProgressBar }

func newCounter(cmd *cobra.Command, what, unit string) *counter {
	c := &counter{newBar(cmd, unit)}
	if c.bar != nil {
		c.bar.Describe(what)
	}
	return c
}

// at shows that done of total are done. A terminal that cannot be written to is no reason to stop.
func (c *counter) at(done, total int) {
	if c.bar != nil {
		c.bar.ChangeMax(total)
		_ = c.bar.Set(done)
	}
}

func (c *counter) close() {
	if c.bar != nil {
		_ = c.bar.Clear()
	}
}

// progress is the follow.Sink that moves a bar.
type progress struct{ bar *progressbar.ProgressBar }

// newProgress returns a bar for a run over about the given number of frames, 0 where nobody knows, or nil where nobody
// watches.
func newProgress(cmd *cobra.Command, frames, first, end int) *progress {
	bar := newBar(cmd, "frames")
	if bar == nil {
		return nil
	}
	if end > 0 && (frames <= 0 || end < frames) {
		frames = end + 1
	}
	if frames > first {
		bar.ChangeMax(frames - first)
	}
	bar.Describe("tracking")
	return &progress{bar}
}

// Put implements follow.Sink. A terminal that cannot be written to is no reason to stop.
func (p *progress) Put(tracker.Step) error {
	_ = p.bar.Add(1)
	return nil
}

// Close implements follow.Sink.
func (p *progress) Close() error {
	_ = p.bar.Clear()
	return nil
}
