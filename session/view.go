package session

import (
	"image"
	"time"

	"siamtrack/tracker"
)

// View is one frame on its way through a Session, with what the tracker said of it. It has one owner at a time, who
// may read and change all of it; its memory is used again after Session.Release.
type View struct {
	// Frame is the picture. Index and Time go on counting when a lost source is opened again.
	Frame tracker.Frame
	// Captured is when the frame left its source (a file's: when its time to be shown came).
	Captured time.Time
	// Target tells whether a target was being followed; without one Result is the zero Result.
	Target bool
	// Initial marks the frame that the tracker was started on: its Result repeats the given box with score 1.
	Initial bool
	// Result is what the tracker said. Its Response belongs to the view and lives as long.
	Result tracker.Result
	// Elapsed is the time that Init or Update took.
	Elapsed time.Duration
	// Exemplar and Search are what the network saw, nil unless Session.ShowCrops asked for them and the tracker is a
	// tracker.CropViewer.
	Exemplar, Search *image.RGBA

	response               tracker.Response // the memory behind Result.Response
	exemplarBuf, searchBuf *image.RGBA      // the memory behind Exemplar and Search
}

// reset forgets the result and keeps the memory.
func (v *View) reset() {
	v.Target, v.Initial, v.Elapsed = false, false, 0
	v.Result, v.Exemplar, v.Search = tracker.Result{}, nil, nil
}

// setResult stores r with a copy of its response map.
func (v *View) setResult(r tracker.Result) {
	if r.Response != nil {
		values := append(v.response.Values[:0], r.Response.Values...)
		v.response = *r.Response
		v.response.Values = values
		r.Response = &v.response
	}
	v.Result = r
}

// setCrops stores copies of what the network saw.
func (v *View) setCrops(exemplar, search *image.RGBA) {
	if exemplar != nil {
		v.exemplarBuf = copyImage(v.exemplarBuf, exemplar)
		v.Exemplar = v.exemplarBuf
	}
	if search != nil {
		v.searchBuf = copyImage(v.searchBuf, search)
		v.Search = v.searchBuf
	}
}

// copyFrame makes v's frame a copy of o's.
func (v *View) copyFrame(o *View) {
	img := copyImage(v.Frame.Image, o.Frame.Image)
	v.Frame, v.Captured = o.Frame, o.Captured
	v.Frame.Image = img
}

// copyImage copies src into dst, or into a new image where dst does not fit, and returns it.
func copyImage(dst, src *image.RGBA) *image.RGBA {
	if dst == nil || dst.Rect != src.Rect {
		dst = image.NewRGBA(src.Rect)
	}
	row := 4 * src.Rect.Dx()
	for y := range src.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:y*dst.Stride+row], src.Pix[y*src.Stride:])
	}
	return dst
}

// pool is the free list of views. It never blocks: empty it gives a new view, full it leaves one to the collector.
type pool chan *View

func (p pool) get() *View {
	select {
	case v := <-p:
		v.reset()
		return v
	default:
		return new(View)
	}
}

func (p pool) put(v *View) {
	if v == nil {
		return
	}
	select {
	case p <- v:
	default:
	}
}

// slot holds the newest view only. Its channel has room for one; a view put into a full slot displaces the one there.
type slot chan *View

// put stores v and returns the view that it displaced, nil where there was none. Only one goroutine may put.
func (s slot) put(v *View) (displaced *View) {
	select {
	case displaced = <-s:
	default: // empty, or taken by the reader just now
	}
	s <- v
	return displaced
}
