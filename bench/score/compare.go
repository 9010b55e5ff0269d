package score

import "siamtrack/bench/metric"

// Comparison is how far one tracker is ahead of another, and how sure that is.
type Comparison struct {
	A, B    string
	Measure string
	metric.Difference
	// Sequences is the number on which both have the measure.
	Sequences int
}

// Compare bootstraps the difference of two trackers' scores over the sequences that both have: AUC, AO where there is
// no AUC, or VOT's accuracy. Where they share none the Comparison has no Sequences.
func Compare(a, b Tracker, seed uint64) (Comparison, error) {
	kinds := []struct {
		key string
		get func(Measures) *float64
	}{
		{"success_auc", func(m Measures) *float64 { return m.SuccessAUC }},
		{"ao", func(m Measures) *float64 { return m.AO }},
		{"accuracy", func(m Measures) *float64 { return m.Accuracy }},
		{"hota", func(m Measures) *float64 { return m.HOTA }},
		{"f_score", func(m Measures) *float64 { return m.FScore }},
	}
	other := map[string]Measures{}
	for _, s := range b.Sequences {
		other[s.Name] = s.Measures
	}
	for _, k := range kinds {
		var x, y []float64
		for _, s := range a.Sequences {
			m, ok := other[s.Name]
			if v, w := k.get(s.Measures), k.get(m); ok && v != nil && w != nil {
				x, y = append(x, *v), append(y, *w)
			}
		}
		if len(x) == 0 {
			continue
		}
		d, err := metric.Bootstrap(x, y, 0.95, 10000, seed)
		return Comparison{a.Name, b.Name, k.key, d, len(x)}, err
	}
	return Comparison{A: a.Name, B: b.Name}, nil
}
