package siamfc

import (
	"errors"
	"fmt"
	"math"
)

// Validate says what is wrong with a manifest, field by field; its errors wrap ErrManifest.
func (m *Manifest) Validate() error {
	if err := m.problems(); err != nil {
		return fmt.Errorf("manifest %q: %w: %w", m.Name, ErrManifest, err)
	}
	return nil
}

// problems are what is wrong with a manifest, field by field.
func (m *Manifest) problems() error {
	errs := []error{
		check(m.Format == Format, "format: %d found, %d is read by this version", m.Format, Format),
		check(m.Name != "", "name: missing"),
		named("kind", m.Kind, Peak, Box, Embedding),
		named("layout", m.Layout, LayoutSiamtrack, LayoutNanoTrack, LayoutVitTrack),
		check(m.Exemplar.Size >= 16 && m.Exemplar.Size <= 1024, "exemplar.size: %d found, 16 to 1024 expected",
			m.Exemplar.Size),
		check(within(m.Exemplar.Context, 0, 4), "exemplar.context: %v found, 0 to 4 expected", m.Exemplar.Context),
		check(within(m.Exemplar.Factor, 0, 16), "exemplar.factor: %v found, 0 to 16 expected", m.Exemplar.Factor),
		namedOrEmpty("input.order", m.Input.Order, OrderRGB, OrderBGR),
	}
	if m.Kind == Peak || m.Kind == Box {
		errs = append(errs, m.validateSearch(), m.Loop.validate(m.Kind), m.State.validate())
	}
	return errors.Join(errs...)
}

func (m *Manifest) validateSearch() error {
	return errors.Join(
		check(m.Search.Size >= m.Exemplar.Size && m.Search.Size <= 2048,
			"search.size: %d found, %d (exemplar.size) to 2048 expected", m.Search.Size, m.Exemplar.Size),
		check(m.Search.Sweep == 0 || m.wholeCells(m.Search.Sweep, m.Search.Size+1, 2048), "search.sweep: %d found; for a "+
			"box model of layout siamtrack, search.size and a multiple of two strides more, to 2048", m.Search.Sweep),
		check(m.Search.Calm == 0 || m.wholeCells(m.Search.Calm, m.Exemplar.Size, m.Search.Size-1), "search.calm: %d found; "+
			"for a box model of layout siamtrack, search.size and a multiple of two strides less, from exemplar.size",
			m.Search.Calm),
		check((m.Search.Calm > 0) == (m.Loop.CalmShift > 0), "search.calm: %d found with a loop.calm_shift of %v, one is "+
			"nothing without the other", m.Search.Calm, m.Loop.CalmShift),
		namedOrEmpty("search.fill", m.Search.Fill, FillMean, FillBlack),
		namedOrEmpty("search.pixels", m.Search.Snap, SnapNone, SnapWhole, SnapCeiled),
		check(m.Grid.Size >= 3 && m.Grid.Size <= 256, "grid.size: %d found, 3 to 256 expected", m.Grid.Size),
		check(m.Grid.Stride > 0 && m.Grid.Stride <= 64, "grid.stride: %v found, above 0 to 64 expected", m.Grid.Stride),
		check(within(m.Grid.Origin, -1024, 0), "grid.origin: %v found, -1024 to 0 expected", m.Grid.Origin),
		check(m.Upsample >= 0 && m.Upsample <= 32 && m.Upsample*m.Grid.Size <= 1024,
			"upsample: %d found, 0 to 32 expected, and at most 1024 cells a side with it", m.Upsample),
		check(m.Kind != Peak || m.Correlation.Scale > 0, "correlation.scale: %v found, above 0 expected",
			m.Correlation.Scale))
}

// wholeCells reports whether search crops may have a further size: one in a range on which the grid has whole cells
// more or less, as many on either side.
func (m *Manifest) wholeCells(size, least, most int) bool {
	return m.Kind == Box && m.Layout == LayoutSiamtrack && size >= least && size <= most &&
		math.Mod(float64(size-m.Search.Size), 2*m.Grid.Stride) == 0
}

func (l *LoopSpec) validate(k Kind) error {
	errs := []error{
		check(within(l.WindowInfluence, 0, 1), "loop.window_influence: %v found, 0 to 1 expected", l.WindowInfluence),
		namedOrEmpty("loop.window", l.Window, WindowHann, WindowCentred),
		namedOrEmpty("loop.blend", l.Blend, BlendAdd, BlendMultiply),
		namedOrEmpty("loop.clip", l.Clip, ClipCentre, ClipBox),
		check(within(l.PenaltyK, 0, 10), "loop.penalty_k: %v found, 0 to 10 expected", l.PenaltyK),
		check(within(l.MinSide, 0, 64), "loop.min_side: %v found, 0 to 64 expected", l.MinSide),
		check(within(l.Motion, 0, 10), "loop.motion: %v found, 0 to 10 expected", l.Motion),
		check(within(l.Vote, 0, 10), "loop.vote: %v found, 0 to 10 expected", l.Vote),
		check(within(l.Calibration, 0, 1), "loop.calibration: %v found, 0 to 1 expected", l.Calibration),
		check(within(l.ToldRate, 0, 1), "loop.told_rate: %v found, 0 to 1 expected", l.ToldRate),
		check(within(l.Steady, 0, 1), "loop.steady: %v found, 0 to 1 expected", l.Steady),
		check(k == Box || l.Vote == 0 && l.Calibration == 0 && l.ToldRate == 0 && l.Steady == 0,
			"loop.vote, loop.calibration, loop.told_rate, loop.steady: only a box model has a box to correct"),
		check(within(l.CalmShift, 0, 1024), "loop.calm_shift: %v found, 0 to 1024 expected", l.CalmShift),
		check(within(l.SizeRate, 0, 1), "loop.size_rate: %v found, 0 to 1 expected", l.SizeRate),
		check(l.Refresh >= 0 && l.Refresh <= 10000, "loop.refresh: %d found, 0 to 10000 expected", l.Refresh),
		check(within(l.RefreshShare, 0, 1), "loop.refresh_share: %v found, 0 to 1 expected", l.RefreshShare),
		check(within(l.RefreshAround, 0, 1), "loop.refresh_around: %v found, 0 to 1 expected", l.RefreshAround),
		check(within(l.RefreshScore, 0, 1), "loop.refresh_score: %v found, 0 to 1 expected", l.RefreshScore),
		check(k == Box || l.Refresh == 0, "loop.refresh: only a box model takes new views of its target"),
	}
	if k == Peak {
		errs = append(errs,
			check(l.Scales >= 1 && l.Scales <= 9 && l.Scales%2 == 1, "loop.scales: %d found, odd, 1 to 9 expected", l.Scales),
			check(within(l.ScaleStep, 1, 2), "loop.scale_step: %v found, 1 to 2 expected", l.ScaleStep),
			check(within(l.ScalePenalty, 0, 1), "loop.scale_penalty: %v found, 0 to 1 expected", l.ScalePenalty),
			check(within(l.ScaleRate, 0, 1), "loop.scale_rate: %v found, 0 to 1 expected", l.ScaleRate))
	}
	return errors.Join(errs...)
}

func (s *StateSpec) validate() error {
	return errors.Join(
		check(within(s.Uncertain, 0, 1), "state.uncertain: %v found, 0 to 1 expected", s.Uncertain),
		check(within(s.Lost, 0, s.Uncertain), "state.lost: %v found, 0 to state.uncertain expected", s.Lost),
		check(s.APCE >= 0, "state.apce: %v found, 0 or more expected", s.APCE),
		check(s.Patience >= 0 && s.Patience <= 1000, "state.patience: %d found, 0 to 1000 expected", s.Patience),
		check(within(s.Unlike, 0, 1), "state.unlike: %v found, 0 to 1 expected", s.Unlike),
		check(within(s.RedetectScore, 0, 1), "state.redetect_score: %v found, 0 to 1 expected", s.RedetectScore),
		check(within(s.RedetectLikeness, 0, 1), "state.redetect_likeness: %v found, 0 to 1 expected", s.RedetectLikeness),
		check(within(s.RedetectDrop, 0, 2), "state.redetect_drop: %v found, 0 to 2 expected", s.RedetectDrop),
		check(s.RedetectLooks >= 0 && s.RedetectLooks <= 1000, "state.redetect_looks: %d found, 0 to 1000 expected",
			s.RedetectLooks))
}

func check(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func within(v, lo, hi float64) bool { return !math.IsNaN(v) && v >= lo && v <= hi }
