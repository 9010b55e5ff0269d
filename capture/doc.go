// Package capture brings pictures in and takes videos out: files, image folders, streams, cameras, standard input, and
// a writer. It is the only importer of gocv; OpenCV's BGR pictures live only inside it, and what it hands out is
// copied into *image.RGBA, so that no native memory is ever seen outside.
package capture
