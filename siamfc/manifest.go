package siamfc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Format is the version of the manifest that this package reads.
const Format = 1

// ErrManifest is wrapped by every error about a manifest.
var ErrManifest = errors.New("not a usable model manifest")

// Manifest describes a model: what it takes, what it gives, and the parameters of the tracking loop that were chosen
// for it. It is JSON, in the ONNX file's metadata under MetadataKey or in a file beside it.
type Manifest struct {
	Format  int    `json:"format"`
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Layout  Layout `json:"layout"`
	About   string `json:"about,omitempty"`
	Licence string `json:"licence,omitempty"`
	// Figures are the card's figures, for lists: free text by name, such as "AUC": "0.70".
	Figures map[string]string `json:"figures,omitempty"`
	// Files names the ONNX files by role ("exemplar", "search", "head", "model"), relative to the manifest; empty
	// where the manifest is in the one file's metadata.
	Files map[string]string `json:"files,omitempty"`

	Exemplar    ExemplarSpec    `json:"exemplar"`
	Search      SearchSpec      `json:"search"`
	Grid        GridSpec        `json:"grid"`
	Upsample    int             `json:"upsample,omitempty"` // of the peak kind's map; 0 and 1 mean none
	Input       InputSpec       `json:"input"`
	Correlation CorrelationSpec `json:"correlation"`
	Loop        LoopSpec        `json:"loop"`
	State       StateSpec       `json:"state"`
}

// MetadataKey is the key of the manifest in an ONNX file's metadata.
const MetadataKey = "siamtrack"

// ExemplarSpec is the geometry of the exemplar crop: the square of side
// Factor*sqrt((w+c(w+h)) (h+c(w+h))), c = Context, about a target of w x h, is resized to Size x Size pixels.
type ExemplarSpec struct {
	Size    int     `json:"size"`
	Context float64 `json:"context"`
	Factor  float64 `json:"factor,omitempty"` // 0 means 1
}

// Side returns the side of the square about a target of w x h that becomes the exemplar, in the target's pixels.
func (e ExemplarSpec) Side(w, h float64) float64 {
	factor := e.Factor
	if factor == 0 {
		factor = 1
	}
	return factor * paddedSide(w, h, e.Context)
}

// SearchSpec is the geometry of the search crop: Size x Size pixels at the exemplar's scale.
type SearchSpec struct {
	Size int `json:"size"`
	// Sweep is the size of the larger crops in which the whole frame is looked over for a lost target, at the same scale,
	// where crops of Size would take too many frames; see StateSpec.Redetect. 0 is Size; layout siamtrack of the box
	// kind, whose graph takes crops of any size. Files of earlier versions call it "wide".
	Sweep int `json:"sweep,omitempty"`
	// Calm is the size of the smaller crops in which a target that moves little is searched for, at the same scale; see
	// LoopSpec.CalmShift. They take less time, and show less of what looks like the target. 0 is Size; layout siamtrack of
	// the box kind.
	Calm int  `json:"calm,omitempty"`
	Fill Fill `json:"fill,omitempty"`
	Snap Snap `json:"pixels,omitempty"`
}

// Sizes are those of all search crops that a network is shown, Size first.
func (s SearchSpec) Sizes() []int {
	sizes := []int{s.Size}
	for _, other := range []int{s.Sweep, s.Calm} {
		if other > 0 {
			sizes = append(sizes, other)
		}
	}
	return sizes
}

// GridSpec places the response map on the search crop: the cell in column i lies Origin + i*Stride crop pixels to
// the right of the crop's centre, rows likewise downwards.
type GridSpec struct {
	Size   int     `json:"size"`
	Stride float64 `json:"stride"`
	Origin float64 `json:"origin"`
}

// GridOn is the grid on a search crop of a size, which is Grid on one of Search.Size.
func (m *Manifest) GridOn(size int) GridSpec {
	more := float64(size - m.Search.Size)
	return GridSpec{Size: m.Grid.Size + int(more/m.Grid.Stride), Stride: m.Grid.Stride, Origin: m.Grid.Origin - more/2}
}

// InputSpec is what the graph expects of pixels that are given as 0..255: (v - Mean) / Std in an order of colours. This
// project's own models have all of it inside the graph. A zero Std means 1.
type InputSpec struct {
	Order Order      `json:"order,omitempty"`
	Mean  [3]float32 `json:"mean"`
	Std   [3]float32 `json:"std"`
}

// CorrelationSpec turns the peak kind's correlation into a logit: Scale*c + Bias.
type CorrelationSpec struct {
	Scale float64 `json:"scale,omitempty"`
	Bias  float64 `json:"bias,omitempty"`
	// Taper weighs the exemplar's features with a Hann window, for branches that were not trained to look at the
	// middle: the surroundings, which fill most of an exemplar, do not move with the target.
	Taper bool `json:"taper,omitempty"`
}

// LoopSpec are the parameters of the tracking loop.
type LoopSpec struct {
	// WindowInfluence is the weight of the window against the response, in [0, 1].
	WindowInfluence float64 `json:"window_influence"`
	Window          Window  `json:"window,omitempty"`
	Blend           Blend   `json:"blend,omitempty"`

	// PenaltyK is the strength of the penalty for a change of size and aspect (SiamRPN, 2018); box kind.
	PenaltyK float64 `json:"penalty_k,omitempty"`
	// SizeRate is the rate at which the size follows, times penalty and score; box kind. 0 takes the new box as it is.
	SizeRate float64 `json:"size_rate,omitempty"`
	// Vote, above 0, makes every cell whose box agrees with the best one's (IoU above 0.6, more than half its response)
	// vote on the box, by its response to this power, times how far it is above both (after the box voting of Gidaris and
	// Komodakis, ICCV 2015); box kind.
	Vote float64 `json:"vote,omitempty"`
	// Calibration is the share of the network's error on the first frame, where the user's box is known, that is taken
	// off every later box; 0 is none of it. Box kind.
	Calibration float64 `json:"calibration,omitempty"`
	// ToldRate is SizeRate of the size that is told, which the search does not go by; 0 is the same rate. Box kind.
	ToldRate float64 `json:"told_rate,omitempty"`
	// Steady is the share of a small change of a side since the first frame that is taken back in the box that is told;
	// the search goes by the side as it was found. 0 takes nothing back. Box kind.
	Steady float64 `json:"steady,omitempty"`

	// Refresh is how many frames lie between two new views of the target, 0 for none. What the search compares with is
	// then the first exemplar's embedding, mixed with RefreshShare of that of the target as it was last seen, and, of what
	// is known of its surroundings, RefreshAround: they change, the target stays the target. Only a frame whose score is
	// above RefreshScore gives a view, so what was uncertain is not learnt. Box kind, layout siamtrack.
	Refresh       int     `json:"refresh,omitempty"`
	RefreshShare  float64 `json:"refresh_share,omitempty"`
	RefreshAround float64 `json:"refresh_around,omitempty"`
	RefreshScore  float64 `json:"refresh_score,omitempty"`

	// Motion, above 0, moves the centre of the search to where the target is foreseen, by the camera's motion and by its
	// own, where that is further, in sides of the target (the root of its area), than this; only while the target is
	// surely tracked. 0 foresees nothing.
	Motion float64 `json:"motion,omitempty"`

	// CalmShift is how far from the middle of the crop, in its pixels, a target may have been found of late to be searched
	// for in crops of Search.Calm.
	CalmShift float64 `json:"calm_shift,omitempty"`

	// MinSide is the smallest side that the box may shrink to, in frame pixels; 0 means tracker.MinSide.
	MinSide float64 `json:"min_side,omitempty"`
	Clip    Clip    `json:"clip,omitempty"`

	// Scales (odd), ScaleStep, ScalePenalty and ScaleRate are SiamFC's; peak kind.
	Scales       int     `json:"scales,omitempty"`
	ScaleStep    float64 `json:"scale_step,omitempty"`
	ScalePenalty float64 `json:"scale_penalty,omitempty"`
	ScaleRate    float64 `json:"scale_rate,omitempty"`
}

// StateSpec are the thresholds between tracking, uncertain and lost.
type StateSpec struct {
	// Uncertain and Lost are scores: below them a frame is uncertain, or a sign of loss.
	Uncertain float64 `json:"uncertain"`
	Lost      float64 `json:"lost"`
	// APCE is the peak energy below which a frame is uncertain whatever its score; 0 switches it off.
	APCE float64 `json:"apce,omitempty"`
	// Patience is the number of frames in a row with a sign of loss before the state is lost; 0 means 1.
	Patience int `json:"patience,omitempty"`
	// Unlike is the cosine of the target's embedding as it looks now with the exemplar's below which it may not be the
	// target: every Loop.Refresh frames (0 means 5) they are compared, and when it was less twice in a row the target is
	// uncertain, and its score at most Uncertain, as it is after it was lost, until it is like the target again. 0
	// compares nothing. Networks that are Recognisers.
	Unlike float64 `json:"unlike,omitempty"`
	// Redetect makes the tracker, while the target is lost or in doubt, look for it over the whole frame as well, one crop
	// more a frame. What it finds is like the target where its score is RedetectScore or more (0 means Uncertain) and its
	// embedding's cosine with the exemplar's RedetectLikeness or more (0 asks for none; networks that are Recognisers),
	// and no more than RedetectDrop (0 does not ask) below what that was of late while the target was sure. It is
	// uncertain while that is so, and the target after RedetectLooks in a row (0 means 2).
	Redetect         bool    `json:"redetect,omitempty"`
	RedetectScore    float64 `json:"redetect_score,omitempty"`
	RedetectLikeness float64 `json:"redetect_likeness,omitempty"`
	RedetectDrop     float64 `json:"redetect_drop,omitempty"`
	RedetectLooks    int     `json:"redetect_looks,omitempty"`
}

// ParseManifest reads and checks a manifest. Unknown fields are errors: a misspelt parameter must not be a silent
// default. Every error wraps ErrManifest and names the field.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); errors.Is(err, io.EOF) {
		return Manifest{}, fmt.Errorf("manifest: %w: it is empty", ErrManifest)
	} else if err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w: %w", ErrManifest, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Manifest{}, fmt.Errorf("manifest: more follows its end: %w", ErrManifest)
	}
	if err := m.Validate(); err != nil {
		return Manifest{}, err
	}
	return m, nil
}
