package capture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"siamtrack/internal/redact"
)

// Open opens a source of frames. What spec is decides how:
//
//   - standard input: any format that FFmpeg can read from a pipe
//     0, 1, ...              a camera by index
//     /dev/video0            a camera by device path
//     rtsp://, http://, ...  a stream
//     a folder, a glob       its pictures in natural order (2.png before 10.png)
//     a picture              one frame, or all of a TIFF's pages, an animated PNG's or WebP's pictures
//     anything else          a video file or a FIFO
//
// The error wraps one of this package's or fs.ErrNotExist, fs.ErrPermission, and says what was looked for. Whoever
// opens a source closes it.
func Open(spec string, o Options) (*Source, error) {
	s, err := open(spec, o)
	if err != nil {
		return nil, fmt.Errorf("capture: open %s: %w", redact.Source(spec), err)
	}
	return s, nil
}

// OpenContext opens as Open does and returns ctx.Err() as soon as ctx ends. OpenCV cannot be interrupted while it waits
// for a stream or for a pipe's first bytes, so that wait is left behind, and what it still opens is closed.
func OpenContext(ctx context.Context, spec string, o Options) (*Source, error) {
	type outcome struct {
		s   *Source
		err error
	}
	opened := make(chan outcome, 1)
	go func() {
		s, err := Open(spec, o)
		opened <- outcome{s, err}
	}()
	select {
	case r := <-opened:
		return r.s, r.err
	case <-ctx.Done():
		go func() {
			if r := <-opened; r.s != nil {
				_ = r.s.Close() // nobody is left to be told
			}
		}()
		return nil, ctx.Err()
	}
}

func open(spec string, o Options) (*Source, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	kind, target := classify(spec)
	switch kind {
	case Camera:
		return openCamera(spec, target, o)
	case Images:
		return openImages(spec, target, o)
	case Stream:
		if err := checkHost(target); err != nil {
			return nil, err
		}
		return openVideo(spec, target, kind, o)
	case Pipe:
		if spec != "-" {
			return openVideo(spec, target, kind, o)
		}
		return openVideo("standard input", target, kind, o)
	}
	if err := readable(target); err != nil {
		return nil, patternHint(target, err)
	}
	return openVideo(spec, target, kind, o)
}

// KindOf says what a source would be that Open opens, without opening it.
func KindOf(spec string) Kind {
	kind, _ := classify(spec)
	return kind
}

// classify says what spec means and what is to be opened for it.
func classify(spec string) (Kind, string) {
	if spec == "-" {
		return Pipe, stdinURL
	}
	if scheme, rest, ok := strings.Cut(spec, "://"); ok && scheme != "" && !strings.ContainsAny(scheme, `/\*?[`) {
		if strings.EqualFold(scheme, "file") {
			return classifyPath(rest)
		}
		return Stream, spec
	}
	if _, err := strconv.ParseUint(spec, 10, 16); err == nil {
		return Camera, spec
	}
	return classifyPath(spec)
}

func classifyPath(path string) (Kind, string) {
	st, err := os.Stat(path)
	switch {
	case strings.HasPrefix(filepath.Clean(path), "/dev/video"):
		return Camera, path
	case err == nil && st.IsDir():
		return Images, path
	case err == nil && st.Mode()&fs.ModeNamedPipe != 0:
		return Pipe, path
	case IsPicture(path), err != nil && strings.ContainsAny(path, "*?["):
		return Images, path
	}
	return File, path
}

// readable reports why a file cannot be read, in the system's own words.
func readable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return plainCause(err)
	}
	return f.Close()
}

// plainCause is what the system says, without the path, which the caller names.
func plainCause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
