package siamtrack

import (
	"errors"

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
	all, err := match.LoadThresholds(match.ThresholdsPath(m.model.path), m.Network())
	if err != nil {
		return match.Judge{}, err
	}
	return all.Judge(k, m.Distance()), nil
}

// Close frees the matcher's memory outside Go. It may be called twice.
func (m *Matcher) Close() error { return m.model.release(m.branch) }
