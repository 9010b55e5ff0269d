// Package render draws what a tracker says onto frames: the box by its state, the search region, the response map as
// a heat map, a panel with what the network saw, and lines of text. It is pure Go and knows no window.
//
// Everything is drawn over an opaque *image.RGBA, clipped to it, and sized by it: lines and letters of a 1080p frame
// are three times as thick as those of a 360p one. Boxes are in pixels of the picture, continuous and 0-based, as
// package tracker has them.
package render
