package record

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"siamtrack/bench/region"
	"siamtrack/internal/numfile"
	"siamtrack/tracker"
)

// newBoxes returns a decoder of x,y,w,h that counts the frames itself.
func newBoxes() decoder {
	next := 0
	return func(line string) (Row, bool, error) {
		v, err := numfile.Numbers(line)
		if err != nil {
			return Row{}, false, err
		}
		if len(v) != 4 {
			return Row{}, false, fmt.Errorf("%d numbers where x,y,w,h are four", len(v))
		}
		next++
		return Row{Frame: next - 1, Box: tracker.Box{X: v[0], Y: v[1], W: v[2], H: v[3]}, Score: 1}, true, nil
	}
}

// newShapes returns a decoder of polygons and masks, and of boxes among them, that counts the frames itself.
func newShapes() decoder {
	next := 0
	return func(line string) (Row, bool, error) {
		box, err := boundsOf(line)
		if err != nil {
			return Row{}, false, err
		}
		next++
		return Row{Frame: next - 1, Box: box, Score: 1}, true, nil
	}
}

// boundsOf is the axis-aligned box of a shape, of NaN where there is none. It is the smallest that holds a polygon's
// corners, as toolkits that know boxes alone take it; VOT starts trackers from another (region.Region's Upright).
func boundsOf(line string) (tracker.Box, error) {
	if isMask(line) {
		r, err := region.Parse(line)
		return r.Bounds(), err
	}
	v, err := numfile.Numbers(line)
	if err != nil {
		return tracker.Box{}, err
	}
	r := region.Region{Kind: region.Polygon}
	switch {
	case slices.ContainsFunc(v, math.IsNaN):
		r = region.Region{}
	case len(v) == 4:
		r = region.FromBox(tracker.Box{X: v[0], Y: v[1], W: v[2], H: v[3]})
	case len(v) < 6 || len(v)%2 != 0:
		return tracker.Box{}, fmt.Errorf("%d numbers: a polygon has 6 or more, in pairs", len(v))
	}
	if r.Kind == region.Polygon {
		for i := 0; i < len(v); i += 2 {
			r.Points = append(r.Points, region.Point{X: v[i], Y: v[i+1]})
		}
	}
	return r.Bounds(), nil
}

// isMask reports whether a line is a mask as VOT writes one: "m10,20,...".
func isMask(line string) bool {
	return len(line) > 1 && line[0] == 'm' && (line[1] >= '0' && line[1] <= '9' || line[1] == '-')
}

// isNamed reports whether a line is a name and x,y,w,h.
func isNamed(line string) bool {
	_, ok, err := decodeNamed(line)
	return ok && err == nil
}

// decodeNamed reads a line of a name and x,y,w,h, a target in frame 0.
func decodeNamed(line string) (Row, bool, error) {
	fields := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t", r) })
	if len(fields) == 1 {
		fields = strings.Fields(line)
	}
	if len(fields) != 5 {
		return Row{}, false, fmt.Errorf("%d fields where name,x,y,w,h are five", len(fields))
	}
	r := Row{Name: strings.TrimSpace(strings.Trim(strings.TrimSpace(fields[0]), `"`))}
	for i, side := range []*float64{&r.Box.X, &r.Box.Y, &r.Box.W, &r.Box.H} {
		var err error
		if *side, err = numfile.Number(strings.TrimSpace(fields[i+1])); err != nil {
			return Row{}, false, err
		}
	}
	if r.Name == "" {
		return Row{}, false, errors.New("no name")
	}
	return r, true, nil
}

// decodeMOT reads a line of MOTChallenge's, frames and pixels counted from 1.
func decodeMOT(line string) (Row, bool, error) {
	v, err := numfile.Numbers(line)
	switch {
	case err != nil:
		return Row{}, false, err
	case len(v) < 6:
		return Row{}, false, fmt.Errorf("%d fields where frame,id,x,y,w,h are six", len(v))
	case v[0] != math.Trunc(v[0]) || v[0] < 1 || v[0] > maxFrame:
		return Row{}, false, fmt.Errorf("frame: %v is no number of a frame", v[0])
	case v[1] != math.Trunc(v[1]) || v[1] < -1 || v[1] > maxID:
		return Row{}, false, fmt.Errorf("target %v: that is no number of a target", v[1])
	}
	r := Row{Frame: int(v[0]) - 1, ID: max(0, int(v[1])), Box: tracker.Box{X: v[2] - 1, Y: v[3] - 1, W: v[4], H: v[5]},
		Score: 1}
	if v[1] == 0 {
		r.Name = "0" // numbers count from 1
	}
	if len(v) > 6 {
		r.Score = v[6]
	}
	return r, true, nil
}
