// Package responses keeps the response maps of a run in a folder: a file for each target and frame, and a list of them.
package responses

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"siamtrack/render"
	"siamtrack/tracker"
)

// Format says how a response map is kept.
type Format string

// The formats. PNG is a picture in colours, each cell a square of 16x16 pixels; NPY the values themselves, NumPy's file
// of a float32 array of Height rows and Width columns.
const (
	PNG Format = "png"
	NPY Format = "npy"
)

// Formats lists the formats, the default first.
func Formats() []Format { return []Format{PNG, NPY} }

// ListName is the name of the list in the folder: rows of id,frame,x,y,w,h,rows,columns,peak,file. x, y, w and h are
// the rectangle of the frame that the map covers, in pixels, continuous and 0-based.
const ListName = "responses.csv"

const listHeader = "id,frame,x,y,w,h,rows,columns,peak,file"

// cellSide is the side of a cell in a picture, in pixels.
const cellSide = 16

// ErrNotEmpty is wrapped by the error of a folder that holds something: maps of two runs would be mixed in it, and what
// else is there could be overwritten.
var ErrNotEmpty = errors.New("the folder is not empty: name a new one, or empty it")

// Options say how maps are kept. The zero value is PNG in the default colours.
type Options struct {
	Format   Format
	ColorMap render.ColorMap
}

// Writer is the sink of a run that writes its maps. Files are named ID_FRAME.png: the target's name or number, and the
// frame's number, counted from 0, of at least six digits. In a frame in which a target was not searched for, such as
// the first, there is none. It is used by one goroutine.
type Writer struct {
	folder string
	o      Options
	colors [256]color4
	root   *os.Root // what is written stays below the folder, whatever a target is called
	list   *os.File // nil before the first map
	rows   *csv.Writer
	buf    bytes.Buffer
	files  int
	err    error
}

// color4 is a colour as pictures hold it.
type color4 = [4]uint8

// Check reports why maps could not be written to a folder: something is in it, it is no folder, or the one that it is
// to lie in is missing. It leaves nothing behind.
func Check(folder string) error {
	entries, err := os.ReadDir(folder)
	switch {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("write %s: %w", folder, ErrNotEmpty)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("write %s: a folder is needed: %w", folder, err)
	}
	above := filepath.Dir(filepath.Clean(folder))
	if st, err := os.Stat(above); err != nil || !st.IsDir() {
		return fmt.Errorf("write %s: there is no folder %s: make it first", folder, above)
	}
	return nil
}

// New returns a Writer into a folder, as Check wants it, which is made with the first map.
func New(folder string, o Options) (*Writer, error) {
	if o.Format == "" {
		o.Format = PNG
	}
	if o.Format != PNG && o.Format != NPY {
		return nil, fmt.Errorf("responses: no format %q: there are png and npy", string(o.Format))
	}
	if err := Check(folder); err != nil {
		return nil, err
	}
	w := &Writer{folder: folder, o: o}
	for i, c := range o.ColorMap.Colors() {
		w.colors[i] = color4{c.R, c.G, c.B, c.A}
	}
	return w, nil
}

// Folder returns where the maps are written.
func (w *Writer) Folder() string { return w.folder }

// Files returns how many maps were written.
func (w *Writer) Files() int { return w.files }

// Put writes the maps of a step. What it took is on disk, whatever comes after.
func (w *Writer) Put(s tracker.Step) error {
	for i := range s.Targets {
		t := &s.Targets[i]
		r := t.Result.Response
		if w.err != nil || t.Initial || r == nil || r.Width < 1 || r.Height < 1 || len(r.Values) < r.Width*r.Height {
			continue
		}
		if w.err = w.write(fmt.Sprintf("%s_%06d.%s", t.Label(), s.Frame.Index, w.o.Format), s.Frame.Index, t); w.err == nil {
			w.files++
		}
	}
	return w.err
}

// write writes one map and its line in the list.
func (w *Writer) write(name string, frame int, t *tracker.Target) error {
	if w.list == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	path := filepath.Join(w.folder, name)
	r := t.Result.Response
	w.buf.Reset()
	encode := w.picture
	if w.o.Format == NPY {
		encode = w.array
	}
	if err := encode(r); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := w.create(name); err != nil {
		return fmt.Errorf("write %s: %w (the maps before are kept)", path, plain(err))
	}
	return w.row(line(t.Label(), frame, r, name))
}

// begin makes the folder and the list.
func (w *Writer) begin() error {
	if err := os.Mkdir(w.folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write %s: %w", w.folder, plain(err))
	}
	var err error
	if w.root, err = os.OpenRoot(w.folder); err != nil {
		return fmt.Errorf("write %s: %w", w.folder, plain(err))
	}
	list, err := w.root.OpenFile(ListName, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", w.folder, err), w.root.Close())
	}
	w.list, w.rows = list, csv.NewWriter(list)
	return w.row(strings.Split(listHeader, ","))
}

// create writes the buffer to a new file of the folder: nobody else's, and none that a link leads to.
func (w *Writer) create(name string) error {
	f, err := w.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(w.buf.Bytes())
	if err = errors.Join(err, f.Close()); err != nil {
		_ = w.root.Remove(name) // half a map is none
	}
	return err
}

// row appends a line to the list, at once.
func (w *Writer) row(fields []string) error {
	err := w.rows.Write(fields)
	w.rows.Flush()
	if err = errors.Join(err, w.rows.Error()); err != nil {
		return fmt.Errorf("write %s: %w", w.list.Name(), plain(err))
	}
	return nil
}

// plain returns the cause of an error about a path that is named already.
func plain(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// line is a map's line in the list.
func line(label string, frame int, r *tracker.Response, name string) []string {
	number := func(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }
	a := r.Area
	return []string{label, strconv.Itoa(frame), number(a.X, 3), number(a.Y, 3), number(a.W, 3), number(a.H, 3),
		strconv.Itoa(r.Height), strconv.Itoa(r.Width), number(r.Peak, 4), name}
}

// array leaves an NPY file of version 1.0 in w.buf, as NumPy's "NEP 1: A Simple File Format for NumPy Arrays" has it:
// a dictionary in text, filled up with blanks so that the values begin at a multiple of 64 bytes, and the values.
func (w *Writer) array(r *tracker.Response) error {
	const before = 10 // the magic string, the version and the length of the dictionary
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", r.Height, r.Width)
	header += strings.Repeat(" ", 63-(before+len(header))%64) + "\n"
	w.buf.WriteString("\x93NUMPY\x01\x00")
	out := binary.LittleEndian.AppendUint16(nil, uint16(len(header)))
	out = append(out, header...)
	for _, v := range r.Values[:r.Width*r.Height] {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
	}
	_, err := w.buf.Write(out)
	return err
}

// picture leaves a PNG in w.buf.
func (w *Writer) picture(r *tracker.Response) error {
	img := image.NewRGBA(image.Rect(0, 0, r.Width*cellSide, r.Height*cellSide))
	for row := range r.Height {
		first := img.Pix[row*cellSide*img.Stride:][:img.Stride]
		for column := range r.Width {
			c := w.colors[int(255*max(0, min(1, finite(r.Values[row*r.Width+column]))))]
			for x := range cellSide {
				copy(first[4*(column*cellSide+x):], c[:])
			}
		}
		for y := 1; y < cellSide; y++ {
			copy(img.Pix[(row*cellSide+y)*img.Stride:], first)
		}
	}
	return png.Encode(&w.buf, img)
}

// finite is v, or 0 for what is no number.
func finite(v float32) float32 {
	if v != v {
		return 0
	}
	return v
}

// Close ends the list. It may be called twice.
func (w *Writer) Close() error {
	if w.err == nil {
		w.err = fmt.Errorf("write %s: %w", w.folder, os.ErrClosed)
	}
	if w.list == nil {
		return nil
	}
	list := w.list
	w.list = nil
	if err := errors.Join(list.Close(), w.root.Close()); err != nil {
		return fmt.Errorf("write %s: %w", list.Name(), plain(err))
	}
	return nil
}
