package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"

	_ "golang.org/x/image/bmp" // the formats that benchmarks use
	xdraw "golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/score"
	"siamtrack/tracker"
)

// thumbWidth is the width of a frame on the page.
const thumbWidth = 420

// worstFrame is one frame of a track that went wrong, ready for the page.
type worstFrame struct {
	Tracker, Sequence string
	Frame             int // counted from 1
	Overlap           float64
	Width, Height     int
	Picture           string // data URI
	Truth, Box        tracker.Box
	Color             string
	Heat              string // data URI of the response map, empty where there is none
	HeatArea          tracker.Box
}

// worstFrames finds, for a tracker, the sequences' worst frames and pictures the worst n of them. Sequences whose
// pictures are not at hand are left out.
func worstFrames(d *dataset.Dataset, t score.Tracker, rank, n int) ([]worstFrame, error) {
	type candidate struct {
		*score.Sequence
		frame int
		v     float64
	}
	var all []candidate
	for i := range t.Sequences {
		s := &t.Sequences[i]
		c := candidate{s, -1, math.Inf(1)}
		for i, v := range s.Overlaps {
			if i > 0 && v < c.v { // NaN is not less
				c.frame, c.v = i, v
			}
		}
		if c.frame >= 0 {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.v < b.v:
			return -1
		case a.v > b.v:
			return 1
		}
		return 0
	})
	var out []worstFrame
	for _, c := range all {
		if len(out) == n {
			break
		}
		s, ok := d.Find(c.Name)
		if !ok {
			continue
		}
		w, err := picture(s, t, c.Sequence, c.frame)
		if err != nil {
			return nil, err
		}
		if w != nil {
			w.Color = hex(colorOf(rank))
			out = append(out, *w)
		}
	}
	return out, nil
}

// picture loads one frame, nil where the pictures are not at hand.
func picture(s *dataset.Sequence, t score.Tracker, scored *score.Sequence, frame int) (*worstFrame, error) {
	files, err := s.Frames()
	if err != nil || frame >= len(files) || frame >= len(scored.Boxes) {
		return nil, nil
	}
	f, err := os.Open(files[frame])
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("report: picture %s: %w", files[frame], err)
	}
	size := img.Bounds()
	k := math.Min(1, thumbWidth/float64(size.Dx()))
	small := image.NewRGBA(image.Rect(0, 0, int(float64(size.Dx())*k), int(float64(size.Dy())*k)))
	xdraw.ApproxBiLinear.Scale(small, small.Bounds(), img, size, xdraw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: 82}); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	w := &worstFrame{Tracker: t.Name, Sequence: s.Name, Frame: frame + 1, Overlap: scored.Overlaps[frame],
		Width: size.Dx(), Height: size.Dy(), Truth: s.Truth[frame], Box: scored.Boxes[frame],
		Picture: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())}
	return w, w.addHeat(filepath.Join(t.Dir, "responses", s.Name+".json"), frame)
}

// addHeat adds the response map that the run kept, if it is of this frame.
func (w *worstFrame) addHeat(path string, frame int) error {
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil // foreign results have none
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var r folder.Response
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("report: %s: %w", path, err)
	}
	if r.Frame != frame || r.Width <= 0 || r.Height <= 0 || len(r.Values) != r.Width*r.Height {
		return nil
	}
	img := image.NewNRGBA(image.Rect(0, 0, r.Width, r.Height))
	for i, v := range r.Values { // black and clear to yellow and full: dark where nothing answers
		img.SetNRGBA(i%r.Width, i/r.Width, color.NRGBA{255, uint8(40 + int(v)*215/255), 0, v})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	w.Heat, w.HeatArea = "data:image/png;base64,"+base64.StdEncoding.EncodeToString(b.Bytes()), r.Area
	return nil
}

// hex is a colour as CSS writes it.
func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
