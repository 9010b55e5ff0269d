package siamfc

import (
	"fmt"
	"strings"
)

// Kind says what a network gives.
type Kind string

// The kinds of networks.
const (
	// Peak networks embed; their response map is the correlation alone, searched at several scales.
	Peak Kind = "peak"
	// Box networks give a response map and the distances to the box's sides at each of its positions.
	Box Kind = "box"
	// Embedding networks turn a picture into one vector, for matching (package match).
	Embedding Kind = "embedding"
)

// Layout says how the graph's inputs and outputs are named and scaled; package siamfc/onnx lists what each expects.
type Layout string

// The layouts of graphs.
const (
	// LayoutSiamtrack is this project's own.
	LayoutSiamtrack Layout = "siamtrack"
	// LayoutNanoTrack is three files: exemplar branch, search branch, head with two logits a position.
	LayoutNanoTrack Layout = "nanotrack"
	// LayoutVitTrack is one file with both crops as inputs; map, size and offset as outputs.
	LayoutVitTrack Layout = "vittrack"
)

// Order is the order of the colours in a crop's planes.
type Order string

// The orders of colours; without one it is OrderRGB.
const (
	OrderRGB Order = "rgb"
	OrderBGR Order = "bgr"
)

// Fill is the colour of what lies outside the frame.
type Fill string

// The colours; without one it is FillMean.
const (
	// FillMean is the first frame's mean colour.
	FillMean Fill = "mean"
	// FillBlack is black.
	FillBlack Fill = "black"
)

// Snap says whether crops are squares of whole pixels, and of which.
type Snap string

// The ways of snapping squares to pixels; without one it is SnapNone. The other two sample as OpenCV's resize does.
const (
	// SnapNone leaves squares where they lie.
	SnapNone Snap = "exact"
	// SnapWhole takes squares of whole pixels about the centre of the target's pixels, (w-1)/2 from its corner, as
	// pysot (Li et al., 2019) and its heirs crop.
	SnapWhole Snap = "whole"
	// SnapCeiled makes the side the next whole number, and the scale follows it, as STARK (Yan et al., 2021) and its
	// heirs crop.
	SnapCeiled Snap = "ceiled"
)

// Window is the shape of the window over the response map that damps far jumps.
type Window string

// The windows; without one it is WindowHann.
const (
	// WindowHann is Hann's by index, zero at the ends, as SiamFC and its heirs have it.
	WindowHann Window = "hann"
	// WindowCentred is Hann's by distance from the crop's centre, for grids that do not lie symmetrically.
	WindowCentred Window = "centred"
)

// Blend says how the window acts on the response.
type Blend string

// The ways of blending; without one it is BlendAdd.
const (
	// BlendAdd is response*(1-influence) + window*influence.
	BlendAdd Blend = "add"
	// BlendMultiply is response*window.
	BlendMultiply Blend = "multiply"
)

// Clip says what of the target stays in the frame.
type Clip string

// The ways of clipping; without one it is ClipCentre.
const (
	// ClipCentre keeps the box's centre in the frame.
	ClipCentre Clip = "centre"
	// ClipBox keeps the whole box in the frame, whose border cuts it.
	ClipBox Clip = "box"
)

// named checks that a field of a manifest has one of the names that are known.
func named[T ~string](field string, v T, known ...T) error {
	list := make([]string, len(known))
	for i, k := range known {
		if v == k {
			return nil
		}
		list[i] = string(k)
	}
	last := len(list) - 1
	return fmt.Errorf("%s: %q found, %s or %s expected", field, v, strings.Join(list[:last], ", "), list[last])
}

// namedOrEmpty is named for a field that may be left out.
func namedOrEmpty[T ~string](field string, v T, known ...T) error {
	if v == "" {
		return nil
	}
	return named(field, v, known...)
}
