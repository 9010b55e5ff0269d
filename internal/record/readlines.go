package record

import (
	"fmt"
	"math"
	"slices"

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
	case v[1] != 1:
		return Row{}, false, fmt.Errorf("target %v: the files of one target have the id 1 only", v[1])
	}
	r := Row{Frame: int(v[0]) - 1, Box: tracker.Box{X: v[2] - 1, Y: v[3] - 1, W: v[4], H: v[5]}, Score: 1}
	if len(v) > 6 {
		r.Score = v[6]
	}
	return r, true, nil
}
