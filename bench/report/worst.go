package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strings"

	_ "golang.org/x/image/bmp" // the formats that benchmarks use
	xdraw "golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"siamtrack/bench/score"
	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// thumbWidth is the width of a frame on the page.
const thumbWidth = 420

// worstFrame is one frame of a track that went wrong, ready for the page.
type worstFrame struct {
	Sequence      string
	Frame         int // counted from 1
	Overlap       float64
	Width, Height int
	Picture       string // data URI
	Truth, Box    tracker.Box
	Heat          string // data URI of the response map, empty where there is none
	HeatArea      tracker.Box
}

// worstOfTracker pictures a tracker's worst frames, and says which it cannot.
func worstOfTracker(ev *score.Evaluation, t *score.Tracker) (worstGroup, error) {
	g := worstGroup{Tracker: t.Name}
	frames, unseen, err := ev.Worst(t, worstOf)
	if err != nil {
		return g, err
	}
	var notes []string
	if n := len(unseen); n > 0 {
		notes = append(notes, fmt.Sprintf("Left out, because their pictures are not at hand: %s.", listed(unseen)))
	}
	for _, f := range frames {
		w, err := picture(f)
		if err != nil {
			notes = append(notes, fmt.Sprintf("Left out: %s, frame %d: %v.", f.Sequence, f.Index+1, err))
			continue
		}
		g.Frames = append(g.Frames, *w)
	}
	g.Note = strings.Join(notes, " ")
	return g, nil
}

// listed lists names, not too many.
func listed(names []string) string {
	if more := len(names) - 5; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:5], ", "), more)
	}
	return strings.Join(names, ", ")
}

// picture loads one frame.
func picture(f score.Frame) (*worstFrame, error) {
	file, _, err := readfile.Open(f.Picture)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Picture, err)
	}
	size := img.Bounds()
	k := math.Min(1, thumbWidth/float64(size.Dx()))
	small := image.NewRGBA(image.Rect(0, 0, int(float64(size.Dx())*k), int(float64(size.Dy())*k)))
	xdraw.ApproxBiLinear.Scale(small, small.Bounds(), img, size, xdraw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: 82}); err != nil {
		return nil, err
	}
	w := &worstFrame{Sequence: f.Sequence, Frame: f.Index + 1, Overlap: f.Overlap,
		Width: size.Dx(), Height: size.Dy(), Truth: f.Truth, Box: f.Box,
		Picture: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())}
	return w, w.addHeat(f)
}

// addHeat adds the response map that the run kept.
func (w *worstFrame) addHeat(f score.Frame) error {
	r := f.Response
	if r == nil {
		return nil
	}
	img := image.NewNRGBA(image.Rect(0, 0, r.Width, r.Height))
	for i, v := range r.Values { // black and clear to yellow and full: dark where nothing answers
		img.SetNRGBA(i%r.Width, i/r.Width, color.NRGBA{255, uint8(40 + int(v)*215/255), 0, v})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return err
	}
	w.Heat, w.HeatArea = "data:image/png;base64,"+base64.StdEncoding.EncodeToString(b.Bytes()), r.Area
	return nil
}

// hex is a colour as CSS writes it.
func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
