package calibrate

import (
	"context"
	"fmt"
	"image"

	"siamtrack/match"
)

// Measure returns the distance of each pair, in their order. A picture, or a part of one, that several pairs share is
// read and embedded once. Cancelling ctx ends it between two pictures. progress, which may be nil, is called after each
// pair.
func Measure(ctx context.Context, m *match.Matcher, pairs []Pair, read func(string) (*image.RGBA, error),
	progress func(done, total int)) ([]Measured, error) {
	known := map[Side][]float32{}
	embed := func(s Side) ([]float32, error) {
		if e, ok := known[s]; ok {
			return e, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		img, err := read(s.Path)
		if err != nil {
			return nil, err
		}
		e, err := m.Embed(match.Picture{Image: img, Box: s.Box})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Path, err)
		}
		known[s] = e
		return e, nil
	}
	out := make([]Measured, len(pairs))
	for i, p := range pairs {
		a, err := embed(p.A)
		if err != nil {
			return nil, fmt.Errorf("calibrate: pair %d: %w", i+1, err)
		}
		b, err := embed(p.B)
		if err != nil {
			return nil, fmt.Errorf("calibrate: pair %d: %w", i+1, err)
		}
		s, err := m.Compare(a, b)
		if err != nil {
			return nil, fmt.Errorf("calibrate: pair %d: %w", i+1, err)
		}
		out[i] = Measured{s.Distance, p.Same}
		if progress != nil {
			progress(i+1, len(pairs))
		}
	}
	return out, nil
}

// Report is what a sample says of a model and a distance.
type Report struct {
	AUC float64 `json:"auc"`
	EER float64 `json:"eer"`
	// Accuracy is CrossValidate's.
	Accuracy Accuracy `json:"accuracy"`
	// Threshold is the one for the false accept rate that was asked for.
	Threshold match.Threshold `json:"threshold"`
	// Curve is the ROC behind it.
	Curve ROC `json:"-"`
}

// NewReport evaluates a sample; far is the false accept rate that the threshold may have, pairs names the sample.
func NewReport(sample []Measured, far float64, pairs string) (Report, error) {
	r, err := NewROC(sample)
	if err != nil {
		return Report{}, err
	}
	acc, err := CrossValidate(sample)
	if err != nil {
		return Report{}, err
	}
	p := r.AtFAR(far)
	t := match.Threshold{Distance: p.Distance, Wanted: far, FAR: p.FAR, TAR: p.TAR, Same: r.Same, Different: r.Different,
		Pairs: pairs}
	return Report{AUC: r.AUC(), EER: r.EER(), Accuracy: acc, Threshold: t, Curve: r}, nil
}
