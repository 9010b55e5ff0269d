package siamfc

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// ErrOverride is wrapped by the error of an override that a model has no use for, or that its manifest could not hold.
var ErrOverride = errors.New("cannot be overridden so")

// Overrides are parameters that a user gives in place of the manifest's own. A nil field leaves the manifest's.
type Overrides struct {
	// SearchScale is the side of the square that is searched, in those of the manifest's own: pixels stay as large, so the
	// network sees more or less of the frame, to the next size that its grid allows. Layout siamtrack, whose graphs take
	// crops of any size.
	SearchScale *float64
	// Window is LoopSpec.WindowInfluence.
	Window *float64
	// Penalty is LoopSpec.PenaltyK of a box model, ScalePenalty of a peak model.
	Penalty *float64
	// Rate is LoopSpec.SizeRate of a box model, ScaleRate of a peak model.
	Rate *float64
	// Motion is LoopSpec.Motion.
	Motion *float64
	// NoRedetect switches StateSpec.Redetect off, and StateSpec.Unlike with it: what scores high is the target. Of a model
	// that has them off anyway it changes nothing.
	NoRedetect bool
}

// Named returns what is overridden, by the names of track's flags, as text.
func (o Overrides) Named() map[string]string {
	named := map[string]string{}
	for name, v := range map[string]*float64{
		"search-scale": o.SearchScale, "window": o.Window, "penalty": o.Penalty, "rate": o.Rate,
		"motion": o.Motion,
	} {
		if v != nil {
			named[name] = strconv.FormatFloat(*v, 'g', -1, 64)
		}
	}
	if o.NoRedetect {
		named["no-redetect"] = strconv.FormatBool(true)
	}
	return named
}

// Apply returns a model's manifest with what is overridden. The error wraps ErrOverride and names the field.
func (o Overrides) Apply(m Manifest) (Manifest, error) {
	if len(o.Named()) == 0 {
		return m, nil
	}
	if m.Kind != Peak && m.Kind != Box {
		return m, fmt.Errorf("model %q: %w: it does not track, so it has no search, window, penalty, rate or re-detection",
			m.Name, ErrOverride)
	}
	if o.NoRedetect {
		m.State.Redetect, m.State.RedetectLikeness, m.State.Unlike = false, 0, 0
	}
	err := o.scale(&m)
	if o.Window != nil {
		m.Loop.WindowInfluence = *o.Window
		err = errors.Join(err, check(m.Loop.Blend != BlendMultiply,
			"loop.window_influence: its window is multiplied with the response, which has no weight"))
	}
	penalty, rate := &m.Loop.PenaltyK, &m.Loop.SizeRate
	if m.Kind == Peak {
		penalty, rate = &m.Loop.ScalePenalty, &m.Loop.ScaleRate
	}
	if o.Penalty != nil {
		*penalty = *o.Penalty
	}
	if o.Rate != nil {
		*rate = *o.Rate
	}
	if o.Motion != nil {
		m.Loop.Motion = *o.Motion
	}
	if err = errors.Join(err, m.problems()); err != nil {
		return m, fmt.Errorf("model %q: %w: %w", m.Name, ErrOverride, err)
	}
	return m, nil
}

// scale changes the sizes of the search crops, and the grid with them.
func (o Overrides) scale(m *Manifest) error {
	switch {
	case o.SearchScale == nil:
		return nil
	case m.Layout != LayoutSiamtrack:
		return fmt.Errorf("search.size: its graph takes crops of %d pixels only", m.Search.Size)
	case !within(*o.SearchScale, 1./16, 16):
		return fmt.Errorf("search scale: %v found, 1/16 to 16 expected", *o.SearchScale)
	}
	step := 2 * m.Grid.Stride // a cell more on either side
	resized := func(size int) int {
		return m.Search.Size + int(step*math.Round((*o.SearchScale*float64(size)-float64(m.Search.Size))/step))
	}
	size, sweep, calm := resized(m.Search.Size), 0, 0
	if m.Search.Sweep > 0 {
		sweep = max(resized(m.Search.Sweep), size+int(step))
	}
	if m.Search.Calm > 0 {
		calm = min(resized(m.Search.Calm), size-int(step))
	}
	if calm < m.Exemplar.Size {
		calm, m.Loop.CalmShift = 0, 0
	}
	m.Grid = m.GridOn(size)
	m.Search.Size, m.Search.Sweep, m.Search.Calm = size, sweep, calm
	return nil
}
