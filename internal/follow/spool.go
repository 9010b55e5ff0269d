package follow

import (
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
