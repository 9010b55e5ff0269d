package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"

	"siamtrack/internal/atomicfile"
	"siamtrack/internal/readfile"
)

// ErrThreshold is wrapped by the errors of files of thresholds that cannot be read or do not belong to a model.
var ErrThreshold = errors.New("no thresholds to judge by")

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
	// Bound marks a threshold from too few pairs, or of too few people, to judge their kind by. Yet where nobody says
	// what pictures show, they are not called the same beyond it.
	Bound bool `json:"bound,omitempty"`
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

// Thresholds are the calibrated thresholds of one model, one for each kind of picture and distance. They lie beside the
// model's file and not in it: a user's own pairs give other thresholds than ours, and writing them into the model would
// change its hash, to which caches and the thresholds themselves are bound.
type Thresholds struct {
	Format int                             `json:"format"`
	Model  string                          `json:"model"`
	Hash   string                          `json:"sha256"`
	Kinds  map[Kind]map[Distance]Threshold `json:"thresholds"`
}

// thresholdsFormat is the version of the file that this package writes. It reads 1 as well, which had no kinds: its
// thresholds are those of KindAny.
const thresholdsFormat = 2

// ThresholdsPath returns where the thresholds of a model file lie: NAME.thresholds beside NAME.onnx or NAME.json.
func ThresholdsPath(model string) string {
	return strings.TrimSuffix(model, filepath.Ext(model)) + ".thresholds"
}

// ParseThresholds reads thresholds (JSON). Unknown fields are errors. Its errors wrap ErrThreshold.
func ParseThresholds(data []byte) (Thresholds, error) {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Thresholds{}, fmt.Errorf("%w: %w", ErrThreshold, err)
	}
	t := Thresholds{Format: thresholdsFormat}
	var err error
	switch head.Format {
	case 1:
		var old struct {
			Format   int                    `json:"format"`
			Model    string                 `json:"model"`
			Hash     string                 `json:"sha256"`
			Distance map[Distance]Threshold `json:"thresholds"`
		}
		err = strict(data, &old)
		t.Model, t.Hash, t.Kinds = old.Model, old.Hash, map[Kind]map[Distance]Threshold{KindAny: old.Distance}
	case thresholdsFormat:
		err = strict(data, &t)
	default:
		err = fmt.Errorf("format %d found, 1 and %d are read by this version", head.Format, thresholdsFormat)
	}
	if err == nil {
		err = t.validate()
	}
	if err != nil {
		return Thresholds{}, fmt.Errorf("%w: %w", ErrThreshold, err)
	}
	return t, nil
}

// strict reads JSON without fields that are unknown.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

func (t Thresholds) validate() error {
	for k, of := range t.Kinds {
		if _, err := ParseKind(string(k)); err != nil {
			return err
		}
		for d, v := range of {
			if _, err := ParseDistance(string(d)); err != nil {
				return err
			}
			if math.IsNaN(v.Distance) || v.Distance < 0 {
				return fmt.Errorf("%s, %s: distance %v found, 0 or more expected", k, d, v.Distance)
			}
		}
	}
	return nil
}

// Set stores the threshold of a kind and a distance.
func (t *Thresholds) Set(k Kind, d Distance, v Threshold) {
	if t.Kinds == nil {
		t.Kinds = map[Kind]map[Distance]Threshold{}
	}
	if t.Kinds[k] == nil {
		t.Kinds[k] = map[Distance]Threshold{}
	}
	t.Kinds[k][d] = v
}

// LoadThresholds reads the thresholds of a network from a file; a file that is not there gives none, without error.
// Those of another model are refused: the error wraps ErrThreshold and says so.
func LoadThresholds(path string, n Network) (Thresholds, error) {
	data, err := readfile.Plain(path, readfile.Small)
	return NewThresholds(path, data, err, n)
}

// NewThresholds is LoadThresholds of what was read at a path, with the error that reading it gave.
func NewThresholds(path string, data []byte, err error, n Network) (Thresholds, error) {
	none := Thresholds{Format: thresholdsFormat, Model: n.Manifest.Name, Hash: n.Hash}
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
	return t, nil
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
