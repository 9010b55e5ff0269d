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
		{"HOTA", "hota", func(m score.Measures) *float64 { return m.HOTA }, 3, false,
			"several targets: root of detection times association accuracy, mean over thresholds of overlap"},
		{"DetA", "det_a", func(m score.Measures) *float64 { return m.DetA }, 3, false, "HOTA's detection accuracy"},
		{"AssA", "ass_a", func(m score.Measures) *float64 { return m.AssA }, 3, false, "HOTA's association accuracy"},
		{"MOTA", "mota", func(m score.Measures) *float64 { return m.MOTA }, 3, false,
			"1 less misses, false positives and identity switches over the truth's boxes"},
		{"IDF1", "idf1", func(m score.Measures) *float64 { return m.IDF1 }, 3, false,
			"share of boxes with the right identity"},
		{"IDSW", "id_switches", func(m score.Measures) *float64 { return m.Switches }, 0, true, "identity switches"},
		{"FP", "false_positives", func(m score.Measures) *float64 { return m.FalsePositives }, 0, true,
			"boxes where no target is"},
		{"FN", "misses", func(m score.Measures) *float64 { return m.Misses }, 0, true, "targets without a box"},
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
