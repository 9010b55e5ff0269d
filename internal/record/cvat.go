package record

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"siamtrack/tracker"
)

// NewCVAT returns a Recorder of an XML document as CVAT imports it by the name "CVAT for video 1.1": a track for every
// target, whose label is the target's name or "object", with a box for every row, all of them key frames between which
// CVAT interpolates; a lost target is outside. Boxes are of corners, 0-based. CVAT wants the tracks one by one, so the
// rows are kept until Close writes them. NewCVAT does not close w.
func NewCVAT(w io.Writer, name string, v Video) Recorder {
	return &cvat{recorder: recorder{w: w, name: name}, video: v}
}

// CreateCVAT makes the file at path, or empties it, and returns a Recorder of it as NewCVAT does.
func CreateCVAT(path string, v Video) (Recorder, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r := NewCVAT(file, path, v).(*cvat)
	r.file = file
	return r, nil
}

// cvat is the Recorder of a CVAT document.
type cvat struct {
	recorder
	video  Video
	tracks []cvatTrack
	ended  bool
}

type cvatTrack struct {
	XMLName xml.Name  `xml:"track"`
	ID      int       `xml:"id,attr"`
	Label   string    `xml:"label,attr"`
	Source  string    `xml:"source,attr"`
	Boxes   []cvatBox `xml:"box"`
	target  int
}

type cvatBox struct {
	Frame    int    `xml:"frame,attr"`
	Outside  int    `xml:"outside,attr"`
	Occluded int    `xml:"occluded,attr"`
	KeyFrame int    `xml:"keyframe,attr"`
	X1       string `xml:"xtl,attr"`
	Y1       string `xml:"ytl,attr"`
	X2       string `xml:"xbr,attr"`
	Y2       string `xml:"ybr,attr"`
	Z        int    `xml:"z_order,attr"`
}

type cvatDocument struct {
	XMLName xml.Name `xml:"annotations"`
	Version string   `xml:"version"`
	Source  string   `xml:"meta>source"`
	Width   int      `xml:"meta>task>original_size>width"`
	Height  int      `xml:"meta>task>original_size>height"`
	Tracks  []cvatTrack
}

// Record implements Recorder.
func (c *cvat) Record(r Row) error {
	if !r.Box.Finite() {
		return c.err
	}
	id := max(1, r.ID)
	i := slices.IndexFunc(c.tracks, func(t cvatTrack) bool { return t.target == id })
	if i < 0 {
		i = len(c.tracks)
		label := r.Name
		if label == "" {
			label = "object"
		}
		c.tracks = append(c.tracks, cvatTrack{ID: i, Label: label, Source: "auto", target: id})
	}
	text := func(v float64) string { return string(number(nil, v, 2)) }
	b := cvatBox{Frame: r.Frame, KeyFrame: 1, X1: text(r.Box.X), Y1: text(r.Box.Y),
		X2: text(r.Box.X + r.Box.W), Y2: text(r.Box.Y + r.Box.H)}
	if r.State == tracker.Lost {
		b.Outside = 1
	}
	c.tracks[i].Boxes = append(c.tracks[i].Boxes, b)
	return c.err
}

// Close implements Recorder: it writes the document.
func (c *cvat) Close() error {
	if c.ended {
		return c.recorder.Close()
	}
	c.ended = true
	body, err := xml.MarshalIndent(cvatDocument{
		Version: "1.1", Source: c.video.Name, Width: c.video.Width, Height: c.video.Height, Tracks: c.tracks,
	}, "", " ")
	if err == nil {
		err = c.put(append(append([]byte(xml.Header), body...), '\n'))
	}
	return errors.Join(err, c.recorder.Close())
}
