package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"siamtrack/bench/mot"
)

// Spotted is one box that a tracker of several targets gave.
type Spotted struct {
	mot.Object
	Score float64
}

// objectsFiles are the places of a video's tracks: a run's own, and TrackEval's.
func objectsFiles(dir, name string) []string {
	return []string{filepath.Join(dir, name+".txt"), filepath.Join(dir, "data", name+".txt")}
}

// HasObjects reports whether ReadObjects would find the video.
func HasObjects(dir, name string) bool {
	for _, path := range objectsFiles(dir, name) {
		if exists(path) {
			return true
		}
	}
	return false
}

// ReadObjects reads what a tracker of several targets said of a video of a number of frames.
func ReadObjects(dir, name string, frames int) ([][]mot.Object, error) {
	for _, path := range objectsFiles(dir, name) {
		out, err := mot.ReadTracks(path, frames)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("folder: %w", err)
		}
		return out, nil
	}
	return nil, fmt.Errorf("folder: %s: sequence %s: %w", dir, name, ErrMissing)
}

// WriteObjects writes a video's tracks as MOTChallenge has them, frame,id,x,y,w,h,confidence,-1,-1,-1, frames counted
// from 1 and boxes as they are.
func WriteObjects(to File, frames [][]Spotted) error {
	var b bytes.Buffer
	for i, objects := range frames {
		for _, o := range objects {
			fmt.Fprintf(&b, "%d,%d,%s,%.4f,-1,-1,-1\n", i+1, o.ID, o.Box, o.Score)
		}
	}
	return to.Write(b.Bytes())
}
