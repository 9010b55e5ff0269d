package live

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"time"

	"siamtrack/session"
	"siamtrack/tracker"
)

// snapshot is what the JSON beside a picture says. Box is in pixels, 0-based.
type snapshot struct {
	Image  string  `json:"image"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Frame  int     `json:"frame"`
	Time   float64 `json:"time_s"`
	Target bool    `json:"target"`
	*target
	// Targets are all of them where there are several; the fields above then speak of the first.
	Targets []target `json:"targets,omitempty"`
}

type target struct {
	ID    int           `json:"id"`
	Name  string        `json:"name,omitempty"`
	Box   box           `json:"box"`
	Score float64       `json:"score"`
	State tracker.State `json:"state"`
}

type box struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Snapshot writes v's frame, with nothing drawn on it, as a PNG into folder, and beside it a JSON file that says where
// the target is. It returns the picture's path, which is named after the time now.
func Snapshot(folder string, v *session.View, now time.Time) (string, error) {
	for {
		path, err := shoot(folder, v, now)
		if !errors.Is(err, os.ErrExist) {
			return path, err
		}
		now = now.Add(time.Millisecond) // of which the file that is there has the name
	}
}

// shoot is Snapshot that fails where there is a file of either name.
func shoot(folder string, v *session.View, now time.Time) (string, error) {
	name := now.Format("snapshot-20060102-150405.000")
	path := filepath.Join(folder, name+".png")
	size := v.Frame.Image.Rect.Size()
	s := snapshot{
		Image: name + ".png", Width: size.X, Height: size.Y,
		Frame: v.Frame.Index, Time: v.Frame.Time.Seconds(), Target: len(v.Targets) > 0,
	}
	for _, t := range v.Targets {
		b := t.Result.Box
		s.Targets = append(s.Targets, target{t.ID, t.Name, box{b.X, b.Y, b.W, b.H}, t.Result.Score, t.Result.State})
	}
	if len(s.Targets) > 0 {
		s.target = &s.Targets[0]
	}
	if len(s.Targets) == 1 {
		s.Targets = nil
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed} // the person is waiting
	err := write(path, func(w io.Writer) error { return encoder.Encode(w, v.Frame.Image) })
	if err == nil {
		err = write(filepath.Join(folder, name+".json"), func(w io.Writer) error { return json.NewEncoder(w).Encode(s) })
		if err != nil {
			_ = os.Remove(path) // one without the other is none
		}
	}
	if err != nil {
		return path, fmt.Errorf("snapshot: %w", err)
	}
	return path, nil
}

// write makes a new file of what content writes, and leaves none behind where that fails. The name can be guessed, so
// what is there, such as a link that somebody laid, is not written through.
func write(path string, content func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err = content(w); err == nil { // else Flush would say the same once more
		err = w.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
