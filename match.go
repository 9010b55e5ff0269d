package siamtrack

import (
	"errors"

	"siamtrack/internal/readfile"
	"siamtrack/internal/zoo"
	"siamtrack/match"
	"siamtrack/siamfc/onnx"
)

// Matcher compares pictures with a model.
type Matcher struct {
	*match.Matcher
	model  *Model
	branch *onnx.Embedder
}

// Matcher returns a matcher over the model, whatever its kind. Close it, or leave that to the model's Close.
func (m *Model) Matcher(d match.Distance) (*Matcher, error) {
	hash, err := m.model.Hash()
	if err != nil {
		return nil, err
	}
	branch, err := m.model.Embedder()
	if err != nil {
		return nil, err
	}
	matcher, err := match.New(match.Network{Embedder: branch, Manifest: m.model.Manifest(), Hash: hash}, d)
	if err != nil {
		return nil, errors.Join(err, branch.Close())
	}
	m.keep(branch)
	return &Matcher{matcher, m, branch}, nil
}

// Judge returns what gives verdicts on this matcher's distances between pictures of a kind, by the thresholds in the
// file beside the model; match.KindAny where nobody knows what they show.
func (m *Matcher) Judge(k match.Kind) (match.Judge, error) {
	all, err := m.Thresholds("")
	if err != nil {
		return match.Judge{}, err
	}
	return all.Judge(k, m.Distance()), nil
}

// Thresholds returns the model's thresholds as they stand in a file, "" for the one beside the model; none, without
// error, where there is none. The error of another model's wraps match.ErrThreshold.
func (m *Matcher) Thresholds(path string) (match.Thresholds, error) {
	if path == "" {
		path = match.ThresholdsPath(m.model.path)
	}
	data, err := zoo.Read(path, readfile.Small)
	return match.NewThresholds(path, data, err, m.Network())
}

// Close frees the matcher's memory outside Go. It may be called twice.
func (m *Matcher) Close() error { return m.model.release(m.branch) }
