package match_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/match"
)

// TestShippedThresholds: the thresholds beside each model are of that very file, have one for objects, and accept no
// more than was wanted; siamtrack and its sizes have some for both precisions.
func TestShippedThresholds(t *testing.T) {
	files, err := filepath.Glob("../models/*.thresholds")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		thresholds, err := match.ParseThresholds(raw)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		name := strings.TrimSuffix(filepath.Base(file), ".thresholds")
		seen[name] = true
		model, err := os.ReadFile(filepath.Join("../models", name+".onnx"))
		if err != nil {
			t.Errorf("%s lies beside no model: %v", file, err)
			continue
		}
		if sum := sha256.Sum256(model); hex.EncodeToString(sum[:]) != thresholds.Hash {
			t.Errorf("%s is of another file than %s.onnx: calibrate again, as the model's card says", file, name)
		}
		for distance, threshold := range thresholds.Kinds[match.KindObject] {
			if !(threshold.FAR <= threshold.Wanted) || !(threshold.TAR > 0.5) {
				t.Errorf("%s: objects by %s: %+v", file, distance, threshold)
			}
		}
		if len(thresholds.Kinds[match.KindObject]) == 0 {
			t.Errorf("%s: none for objects", file)
		}
	}
	for _, name := range []string{"siammatch", "siamtrack", "siamtrack-s", "siamtrack-l", "siamtrack-fp32",
		"siamtrack-s-fp32", "siamtrack-l-fp32"} {
		if !seen[name] {
			t.Errorf("no thresholds of %s", name)
		}
	}
}
