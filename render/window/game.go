package window

import (
	"context"
	"image"
	"image/color"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

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

	selected  int  // the target that the panel shows, 0 for the first
	paused    bool // by the person
	choosing  bool // the picture stands still until a box is drawn
	recording bool
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
	blank := &session.View{Step: tracker.Step{Frame: tracker.Frame{Image: img}}}
	g := &game{
		ctx: ctx, o: o, screen: screen, blank: blank, view: blank, bindings: bindings(), recording: o.Recording, dirty: true,
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

// pointer lets the person draw a box. The source rests meanwhile.
func (g *game) pointer() {
	if g.view == g.blank {
		return
	}
	x, y := ebiten.CursorPositionF()
	frame := g.view.Frame.Image.Rect.Size()
	g.makeRoom(frame)
	canvas := g.screen.Size(frame)
	fit := render.NewFit(g.window.X, g.window.Y, canvas.X, canvas.Y).Of(g.screen.Fit(frame))
	cancel := inpututil.IsKeyJustPressed(ebiten.KeyEscape) || ebiten.IsMouseButtonPressed(ebiten.MouseButtonRight)
	if cancel && g.choosing {
		g.choose(false)
	}
	down := ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft)
	if down && inpututil.IsMouseButtonJustReleased(ebiten.MouseButtonLeft) {
		g.waker.wake() // a click so quick that both came at once: that it is up again is seen in the next update
	}
	event := g.drag.Feed(render.Pointer{X: x, Y: y, Down: down, Cancel: cancel}, fit)
	g.dirty = g.dirty || event != render.DragNone
	switch event {
	case render.DragBegan:
		g.o.Log.Debug("box begun", "x", x, "y", y)
		g.o.Session.Pause(true)
	case render.DragDone:
		g.o.Log.Debug("box drawn", "frame", g.view.Frame.Index, "box", g.drag.Box())
		if err := g.o.Session.Select(g.view, g.drag.Box()); err != nil {
			g.say(err.Error())
		}
		g.choose(false)
	case render.DragClicked:
		g.click(g.drag.Point())
		g.choose(false)
	case render.DragCancelled:
		g.o.Log.Debug("box given up")
		g.choose(false)
	}
}

// click selects the target at a point of the picture.
func (g *game) click(x, y float64) {
	id := render.TargetAt(g.view.Step, x, y)
	g.o.Log.Debug("clicked", "target", id)
	if id != 0 {
		g.selected = id
	}
}

// choose makes the picture stand still until a box is drawn, or lets it go on.
func (g *game) choose(on bool) {
	g.choosing = on
	g.o.Session.Pause(on || g.paused)
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

// largest is the most pixels that a picture is scaled up to here: where a window is larger, whoever has a display of
// that size has a graphics card that does the rest.
const largest = 1920 * 1200

// makeRoom has pictures drawn in the size in which the window shows them.
func (g *game) makeRoom(frame image.Point) {
	room, pixels := g.window, float64(g.window.X)*float64(g.window.Y)
	share := 1.0
	if most := max(largest, float64(frame.X)*float64(frame.Y)); pixels > most {
		share = math.Sqrt(most / pixels)
		room = image.Pt(int(float64(room.X)*share), int(float64(room.Y)*share))
	}
	g.screen.Room, g.screen.Zoom = room, g.scale*share
}

// moment is what the screen is to show now.
func (g *game) moment() render.Moment {
	now := time.Now()
	m := render.Moment{Step: g.view.Step, Selected: g.selected, Recording: g.recording, Live: &render.Live{
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
	}
	if g.help {
		m.Help = Keys()
	}
	return m
}

// Layout takes the window's size in device-independent pixels; LayoutF takes its place.
func (g *game) Layout(width, height int) (int, int) { return width, height }

// LayoutF makes one pixel of the screen one of the display.
func (g *game) LayoutF(width, height float64) (float64, float64) {
	k := ebiten.Monitor().DeviceScaleFactor()
	if size := image.Pt(int(width*k), int(height*k)); size != g.window || k != g.scale {
		g.window, g.scale, g.dirty = size, k, true
	}
	return float64(g.window.X), float64(g.window.Y)
}

// grow gives the window the shape of the pictures with or without the panel, which has just come or gone, unless the
// person has given it another, or there is no room. Before is the canvas's size until now.
func (g *game) grow(before, frame image.Point) {
	fit := render.NewFit(g.window.X, g.window.Y, before.X, before.Y)
	w, _ := ebiten.WindowSize()
	_, room := ebiten.Monitor().Size()
	picture := int(math.Round(float64(w) * float64(frame.Y) / float64(frame.X)))
	higher := picture
	if g.screen.Show.Panel {
		higher += render.PanelHeight(w, picture)
	}
	if ebiten.IsFullscreen() || fit.X+fit.Y > 2*g.scale || higher > room {
		return
	}
	if x, y := ebiten.WindowPosition(); y+higher > room {
		ebiten.SetWindowPosition(x, room-higher)
	}
	ebiten.SetWindowSize(w, higher)
}

// leastSide is the shorter side of the window in which a small video is shown first: in a smaller one there is little
// room for text.
const leastSide = 480

// fitWindow sizes the window to the pictures, as far as the monitor has room, and small pictures larger.
func fitWindow(picture image.Point) {
	w, h := ebiten.Monitor().Size()
	k := max(1, leastSide/float64(min(picture.X, picture.Y)))
	k = min(k, 0.9*float64(w)/float64(picture.X), 0.9*float64(h)/float64(picture.Y))
	ebiten.SetWindowSize(int(k*float64(picture.X)), int(k*float64(picture.Y)))
}
