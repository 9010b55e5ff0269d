// Package readfile reads files whose size somebody else decides, without being drowned by them.
package readfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"siamtrack/internal/memory"
)

// ErrTooLarge is wrapped by the error of a file that has more than it may.
var ErrTooLarge = errors.New("too large")

// ErrKind is wrapped by the error of something that is no plain file: a folder, a device, a pipe that nobody may ever
// write to.
var ErrKind = errors.New("no plain file")

// The most bytes of a file that describes something, and of one with a line a frame.
const (
	Small = 16 << 20
	Large = 1 << 30
)

// Plain reads a plain file of at most limit bytes.
func Plain(path string, limit int64) ([]byte, error) {
	f, size, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, tooLarge(path, limit)
	}
	if err := memory.Room(size); err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return all(path, f, size, limit)
}

// Any reads a file of at most limit bytes, which may be a pipe or a device too. It waits for the other end of a pipe
// until ctx ends, whose error it returns then.
func Any(ctx context.Context, path string, limit int64) ([]byte, error) {
	type read struct {
		data []byte
		err  error
	}
	done := make(chan read, 1)
	go func() { // nothing else ends the wait for who writes a pipe: neither a deadline nor Close
		data, err := anyOf(path, limit)
		done <- read{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, &fs.PathError{Op: "read", Path: path, Err: ctx.Err()}
	}
}

func anyOf(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return all(path, f, 0, limit)
}

// All reads the rest of r, at most limit bytes of it; name is for the error.
func All(name string, r io.Reader, limit int64) ([]byte, error) { return all(name, r, 0, limit) }

// Open opens a plain file, and does not wait for the other end of a pipe.
func Open(path string) (f *os.File, size int64, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !st.Mode().IsRegular() {
		return nil, 0, &fs.PathError{Op: "read", Path: path, Err: ErrKind}
	}
	if f, err = os.Open(path); err != nil {
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// all reads the rest of f, whose size is expected, and refuses what is more than limit.
func all(path string, f io.Reader, size, limit int64) ([]byte, error) {
	buf := make([]byte, 0, size+512)
	r := io.LimitReader(f, limit+1)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
	if int64(len(buf)) > limit {
		return nil, tooLarge(path, limit)
	}
	return buf, nil
}

func tooLarge(path string, limit int64) error {
	return &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: more than %d MiB", ErrTooLarge, limit>>20)}
}
