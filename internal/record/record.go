// Package record writes and reads the files in which tracks are kept: CSV, JSON Lines, COCO video, and the text formats
// of OTB, GOT-10k, VOT and MOTChallenge.
//
//	CSV    header frame,time_s,x,y,w,h,score,state,ms; a row for every frame; with ids, id after frame: the target's
//	       name, or its number, or nothing where it has neither
//	JSONL  the same names as an object a line; "ms" is left out where it was not measured
//	MOT    frame,id,x,y,w,h,confidence,-1,-1,-1 for every frame in which the target is visible
//	COCO   a JSON document of images and annotations, for every frame in which the target is visible (see NewCOCO)
//	CVAT   an XML document of tracks of key frames (see NewCVAT)
//	OTB    x,y,w,h a line for every frame of one target, beginning with the one that tracking began on
//	GOT    the same with three decimals, as the GOT-10k toolkit writes it; Times, in a file beside it, has seconds
//	VOT    the same for the VOT toolkit, where the first line is the code 1; Confidence, beside it, has the scores
//
// While a target is lost, CSV and JSONL say so in the state, and the box is a guess near its last place; MOT and COCO
// have no row; OTB, GOT and VOT, which can say neither, repeat the box, because their readers count lines. A target has
// the same id when it is found again. Frames and pixels count from 0, but in MOT, where both count from 1 as
// MOTChallenge has it (Milan et al., 2016). OTB boxes are written as they are, as every toolkit does.
//
// Where the frames change their size in the middle, which changes what a pixel is, JSONL has "size":[width,height] in
// the first rows in the new size, and COCO names each image's size; the other formats have no place for it.
//
// A row goes to the file as it comes, in one piece: whatever stops the program, the rows so far are on disk. The same
// rows give the same bytes.
package record

import (
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"time"

	"siamtrack/tracker"
)

// Format names a file format.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	JSONL Format = "jsonl"
	OTB   Format = "otb"
	MOT   Format = "mot"
	GOT   Format = "got"
	VOT   Format = "vot"
	// Times and Confidence are what GOT and VOT keep in files of their own.
	Times      Format = "times"
	Confidence Format = "confidence"
)

// ErrFormat is wrapped by the errors about what a file holds; they name the file and the line.
var ErrFormat = errors.New("not a track")

// Options say what a file tells beside the boxes.
type Options struct {
	// IDs adds a column id to CSV and JSONL, which they do without where there is one target.
	IDs bool
}

// Row is what a file keeps of one target in one frame.
type Row struct {
	Frame int // counted from 0
	// ID is the target's number, from 1, and Name what the user calls it; 0 and empty where a file does not say.
	ID    int
	Name  string
	First bool          // the tracker was started on this frame; it is written, not read
	Time  time.Duration // the frame's own time since the start of the video
	// Box is in pixels, continuous and 0-based. A reader returns one of NaN where a file says that no target is there.
	Box   tracker.Box
	Score float64
	State tracker.State
	// Elapsed is the time that the tracker took; 0 is written as empty: not measured.
	Elapsed time.Duration
	// Size is the frames' size where it is another one than in the frame before, else (0, 0); it is written, not read.
	Size image.Point
}

// Recorder takes the rows of each target in the order of their frames; OTB, GOT, VOT and what is beside them keep one
// target. After an error it takes no more.
type Recorder interface {
	Record(Row) error
	// Close ends the file. It may be called twice. It does not take back what Record wrote.
	Close() error
}

// encoder appends a row in one format to buf.
type encoder func(buf []byte, r Row) []byte

// New returns a Recorder that writes to w, each row by one call of Write. Its errors name the output as name. It does
// not close w.
func New(w io.Writer, name string, f Format, o Options) (Recorder, error) {
	header, encode, err := encoding(f, o)
	if err != nil {
		return nil, err
	}
	r := &recorder{w: w, name: name, encode: encode}
	return r, r.put([]byte(header))
}

// Create makes the file at path, or empties it, and returns a Recorder that writes to it.
func Create(path string, f Format, o Options) (Recorder, error) {
	if _, _, err := encoding(f, o); err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r, err := New(file, path, f, o)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r.(*recorder).file = file
	return r, nil
}

// recorder is the Recorder of every format.
type recorder struct {
	w      io.Writer
	file   *os.File // nil where w is the caller's
	name   string
	encode encoder
	buf    []byte
	good   int64 // bytes of whole rows written
	err    error // the first one, for ever
}

// Record implements Recorder.
func (r *recorder) Record(row Row) error {
	r.buf = r.encode(r.buf[:0], row)
	return r.put(r.buf)
}

// put writes whole rows. Where a file takes only a part of them the part is taken back, so that it ends with a whole
// one.
func (r *recorder) put(rows []byte) error {
	if r.err != nil || len(rows) == 0 {
		return r.err
	}
	if _, err := r.w.Write(rows); err != nil {
		r.err = fmt.Errorf("record: write %s: %w (the rows before are kept)", r.name, err)
		if r.file != nil {
			_ = r.file.Truncate(r.good) // best effort: a device or a pipe cannot, and needs not
		}
		return r.err
	}
	r.good += int64(len(rows))
	return nil
}

// Close implements Recorder.
func (r *recorder) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	if r.err == nil {
		r.err = fmt.Errorf("record: write %s: %w", r.name, os.ErrClosed)
	}
	if err != nil {
		return fmt.Errorf("record: close %s: %w", r.name, err)
	}
	return nil
}
