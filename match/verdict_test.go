package match_test

import (
	"errors"
	"testing"

	"siamtrack/match"
)

// TestAVerdictNeedsTheKindsThreshold: a kind without one gets no verdict; where nobody says what the pictures show,
// they are the same only by all thresholds, bounds included, and different only by all.
func TestAVerdictNeedsTheKindsThreshold(t *testing.T) {
	var all match.Thresholds
	all.Set(match.KindObject, match.Cosine, match.Threshold{Distance: 0.2})
	all.Set(match.KindFace, match.Cosine, match.Threshold{Distance: 0.05, Bound: true})
	all.Set("coin", match.Cosine, match.Threshold{Distance: 0.3})
	own := all
	own.Kinds = map[match.Kind]map[match.Distance]match.Threshold{}
	for k, v := range all.Kinds {
		own.Kinds[k] = v
	}
	own.Set(match.KindAny, match.Cosine, match.Threshold{Distance: 0.1})
	for _, c := range []struct {
		from     match.Thresholds
		kind     match.Kind
		of       match.Distance
		distance float64
		want     match.Verdict
	}{
		{all, match.KindObject, match.Cosine, 0.2, match.Same},
		{all, match.KindObject, match.Cosine, 0.21, match.Different},
		{all, match.KindFace, match.Cosine, 0, match.NotCalibrated}, // a bound is no threshold
		{all, match.KindSignature, match.Cosine, 0, match.NotCalibrated},
		{all, match.KindObject, match.Euclidean, 0, match.NotCalibrated},
		{all, "coin", match.Cosine, 0.3, match.Same},
		{all, match.KindAny, match.Cosine, 0.05, match.Same},
		{all, match.KindAny, match.Cosine, 0.1, match.NotCalibrated},
		{all, match.KindAny, match.Cosine, 0.25, match.NotCalibrated},
		{all, match.KindAny, match.Cosine, 0.31, match.Different},
		{own, match.KindAny, match.Cosine, 0.1, match.Same},
		{own, match.KindAny, match.Cosine, 0.11, match.Different},
		{match.Thresholds{}, match.KindAny, match.Cosine, 0, match.NotCalibrated},
	} {
		if got, _ := c.from.Judge(c.kind, c.of).Of(c.distance); got != c.want {
			t.Errorf("%s, %s, %v: %s, want %s", c.kind, c.of, c.distance, got, c.want)
		}
	}
	if v, by := match.JudgeBy(match.Threshold{Distance: 1}).Of(1); v != match.Same || by.Distance != 1 {
		t.Errorf("by one threshold: %s, %v", v, by)
	}
}

func TestKindsHaveNames(t *testing.T) {
	for name, good := range map[string]bool{"face": true, "coin-2": true, "": false, "Face": false, "a b": false,
		"é": false} {
		if _, err := match.ParseKind(name); (err == nil) != good || err != nil && !errors.Is(err, match.ErrKind) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestThresholdsOfFormatOne: files from before there were kinds say what they said.
func TestThresholdsOfFormatOne(t *testing.T) {
	old := `{"format":1,"model":"m","sha256":"ab","thresholds":{"cosine":{"distance":0.5}}}`
	all, err := match.ParseThresholds([]byte(old))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := all.Judge(match.KindAny, match.Cosine).Of(0.4); v != match.Same {
		t.Errorf("%s", v)
	}
}
