package siamfc

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestOverrides(t *testing.T) {
	box := Manifest{Format: Format, Name: "x", Kind: Box, Layout: LayoutSiamtrack,
		Exemplar: ExemplarSpec{Size: 128, Context: 0.5}, Search: SearchSpec{Size: 256, Sweep: 384, Calm: 192},
		Grid:  GridSpec{Size: 16, Stride: 16, Origin: -128},
		Loop:  LoopSpec{WindowInfluence: 0.4, PenaltyK: 0.1, SizeRate: 0.3, CalmShift: 24},
		State: StateSpec{Uncertain: 0.5, Lost: 0.2}}
	peak := box
	peak.Kind, peak.Search, peak.Correlation.Scale = Peak, SearchSpec{Size: 255}, 1
	peak.Exemplar.Size, peak.Grid = 127, GridSpec{Size: 17, Stride: 8, Origin: -64}
	peak.Loop = LoopSpec{WindowInfluence: 0.2, Scales: 3, ScaleStep: 1.04, ScalePenalty: 0.97, ScaleRate: 0.6}
	foreign, multiplied, embedding := box, box, box
	foreign.Layout, foreign.Search, foreign.Loop.CalmShift = LayoutNanoTrack, SearchSpec{Size: 256}, 0
	again := box
	again.State.Redetect, again.State.Unlike, again.State.RedetectLikeness = true, 0.7, 0.8
	multiplied.Loop.Blend, embedding.Kind = BlendMultiply, Embedding
	v := func(f float64) *float64 { return &f }

	for name, c := range map[string]struct {
		m    Manifest
		o    Overrides
		want func(m *Manifest)
	}{
		"nothing":            {box, Overrides{}, func(*Manifest) {}},
		"nothing, embedding": {embedding, Overrides{}, func(*Manifest) {}},
		"window":             {box, Overrides{Window: v(0)}, func(m *Manifest) { m.Loop.WindowInfluence = 0 }},
		"motion":             {peak, Overrides{Motion: v(0.5)}, func(m *Manifest) { m.Loop.Motion = 0.5 }},
		"of a box": {box, Overrides{Penalty: v(2), Rate: v(1)}, func(m *Manifest) {
			m.Loop.PenaltyK, m.Loop.SizeRate = 2, 1
		}},
		"of a peak": {peak, Overrides{Penalty: v(0.9), Rate: v(1)}, func(m *Manifest) {
			m.Loop.ScalePenalty, m.Loop.ScaleRate = 0.9, 1
		}},
		// The middle of the grid stays on that of the crop: 24 cells of 16 pixels from -192 are 384 pixels.
		"half as far again": {box, Overrides{SearchScale: v(1.5)}, func(m *Manifest) {
			m.Search = SearchSpec{Size: 384, Sweep: 576, Calm: 288}
			m.Grid.Size, m.Grid.Origin = 24, -192
		}},
		"the next that the grid allows": {box, Overrides{SearchScale: v(1.1)}, func(m *Manifest) {
			m.Search = SearchSpec{Size: 288, Sweep: 416, Calm: 224}
			m.Grid.Size, m.Grid.Origin = 18, -144
		}},
		"less": {box, Overrides{SearchScale: v(0.7)}, func(m *Manifest) {
			m.Search = SearchSpec{Size: 192, Sweep: 256, Calm: 128}
			m.Grid.Size, m.Grid.Origin = 12, -96
		}},
		"too little for a smaller crop": {box, Overrides{SearchScale: v(0.5)}, func(m *Manifest) {
			m.Search, m.Loop.CalmShift = SearchSpec{Size: 128, Sweep: 192}, 0
			m.Grid.Size, m.Grid.Origin = 8, -64
		}},
		"found again":     {again, Overrides{Rate: v(1)}, func(m *Manifest) { m.Loop.SizeRate = 1 }},
		"not found again": {again, Overrides{NoRedetect: true}, func(m *Manifest) { m.State = box.State }},
		"never was":       {box, Overrides{NoRedetect: true}, func(*Manifest) {}},
		"peak, further": {peak, Overrides{SearchScale: v(1.25)}, func(m *Manifest) {
			m.Search.Size, m.Grid.Size, m.Grid.Origin = 319, 25, -96
		}},
	} {
		want := c.m
		c.want(&want)
		got, err := c.o.Apply(c.m)
		if err != nil || got.Search != want.Search || got.Grid != want.Grid || got.Loop != want.Loop ||
			got.State != want.State {
			t.Errorf("%s: %+v %+v %+v %+v, %v; want %+v %+v %+v %+v", name, got.Search, got.Grid, got.Loop, got.State, err,
				want.Search, want.Grid, want.Loop, want.State)
		}
	}
	for name, c := range map[string]struct {
		m    Manifest
		o    Overrides
		says string
	}{
		"window":            {box, Overrides{Window: v(1.1)}, "loop.window_influence: 1.1 found"},
		"not a number":      {box, Overrides{Rate: v(math.NaN())}, "loop.size_rate: NaN found"},
		"motion":            {box, Overrides{Motion: v(-0.5)}, "loop.motion: -0.5 found"},
		"penalty":           {box, Overrides{Penalty: v(-1)}, "loop.penalty_k: -1 found"},
		"penalty of a peak": {peak, Overrides{Penalty: v(3)}, "loop.scale_penalty: 3 found"},
		"too small":         {box, Overrides{SearchScale: v(0.4)}, "search.size: 96 found"},
		"too large":         {box, Overrides{SearchScale: v(9)}, "search.size"},
		"no scale":          {box, Overrides{SearchScale: v(math.Inf(1))}, "search scale: +Inf"},
		"fixed graph":       {foreign, Overrides{SearchScale: v(1)}, "crops of 256 pixels only"},
		"no weight":         {multiplied, Overrides{Window: v(0.5)}, "multiplied"},
		"no tracker":        {embedding, Overrides{Window: v(0.5)}, "does not track"},
		"nothing is found":  {embedding, Overrides{NoRedetect: true}, "does not track"},
	} {
		if _, err := c.o.Apply(c.m); !errors.Is(err, ErrOverride) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
