package window

import (
	"context"
	"errors"
	"image"
	"image/color"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"siamtrack/render"
	"siamtrack/session"
	"siamtrack/tracker"
)

// game is Ebitengine's side of the window. All of it but incoming and news belongs to the goroutine that calls Update
// and Draw.
type game struct {
	ctx      context.Context
	waker    waker
	o        Options
	incoming atomic.Pointer[session.View] // the newest view, not yet taken
	news     atomic.Bool                  // something else is to be shown: an age, an end
	view     *session.View                // the one that is shown
	blank    *session.View                // what is shown before the first
	screen   *render.Screen
	drag     render.Drag
	chars    []rune
	bindings []binding

	selected  int    // the target that the panel shows, 0 for the first
	paused    bool   // by the person
	choosing  bool   // the picture stands still until a box is drawn
	broke     string // why the last video ended early
	trouble   string // that, until a key is pressed
	help      bool
	notice    string
	noticeEnd time.Time

	window       image.Point // the window's size in pixels
	scale        float64     // the display's pixels for one of those that sizes are given in
	canvas       *image.RGBA
	texture      *ebiten.Image
	dirty, probe bool      // the picture must be drawn; it has just been
	isNew        bool      // the view has not been on the screen
	begun        time.Time // when drawing it was
	shown        session.Rate
	latency      time.Duration // of the pictures of late, averaged
	report       Report
}

func newGame(ctx context.Context, o Options) (*game, error) {
	screen, err := render.NewScreen()
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, 960, 540))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []uint8{22, 24, 29, 255})
	}
	screen.Show.Figures, screen.Show.ColorMap = true, o.ColorMap
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Record == nil || o.Recording == nil {
		o.Record = func(bool) (string, error) { return "", errors.New("there is nothing to record here") }
		o.Recording = func() (string, bool, error) { return "", false, nil }
	}
	blank := &session.View{Step: tracker.Step{Frame: tracker.Frame{Image: img}}}
	g := &game{
		ctx: ctx, o: o, screen: screen, blank: blank, view: blank, bindings: bindings(), dirty: true,
	}
	return g, nil
}

// Update takes the newest view and what the person did. Its error ends the window, which nobody wakes from then on.
func (g *game) Update() error {
	err := g.update()
	if err != nil {
		g.waker.end()
	}
	return err
}

func (g *game) update() error {
	if g.ctx.Err() != nil || g.o.Session.Err() != nil || ebiten.IsWindowBeingClosed() {
		return ebiten.Termination
	}
	if g.probe { // drawing has woken this update: the picture has just gone to the display
		g.probe = false
		g.measure()
	} else {
		g.dirty = true // an input, or an uncovered window
	}
	g.dirty = g.news.Swap(false) || g.dirty
	g.take()
	if err := g.keys(); err != nil {
		return err
	}
	g.pointer()
	return nil
}

// take makes the newest view the shown one, unless the picture stands still for drawing.
func (g *game) take() {
	if g.drag.Active() || g.choosing {
		return
	}
	v := g.incoming.Swap(nil)
	if v == nil {
		return
	}
	if g.view == g.blank {
		fitWindow(v.Frame.Image.Rect.Size())
	} else {
		g.o.Session.Release(g.view)
	}
	g.view, g.isNew, g.dirty = v, true, true
	g.screen.Observe(v.Step)
	for i := range v.Targets {
		if v.Targets[i].Initial {
			g.selected = v.Targets[i].ID // who has drawn a box looks at that
		}
	}
}

// measure notes how long the picture that has just been shown took from its capture.
func (g *game) measure() {
	if !g.isNew {
		return
	}
	g.isNew = false
	now := time.Now()
	g.report.Drawing.Add(now.Sub(g.begun))
	g.shown.Tick(now)
	g.report.Shown++
	if g.paused || g.view.Chosen() || g.o.Session.Status().Ended {
		return // its age is the person's doing
	}
	age := now.Sub(g.view.Captured)
	g.report.Latency.Add(age)
	if g.latency == 0 {
		g.latency = age
	}
	g.latency += (age - g.latency) / 10
}

// say shows a line for some seconds.
func (g *game) say(line string) {
	const seconds = 4 * time.Second
	g.notice, g.noticeEnd = line, time.Now().Add(seconds)
	time.AfterFunc(seconds, g.tell)
}

// tell has the window drawn anew. It may be called by any goroutine.
func (g *game) tell() {
	g.news.Store(true)
	g.waker.wake()
}

// Draw puts the picture together and shows it, where anything has changed.
func (g *game) Draw(screen *ebiten.Image) {
	if !g.dirty {
		return
	}
	g.dirty, g.begun = false, time.Now()
	g.makeRoom(g.view.Frame.Image.Rect.Size())
	g.canvas = g.screen.Draw(g.canvas, g.moment())
	size := g.canvas.Rect.Size()
	if g.texture == nil || g.texture.Bounds().Size() != size {
		if g.texture != nil {
			g.texture.Deallocate()
		}
		g.texture = ebiten.NewImage(size.X, size.Y)
	}
	g.texture.WritePixels(g.canvas.Pix)
	fit := render.NewFit(g.window.X, g.window.Y, size.X, size.Y)
	var o ebiten.DrawImageOptions
	if o.DisableMipmaps = true; fit.Scale > 1.01 { // else it is as large as it is shown
		o.GeoM.Scale(fit.Scale, fit.Scale)
		o.Filter = ebiten.FilterLinear
	}
	o.GeoM.Translate(math.Round(fit.X), math.Round(fit.Y))
	screen.Fill(color.RGBA{10, 11, 13, 255})
	screen.DrawImage(g.texture, &o)
	if g.isNew {
		g.probe = true
		g.waker.wake()
	}
}

// recorded reports whether a video is being written. Why one ended early is shown until a key is pressed.
func (g *game) recorded() bool {
	_, on, err := g.o.Recording()
	why := ""
	if err != nil {
		why = "recording ended early: " + err.Error()
	}
	if g.broke != why {
		g.broke, g.trouble = why, why
	}
	return on
}

// moment is what the screen is to show now.
func (g *game) moment() render.Moment {
	now := time.Now()
	recording := g.recorded()
	m := render.Moment{Step: g.view.Step, Selected: g.selected, Recording: recording, Live: &render.Live{
		Status: g.o.Session.Status(), Now: now, ShownFPS: g.shown.PerSecond(), Latency: g.latency,
	}}
	switch {
	case g.view == g.blank:
		m.Notice = "waiting for the first picture of " + g.o.Title
	case g.drag.Active():
		m.Drag, m.Notice = g.drag.Box(), "let go to follow what is in the box, Esc gives up"
	case g.choosing:
		m.Notice = "draw a new box, Esc goes back"
	case now.Before(g.noticeEnd):
		m.Notice = g.notice
	default:
		m.Notice = g.trouble
	}
	if g.help {
		m.Help = Keys()
	}
	return m
}
