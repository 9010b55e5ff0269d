package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/redact"
)

// The waits between attempts to open a source that is off.
const (
	firstWait = 250 * time.Millisecond
	longWait  = 8 * time.Second
)

// checkCamera refuses what only a camera can be asked for where the source is none, and it was typed.
func checkCamera(cmd *cobra.Command, source string) error {
	if capture.KindOf(source) == capture.Camera {
		return nil
	}
	for _, flag := range []string{"width", "height", "fourcc", "backend"} {
		if typed(cmd, flag) {
			return usagef("--%s is asked of a camera, which %s is not", flag, redact.Source(source))
		}
	}
	return nil
}

// opened opens the source. One that is off at the start is waited for where --reconnect says so: a stream or a camera.
func (f *liveFlags) opened(cmd *cobra.Command, source string) (*capture.Source, error) {
	how := f.capture()
	how.Log = logger(cmd)
	wait := firstWait
	for attempt := 0; ; attempt++ {
		src, err := capture.OpenContext(cmd.Context(), source, how)
		if err == nil || cmd.Context().Err() != nil || !cmd.Flags().Changed("reconnect") || !capture.KindOf(source).Live() ||
			f.reconnect >= 0 && attempt >= f.reconnect {
			return src, err
		}
		if attempt == 0 {
			logger(cmd).Warn("the source is off: waiting for it", "source", redact.Source(source), "why", err)
		} else {
			logger(cmd).Debug("still off", "source", redact.Source(source), "attempt", attempt, "why", err)
		}
		if err := sleep(cmd.Context(), wait); err != nil {
			return nil, err
		}
		wait = min(2*wait, longWait)
	}
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
