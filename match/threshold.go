package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"siamtrack/internal/atomicfile"
)

// ErrThreshold is wrapped by the errors of thresholds that are missing or do not belong to a model.
var ErrThreshold = errors.New("no threshold to judge by")

// Threshold is the largest distance at which two pictures count as the same, and what it was calibrated on.
type Threshold struct {
	Distance float64 `json:"distance"`
	// Wanted is the false accept rate that was asked for. FAR and TAR are the shares of different and of same pairs
	// that the threshold accepts among the Same and Different pairs of the file Pairs.
	Wanted    float64 `json:"wanted_far"`
	FAR       float64 `json:"far"`
	TAR       float64 `json:"tar"`
	Same      int     `json:"same_pairs"`
	Different int     `json:"different_pairs"`
	Pairs     string  `json:"pairs"`
}

// MarshalJSON leaves out what only a calibration knows where there was none: a rate of 0 is a claim.
func (t Threshold) MarshalJSON() ([]byte, error) {
	if t.Pairs == "" {
		return json.Marshal(struct {
			Distance float64 `json:"distance"`
		}{t.Distance})
	}
	type calibrated Threshold // without this method
	return json.Marshal(calibrated(t))
}

// Accepts gives the verdict on a distance.
func (t Threshold) Accepts(distance float64) bool { return distance <= t.Distance }

// Thresholds are the calibrated thresholds of one model, one a distance. They lie beside the model's file and not in
// it: a user's own pairs give other thresholds than ours, and writing them into the model would change its hash, to
// which caches and the thresholds themselves are bound.
type Thresholds struct {
	Format   int                    `json:"format"`
	Model    string                 `json:"model"`
	Hash     string                 `json:"sha256"`
	Distance map[Distance]Threshold `json:"thresholds"`
}

// thresholdsFormat is the version of the file that this package reads and writes.
const thresholdsFormat = 1

// ThresholdsPath returns where the thresholds of a model file lie: NAME.thresholds beside NAME.onnx or NAME.json.
func ThresholdsPath(model string) string {
	return strings.TrimSuffix(model, filepath.Ext(model)) + ".thresholds"
}

// ParseThresholds reads thresholds (JSON). Unknown fields are errors. Its errors wrap ErrThreshold.
func ParseThresholds(data []byte) (Thresholds, error) {
	var t Thresholds
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return Thresholds{}, fmt.Errorf("%w: %w", ErrThreshold, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Thresholds{}, fmt.Errorf("%w: more follows its end", ErrThreshold)
	}
	if t.Format != thresholdsFormat {
		return Thresholds{}, fmt.Errorf("%w: format %d found, %d is read by this version", ErrThreshold, t.Format,
			thresholdsFormat)
	}
	for d, v := range t.Distance {
		if _, err := ParseDistance(string(d)); err != nil {
			return Thresholds{}, fmt.Errorf("%w: %w", ErrThreshold, err)
		}
		if math.IsNaN(v.Distance) || v.Distance < 0 {
			return Thresholds{}, fmt.Errorf("%w: %s: distance %v found, 0 or more expected", ErrThreshold, d, v.Distance)
		}
	}
	return t, nil
}

// LoadThresholds reads the thresholds of a network from a file; a file that is not there gives none, without error.
// Those of another model are refused: the error wraps ErrThreshold and says so.
func LoadThresholds(path string, n Network) (Thresholds, error) {
	none := Thresholds{Format: thresholdsFormat, Model: n.Manifest.Name, Hash: n.Hash, Distance: map[Distance]Threshold{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	} else if err != nil {
		return Thresholds{}, fmt.Errorf("match: thresholds: %w", err)
	}
	t, err := ParseThresholds(data)
	if err != nil {
		return Thresholds{}, fmt.Errorf("match: thresholds %s: %w", path, err)
	}
	if t.Hash != n.Hash {
		return Thresholds{}, fmt.Errorf("match: thresholds %s: %w: they are of model %q (%s), not of %q (%s); "+
			"calibrate this model into another file", path, ErrThreshold, t.Model, short(t.Hash), n.Manifest.Name, short(n.Hash))
	}
	if t.Distance == nil {
		t.Distance = none.Distance
	}
	return t, nil
}

// Of returns the threshold of a distance; its error wraps ErrThreshold and says how to get one.
func (t Thresholds) Of(d Distance) (Threshold, error) {
	v, ok := t.Distance[d]
	if !ok {
		return Threshold{}, fmt.Errorf("match: %w: model %q has none for distance %q; there is no universal one: "+
			"run `track match calibrate PAIRS.csv`, or give one with --threshold", ErrThreshold, t.Model, d)
	}
	return v, nil
}

// Save writes the thresholds to a file; it takes the place of an older one when it is complete.
func (t Thresholds) Save(path string) error {
	data, err := json.MarshalIndent(t, "", "  ")
	if err == nil {
		err = atomicfile.Write(path, append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("match: thresholds: %w", err)
	}
	return nil
}

func short(hash string) string { return hash[:min(12, len(hash))] }
