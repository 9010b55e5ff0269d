package capture

import (
	"errors"
	"fmt"

	"siamtrack/capture/ffmpeg"
)

// Close finishes the file, counts its frames, and gives it its name. What does not hold every frame is an error that
// wraps ErrIncomplete, and syscall.ENOSPC where the disk is full; it stays where Part says. Without a frame there is no
// file. It may be called twice.
func (w *Writer) Close() error {
	if w.closed {
		return w.err
	}
	w.closed = true
	w.syncing.Wait()
	if w.coded == nil {
		return nil
	}
	written, err := w.coded.drain()
	if w.frames = written; w.told {
		err = nil
	}
	if err = errors.Join(err, w.coded.close()); err != nil {
		err = fmt.Errorf("%w: %w", ErrIncomplete, err)
	} else if err = w.verify(); err == nil && !w.o.Hold {
		err = w.out.Commit()
	}
	if err != nil {
		w.err = fmt.Errorf("capture: write %s: %w; what there is of it is %s", w.path, err, w.out.Path())
	}
	return w.err
}

// Commit gives a finished file its name, after a Close that held it back. Without a frame there is none.
func (w *Writer) Commit() error {
	if w.coded == nil || !w.o.Hold {
		return nil
	}
	if err := errors.Join(w.Close(), w.out.Commit()); err != nil {
		return fmt.Errorf("capture: write %s: %w", w.path, err)
	}
	return nil
}

// verify reads the finished file and compares the number of frames.
func (w *Writer) verify() error {
	if w.out.Direct() {
		return nil
	}
	n, err := ffmpeg.Count("file:" + w.out.Path())
	if err == nil && n == w.frames {
		return nil
	}
	return fmt.Errorf("%w: %d of %d frames can be read back from it with codec %s", ErrIncomplete, n, w.frames, w.codec)
}
