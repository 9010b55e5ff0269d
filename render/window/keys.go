package window

import (
	"fmt"
	"unicode"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"siamtrack/render"
)

// binding is a key: the character that it types on this person's keyboard, 0 where it types none, its line in the help,
// and what it does.
type binding struct {
	char rune
	render.Key
	do func(*game) error
}

// toggle returns what a key does that switches one part of the screen.
func toggle(part func(*render.Show) *bool) func(*game) error {
	return func(g *game) error {
		p := part(&g.screen.Show)
		*p = !*p
		return nil
	}
}

// bindings are all keys, in the order of the help.
func bindings() []binding {
	heatMap := toggle(func(s *render.Show) *bool { return &s.HeatMap })
	search := toggle(func(s *render.Show) *bool { return &s.Search })
	scores := toggle(func(s *render.Show) *bool { return &s.Scores })
	figures := toggle(func(s *render.Show) *bool { return &s.Figures })
	help := func(g *game) error { g.help = !g.help; return nil }
	quit := func(*game) error { return ebiten.Termination }
	return []binding{
		{' ', render.Key{Name: "Space", Does: "pause or go on"}, (*game).pause},
		{'.', render.Key{Name: ".", Does: "one frame a press", More: "pause, then one frame a press"}, (*game).step},
		{'r', render.Key{Name: "r", Does: "stop to draw a box", More: "stop the picture to draw a box"}, (*game).reselect},
		{0, render.Key{Name: "Delete", Does: "forget the selected", More: "forget the selected target"}, (*game).remove},
		{'c', render.Key{Name: "c", Does: "forget all targets"}, (*game).clear},
		{'m', render.Key{Name: "m", Does: "response map",
			More: "response map round the target, its contours on it"}, heatMap},
		{'k', render.Key{Name: "k", Does: "next map colours", More: "next colours of the response map"}, (*game).colors},
		{'o', render.Key{Name: "o", Does: "search region", More: "outline of the search region"}, search},
		{'p', render.Key{Name: "p", Does: "panel of the network",
			More: "panel: exemplar, search region, response map, scores"}, (*game).panel},
		{'g', render.Key{Name: "g", Does: "graph of the score"}, scores},
		{'i', render.Key{Name: "i", Does: "figures and list", More: "figures, and the list of targets"}, figures},
		{'s', render.Key{Name: "s", Does: "snapshot", More: "snapshot: PNG, and its boxes as JSON"}, (*game).snapshot},
		{'v', render.Key{Name: "v", Does: "record or stop", More: "record a video, or stop"}, (*game).record},
		{'f', render.Key{Name: "f", Does: "full screen"}, (*game).fullScreen},
		{'h', render.Key{Name: "h", Does: "this help"}, help},
		{'q', render.Key{Name: "q", Does: "quit"}, quit},
	}
}

// keys does what the keys typed ask for. While a box is being drawn only Esc counts, which is the pointer's matter.
func (g *game) keys() error {
	g.chars = ebiten.AppendInputChars(g.chars[:0])
	escape := inpututil.IsKeyJustPressed(ebiten.KeyEscape)
	if escape {
		g.o.Log.Debug("key", "name", "Esc")
	}
	if g.drag.Active() {
		return nil
	}
	if escape && !g.choosing {
		g.help, g.dirty = false, true
		if ebiten.IsFullscreen() {
			ebiten.SetFullscreen(false)
		}
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyDelete) || inpututil.IsKeyJustPressed(ebiten.KeyBackspace) {
		return g.press("Delete")
	}
	fresh := len(inpututil.AppendJustPressedKeys(nil)) > 0
	for _, char := range g.chars {
		for _, b := range g.bindings {
			if b.char != unicode.ToLower(char) || !fresh && b.char != '.' {
				continue // a key held down steps on, and switches nothing
			}
			if err := g.press(b.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// press does what the key of a name does.
func (g *game) press(name string) error {
	for _, b := range g.bindings {
		if b.Name == name {
			g.dirty, g.trouble = true, ""
			g.o.Log.Debug("key", "name", b.Name)
			return b.do(g)
		}
	}
	return nil
}

func (g *game) pause() error {
	g.paused = !g.paused
	g.o.Session.Pause(g.paused || g.choosing)
	return nil
}

func (g *game) step() error {
	if !g.paused {
		return g.pause()
	}
	g.o.Session.Step()
	return nil
}

func (g *game) reselect() error {
	if g.view != g.blank {
		g.choose(!g.choosing)
	}
	return nil
}

// remove forgets the selected target: that which is outlined, the first where none was chosen.
func (g *game) remove() error {
	id := g.selected
	if len(g.view.Targets) == 0 {
		g.say("there is no target to forget")
		return nil
	}
	if g.view.Target(id) == nil {
		id = g.view.Targets[0].ID
	}
	g.o.Session.Remove(id)
	g.view.Forget(id) // the view is ours; the next one comes without
	return nil
}

func (g *game) clear() error {
	g.o.Session.Clear()
	g.view.Targets = g.view.Targets[:0]
	return nil
}

func (g *game) panel() error {
	show := &g.screen.Show.Panel
	frame := g.view.Frame.Image.Rect.Size()
	before := g.screen.Size(frame)
	*show = !*show
	g.grow(before, frame)
	g.o.Session.ShowCrops(*show)
	return nil
}

// colors gives the response maps the next colours there are.
func (g *game) colors() error {
	m := &g.screen.Show.ColorMap
	*m = m.Next()
	g.say("response map in " + string(*m))
	return nil
}

func (g *game) snapshot() error {
	if g.view == g.blank {
		return nil
	}
	name, err := g.o.Snapshot(g.view)
	if err != nil {
		g.say(err.Error())
		return nil
	}
	g.say("saved " + name)
	return nil
}

func (g *game) record() error {
	_, on, _ := g.o.Recording()
	name, err := g.o.Record(!on)
	switch {
	case err != nil:
		g.say(err.Error())
	case on:
		g.say(fmt.Sprintf("recorded %s", name))
	default:
		g.say(fmt.Sprintf("recording %s", name))
	}
	return nil
}

func (g *game) fullScreen() error {
	ebiten.SetFullscreen(!ebiten.IsFullscreen())
	return nil
}
