package follow

import (
	"errors"
	"fmt"
	"image"
	"os"

	"siamtrack/tracker"
)

// spool keeps frames in a file without a name, to be read again in any order.
type spool struct {
	file   *os.File
	frames []spooled
	size   int64
	free   func(path string) (bytes uint64, ok bool) // atomicfile.Free, but in tests
}

// errSpool is wrapped by the error of frames for which the disk has no room.
var errSpool = errors.New("too many frames between two boxes")

// room refuses, before the first of them, n frames like f that would take more than half of what is free on the disk of
// temporary files, which are others' too.
func (s *spool) room(f tracker.Frame, n int) error {
	bytes, known := s.free(os.TempDir())
	size := f.Image.Rect.Size()
	if need := 4 * float64(size.X) * float64(size.Y) * float64(n); known && need > float64(bytes)/2 {
		return fmt.Errorf("follow: %w: the %d from frame %d on need %.1f GB for a while, and %s has %.1f GB left: give a "+
			"box in between, or set TMPDIR to a folder on another disk",
			errSpool, n, f.Index, need/1e9, os.TempDir(), float64(bytes)/1e9)
	}
	return nil
}

// spooled is a frame without its pixels, which lie at an offset.
type spooled struct {
	tracker.Frame
	at   int64
	size image.Point
}

// add writes a frame behind the others.
func (s *spool) add(f tracker.Frame) error {
	if s.file == nil {
		file, err := os.CreateTemp("", "frames-")
		if err != nil {
			return fmt.Errorf("follow: keep frames: %w", err)
		}
		s.file = file
		if err := os.Remove(file.Name()); err != nil { // it goes with the program, whatever happens
			return fmt.Errorf("follow: keep frames: %w", err)
		}
	}
	size := f.Image.Rect.Size()
	kept := spooled{f, s.size, size}
	kept.Image = nil
	for y := range size.Y {
		row := f.Image.Pix[y*f.Image.Stride:][:4*size.X]
		if f.Image.Stride == 4*size.X {
			row = f.Image.Pix[:4*size.X*size.Y]
		}
		n, err := s.file.WriteAt(row, s.size)
		s.size += int64(n)
		if err != nil {
			return fmt.Errorf("follow: keep the frames between two boxes in %s: %w", os.TempDir(), err)
		}
		if len(row) > 4*size.X {
			break
		}
	}
	s.frames = append(s.frames, kept)
	return nil
}

// read reads the i-th frame into f, reusing its image where it fits.
func (s *spool) read(i int, f *tracker.Frame) error {
	kept := s.frames[i]
	img := f.Image
	if img == nil || img.Rect.Size() != kept.size || img.Stride != 4*kept.size.X {
		img = image.NewRGBA(image.Rectangle{Max: kept.size})
	}
	if _, err := s.file.ReadAt(img.Pix, kept.at); err != nil {
		return fmt.Errorf("follow: read a kept frame: %w", err)
	}
	*f = kept.Frame
	f.Image = img
	return nil
}

// clear forgets all frames.
func (s *spool) clear() { s.frames, s.size = s.frames[:0], 0 }

// close frees the file.
func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
