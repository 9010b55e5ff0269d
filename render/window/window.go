// Package window shows a live session in a window and lets a person choose the target there. It is the only importer
// of Ebitengine; what is drawn comes from package render.
package window

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"siamtrack/internal/clock"
	"siamtrack/render"
	"siamtrack/session"
)

// Options say what a window shows and what its keys reach.
type Options struct {
	// Title names the source.
	Title   string
	Session *session.Session
	// Snapshot saves a view's frame and its box, and returns what was written. Record switches recording on or off.
	// Both run between two pictures.
	Snapshot func(v *session.View) (name string, err error)
	Record   func(on bool) (name string, err error)
	// Recording tells whether a file is being written, and why the one before ended early. Without the two there is
	// nothing to record.
	Recording func() (name string, on bool, err error)
	// ColorMap has the colours of the response maps.
	ColorMap render.ColorMap
	// Log is told, at the level debug, of each key and each box that the window has taken; nil: nobody is.
	Log *slog.Logger
}

// Report is what a window measured.
type Report struct {
	// Shown is the number of pictures that reached the screen, Latency the time from capture to there: until the call
	// that hands the picture to the display has returned.
	Shown   int
	Latency clock.Histogram
	// Drawing is the part of that which putting the picture together and handing it to the display took.
	Drawing clock.Histogram
}

// ErrNoDisplay is wrapped by Run's error where there is no display to open a window on.
var ErrNoDisplay = errors.New("no display")

// Run opens the window and returns when the person or ctx closes it, or when the session ends with an error, which it
// returns. It must be called on the main goroutine, once in a process; the session stays the caller's.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := Available(); err != nil {
		return Report{}, err
	}
	g, err := newGame(ctx, o)
	if err != nil {
		return Report{}, err
	}
	ebiten.SetWindowTitle(o.Title)
	ebiten.SetWindowSize(960, 540)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowClosingHandled(true) // by game.Update
	ebiten.SetRunnableOnUnfocused(true)
	ebiten.SetScreenClearedEveryFrame(false)
	// Deprecated in favour of drawing nothing 60 times a second, which costs more than being called when there is
	// something to draw.
	ebiten.SetTPS(ebiten.SyncWithFPS)                // one Update before each Draw, and one for each time that it is woken
	ebiten.SetFPSMode(ebiten.FPSModeVsyncOffMinimum) //nolint:staticcheck // see above

	pumped := make(chan struct{})
	ctx, stop := context.WithCancel(ctx)
	go func() {
		defer close(pumped)
		g.pump(ctx)
	}()
	err = ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{X11ClassName: "siamtrack", X11InstanceName: "track"})
	stop()
	<-pumped
	g.free()
	if err != nil {
		return g.report, fmt.Errorf("window: %w: %w", ErrNoDisplay, err)
	}
	return g.report, o.Session.Err()
}

// Available returns an error that says what is missing where there is no display.
func Available() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" {
		return fmt.Errorf("window: %w: DISPLAY is not set; --http shows the same in a browser", ErrNoDisplay)
	}
	return nil
}

// waker has the window updated and drawn, until its end: ebiten takes its window down without a look at who is just
// waking it.
type waker struct {
	mu    sync.Mutex
	ended bool
}

// wake has the window updated and drawn soon. It may be called by any goroutine.
func (w *waker) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		ebiten.ScheduleFrame() //nolint:staticcheck // belongs to FPSModeVsyncOffMinimum, see Run
	}
}

func (w *waker) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

// pump moves the newest view to the window and wakes it, for each view and for what else is worth showing.
func (g *game) pump(ctx context.Context) {
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	ended := g.o.Session.Done()
	for {
		select {
		case v := <-g.o.Session.Results():
			if old := g.incoming.Swap(v); old != nil {
				g.o.Session.Release(old)
			}
			g.waker.wake()
		case <-look.C:
			st := g.o.Session.Status()
			if late := time.Since(st.LastFrame) > time.Second; !late || st.Paused || st.Ended {
				continue
			}
			g.tell()
		case <-ended:
			ended = nil
			g.tell()
		case <-ctx.Done():
			g.waker.wake()
			return
		}
	}
}

// free gives the views back that the window still holds.
func (g *game) free() {
	g.o.Session.Release(g.incoming.Swap(nil))
	if g.view != g.blank {
		g.o.Session.Release(g.view)
	}
}

// Keys returns the keys and what they do, in the order of the help.
func Keys() []render.Key {
	keys := []render.Key{
		{Name: "drag", Does: "a box to follow", More: "draw a box round what to follow; each box is one more target"},
		{Name: "click", Does: "select a target", More: "select a target: panel and graph show it"},
		{Name: "Esc", Does: "give up drawing", More: "give up drawing; the right button too"},
	}
	for _, b := range bindings() {
		keys = append(keys, b.Key)
	}
	return keys
}
