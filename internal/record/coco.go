package record

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"siamtrack/tracker"
)

// Video is what a COCO document says of the video that its images are frames of.
type Video struct {
	Name          string
	Width, Height int
	FPS           float64 // 0 where nobody knows
}

// NewCOCO returns a Recorder of a COCO document as CocoVID lays it out for video (mmtracking; TAO's names beside it):
// an image for every frame, with video_id and frame_id counted from 0, and an annotation for every target that is
// visible in it, with its score, and instance_id and track_id the target's number. There is one category, "object";
// where targets have names, a track of each is listed under tracks. Boxes are x,y,w,h, 0-based.
//
// The annotations go to w as they come; the document is whole once it is closed. NewCOCO does not close w.
func NewCOCO(w io.Writer, name string, v Video) (Recorder, error) {
	c := &coco{recorder: recorder{w: w, name: name}, video: v, width: v.Width, height: v.Height,
		tracks: map[int]string{}}
	return c, c.put([]byte(`{"annotations":[`))
}

// CreateCOCO makes the file at path, or empties it, and returns a Recorder of it as NewCOCO does.
func CreateCOCO(path string, v Video) (Recorder, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r, err := NewCOCO(file, path, v)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r.(*coco).file = file
	return r, nil
}

// coco is the Recorder of a COCO document.
type coco struct {
	recorder
	video       Video
	width       int // of the frames as they are now
	height      int
	images      []cocoImage // by image id - 1
	byFrame     map[int]int
	annotations int
	ids         []int // of the targets, in the order in which they came
	tracks      map[int]string
	ended       bool
}

// cocoImage is a frame that there is.
type cocoImage struct{ frame, width, height int }

// Record implements Recorder.
func (c *coco) Record(r Row) error {
	if c.byFrame == nil {
		c.byFrame = map[int]int{}
	}
	if r.Size.X > 0 {
		c.width, c.height = r.Size.X, r.Size.Y
	}
	image, known := c.byFrame[r.Frame]
	if !known {
		c.images = append(c.images, cocoImage{r.Frame, c.width, c.height})
		image = len(c.images)
		c.byFrame[r.Frame] = image
	}
	id := max(1, r.ID)
	if _, known := c.tracks[id]; !known {
		c.ids = append(c.ids, id)
		c.tracks[id] = string(label(nil, Row{ID: id, Name: r.Name}))
	}
	if r.State != tracker.Lost && r.Box.Finite() {
		c.buf = c.annotation(c.buf[:0], r, image, id)
		return c.put(c.buf)
	}
	return c.err
}

// annotation appends a row.
func (c *coco) annotation(b []byte, r Row, image, id int) []byte {
	if c.annotations > 0 {
		b = append(b, ',')
	}
	c.annotations++
	field := func(name string, v int) {
		b = strconv.AppendInt(append(append(append(b, `,"`...), name...), `":`...), int64(v), 10)
	}
	b = strconv.AppendInt(append(b, "\n{\"id\":"...), int64(c.annotations), 10)
	field("image_id", image)
	field("video_id", 1)
	field("category_id", 1)
	field("instance_id", id)
	field("track_id", id)
	b = append(box(append(b, `,"bbox":[`...), r, 0), `],"area":`...)
	b = number(b, r.Box.Area(), 3)
	b = number(append(b, `,"score":`...), r.Score, 4)
	return append(b, `,"iscrowd":0}`...)
}

// Close implements Recorder: it writes what the annotations refer to.
func (c *coco) Close() error {
	if c.ended {
		return c.recorder.Close()
	}
	c.ended = true
	return errors.Join(c.put(c.tail()), c.recorder.Close())
}

// tail is the document behind its annotations.
func (c *coco) tail() []byte {
	v := c.video
	b := text([]byte("\n],\n\"videos\":[{\"id\":1,\"name\":"), v.Name)
	b = fmt.Appendf(b, `,"width":%d,"height":%d`, v.Width, v.Height)
	if v.FPS > 0 {
		b = number(append(b, `,"fps":`...), v.FPS, 6)
	}
	b = append(b, "}],\n\"categories\":[{\"id\":1,\"name\":\"object\"}],\n\"tracks\":["...)
	for i, id := range c.ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = text(fmt.Appendf(b, "\n{\"id\":%d,\"video_id\":1,\"category_id\":1,\"name\":", id), c.tracks[id])
		b = append(b, '}')
	}
	b = append(b, "\n],\n\"images\":["...)
	for i, of := range c.images {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "\n{\"id\":%d,\"video_id\":1,\"frame_id\":%d", i+1, of.frame)
		b = fmt.Appendf(b, ",\"width\":%d,\"height\":%d,\"file_name\":", of.width, of.height)
		b = append(text(b, fmt.Sprintf("%s/%06d.jpg", v.Name, of.frame+1)), '}')
	}
	return append(b, "\n]}\n"...)
}
