package capture

import (
	"sync"

	"siamtrack/tracker"
)

// Prefetched is a source whose frames are read ahead by a goroutine. None is dropped.
type Prefetched struct {
	src    tracker.Source
	ready  chan read           // frames that were read, in order
	spare  chan *tracker.Frame // frames to read into
	err    error               // the error that ended the source, once Next has returned it
	done   chan struct{}       // closed by Close
	ended  chan struct{}       // closed when the goroutine is over
	once   sync.Once
	closed error
}

type read struct {
	frame *tracker.Frame
	err   error
}

// How many frames are read ahead, and the bytes that the pixels of all of them may take together.
const (
	fewestAhead = 3
	mostAhead   = 8
	bytesAhead  = 64 << 20
)

// Ahead returns how many frames of width x height to read ahead of work that takes about as long as decoding: 8, or as
// many as fit into 64 MiB, but at least 3; 3 where the size is not known. With fewer, a processor waits now and then
// for a frame that takes longer to decode, or for a place to decode the next one into.
func Ahead(width, height int) int {
	if width <= 0 || height <= 0 {
		return fewestAhead
	}
	return max(fewestAhead, min(mostAhead, bytesAhead/4/width/height))
}

// Prefetch reads up to n frames of src ahead, so that decoding runs beside the work on the frames. It owns src: Close
// closes it. Images are handed over, not copied: Next keeps dst's for a later frame.
func Prefetch(src tracker.Source, n int) *Prefetched {
	n = max(n, 1)
	p := &Prefetched{
		src: src, ready: make(chan read, n), spare: make(chan *tracker.Frame, n+1),
		done: make(chan struct{}), ended: make(chan struct{}),
	}
	for range n + 1 {
		p.spare <- new(tracker.Frame)
	}
	go p.read()
	return p
}

func (p *Prefetched) read() {
	defer close(p.ended)
	for {
		var r read
		select {
		case <-p.done:
			return
		case r.frame = <-p.spare:
		}
		r.err = p.src.Next(r.frame)
		select {
		case <-p.done:
			return
		case p.ready <- r:
		}
		if r.err != nil {
			return
		}
	}
}

// Next gives the next frame as the source read it, or the error that ended the source; ErrClosed after Close.
func (p *Prefetched) Next(dst *tracker.Frame) error {
	if p.err != nil {
		return p.err
	}
	var r read
	select {
	case <-p.done:
		return ErrClosed
	case r = <-p.ready:
	}
	if r.err != nil {
		p.err = r.err
		return p.err
	}
	*dst, *r.frame = *r.frame, *dst
	p.spare <- r.frame
	return nil
}

// Close closes the source, ends a Next in another goroutine and the reading ahead. It may be called twice.
func (p *Prefetched) Close() error {
	p.once.Do(func() {
		close(p.done)
		p.closed = p.src.Close()
		<-p.ended
	})
	return p.closed
}
