package score

import (
	"encoding/json"
	"fmt"

	"siamtrack/internal/atomicfile"
)

// WriteJSON writes an evaluation as JSON: the dataset, and under "trackers", for each, its name, the measures that
// apply (success_auc, precision_20, norm_precision_20, op_50, op_75, ao, sr_50, sr_75, accuracy, robustness, lost, eao,
// f_score, fps ...), the same per sequence and per attribute, and the curves.
func WriteJSON(path string, ev *Evaluation) error {
	raw, err := json.MarshalIndent(ev, "", "  ")
	if err != nil {
		return fmt.Errorf("score: %w", err)
	}
	return atomicfile.WriteWithFolders(path, append(raw, '\n'))
}
