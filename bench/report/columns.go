package report

import (
	"slices"

	"siamtrack/bench/score"
)

// column is a measure as tables show it.
type column struct {
	title, key string
	get        func(score.Measures) *float64
	digits     int
	// lower marks measures of which less is better.
	lower bool
	// help explains the measure, in one line.
	help string
}

// columns are all measures, in the order of tables.
func columns() []column {
	return []column{
		{"EAO", "eao", func(m score.Measures) *float64 { return m.EAO }, 3, false, "expected average overlap"},
		{"Accuracy", "accuracy", func(m score.Measures) *float64 { return m.Accuracy }, 3, false,
			"mean overlap while tracking"},
		{"Robustness", "robustness", func(m score.Measures) *float64 { return m.Robustness }, 3, false,
			"reset-based: failures (less is better); multi-start: share of frames before failure"},
		{"Lost", "lost", func(m score.Measures) *float64 { return m.Lost }, 1, true, "number of failures"},
		{"F", "f_score", func(m score.Measures) *float64 { return m.FScore }, 3, false,
			"best F of tracking precision and recall"},
		{"Pr", "tracking_precision", func(m score.Measures) *float64 { return m.TrackPrecision }, 3, false,
			"tracking precision at the best F"},
		{"Re", "tracking_recall", func(m score.Measures) *float64 { return m.TrackRecall }, 3, false,
			"tracking recall at the best F"},
		{"AUC", "success_auc", func(m score.Measures) *float64 { return m.SuccessAUC }, 3, false,
			"mean of the 21 values of the success curve"},
		{"P@20", "precision_20", func(m score.Measures) *float64 { return m.Precision20 }, 3, false,
			"share of frames with the centre within 20 px"},
		{"Pnorm", "norm_precision_20", func(m score.Measures) *float64 { return m.NormPrecision20 }, 3, false,
			"share of frames with the centre within 0.20 of the target's size"},
		{"OP50", "op_50", func(m score.Measures) *float64 { return m.OP50 }, 3, false,
			"share of frames with overlap above 0.5"},
		{"OP75", "op_75", func(m score.Measures) *float64 { return m.OP75 }, 3, false,
			"share of frames with overlap above 0.75"},
		{"AO", "ao", func(m score.Measures) *float64 { return m.AO }, 3, false, "GOT-10k's average overlap, over frames"},
		{"SR.50", "sr_50", func(m score.Measures) *float64 { return m.SR50 }, 3, false, "GOT-10k's success rate at 0.5"},
		{"SR.75", "sr_75", func(m score.Measures) *float64 { return m.SR75 }, 3, false, "GOT-10k's success rate at 0.75"},
		{"FPS", "fps", func(m score.Measures) *float64 { return m.FPS }, 1, false, "frames divided by total time"},
		{"CPU", "cpu_share", func(m score.Measures) *float64 { return m.CPUShare }, 2, false,
			"processors kept busy while the run was timed: where others had the machine it is less than the tracker can use"},
		{"mean 1/t", "fps_mean_inverse", func(m score.Measures) *float64 { return m.FPSMeanInverse }, 1, false,
			"the toolkits' mean of 1/t, which flatters"},
	}
}

// titleOf is the title of a measure's column.
func titleOf(key string) string {
	for _, c := range columns() {
		if c.key == key {
			return c.title
		}
	}
	return key
}

// columnsOf are the columns in which at least one of the rows has a value.
func columnsOf(rows []score.Measures) []column {
	return slices.DeleteFunc(columns(), func(c column) bool {
		return !slices.ContainsFunc(rows, func(m score.Measures) bool { return c.get(m) != nil })
	})
}
