// Package siamtrack follows an object through a video, and tells whether two pictures show the same thing, with Siamese
// networks. Open opens a model; what it returns tracks and matches, and closes all that was opened for it.
//
// The vocabulary is package tracker's: boxes, frames, sources of frames, results. Package capture reads videos, cameras
// and pictures (and needs OpenCV, which this package does not); a Source of your own does as well. Package siamfc is
// the algorithm, siamfc/onnx what runs its networks, match what compares pictures.
package siamtrack
