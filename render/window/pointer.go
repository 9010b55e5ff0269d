package window

import (
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"siamtrack/render"
)

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
