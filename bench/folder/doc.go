// Package folder is a run's folder: where its files lie, what they hold, and how they are written and read. Those of
// other trackers are read too, in the layouts of the field's toolkits. It runs nothing and scores nothing.
//
//	OTB, pysot, peers  DIR/SEQ.txt (x,y,w,h a line), DIR/SEQ_time.txt or DIR/times/SEQ_time.txt
//	GOT-10k            DIR/SEQ/SEQ_001.txt ..., DIR/SEQ/SEQ_time.txt (a column a repetition)
//	VOT                DIR/EXPERIMENT/SEQ/SEQ_001.txt (regions and codes), SEQ_time.txt, SEQ_001_confidence.value;
//	                   multi-start: SEQ_00000050.txt a starting frame; also the toolkit's binary form, .bin
//
// A run of this program also has manifest.json, scores/, responses/ and, where it was timed, timing/ and timing.json.
// Files are written beside and renamed: one that has its name is whole.
package folder

import "errors"

// ErrMissing is wrapped by the error of a sequence that has no result.
var ErrMissing = errors.New("no result")

// ErrTimes is wrapped by the error of times that cannot be read, or do not fit their track.
var ErrTimes = errors.New("times of no use")

// ErrOtherRun is wrapped by the error of a run that does not belong into the folder it was told to go on in.
var ErrOtherRun = errors.New("the folder holds another run")

// ErrUse is wrapped by the error of options that cannot be meant.
var ErrUse = errors.New("options do not fit")
