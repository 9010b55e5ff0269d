package capture

import (
	"fmt"
	"image"
	"sync"
	"time"

	"gocv.io/x/gocv"

	"siamtrack/capture/ffmpeg"
	timing "siamtrack/internal/clock"
)

// picturesAhead is how many pictures may wait for the encoder.
const picturesAhead = 2

// encoding is a video that is written in two stages: who gives a picture converts it, and a goroutine encodes it. Order
// is kept. After an error nothing more is encoded.
type encoding struct {
	native *ffmpeg.Writer
	free   chan *ffmpeg.Picture
	queue  chan converted
	ended  chan struct{}

	converting, encoding timing.Histogram // encoding is the goroutine's until ended is closed

	mu      sync.Mutex
	written int // pictures that were encoded
	err     error
}

// converted is a picture to be encoded.
type converted struct {
	*ffmpeg.Picture
	at time.Duration
}

// encode starts the second stage. It owns native from now on.
func encode(native *ffmpeg.Writer) (*encoding, error) {
	e := &encoding{native: native, free: make(chan *ffmpeg.Picture, picturesAhead+2),
		queue: make(chan converted, picturesAhead), ended: make(chan struct{})}
	go e.run()
	for range cap(e.free) {
		p, err := native.Picture()
		if err != nil {
			_, _ = e.drain() // nothing was written
			_ = e.close()
			return nil, err
		}
		e.free <- p
	}
	return e, nil
}

func (e *encoding) run() {
	defer close(e.ended)
	for c := range e.queue {
		if _, err := e.state(); err == nil {
			begin := time.Now()
			err = e.native.Write(c.Picture, c.at)
			e.encoding.Add(time.Since(begin))
			e.mu.Lock()
			if e.err = err; err == nil {
				e.written++
			}
			e.mu.Unlock()
		}
		e.free <- c.Picture
	}
}

// state returns how many pictures were encoded, and the error at the one after them.
func (e *encoding) state() (written int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.written, e.err
}

// put converts a picture and hands it over; it waits while too many are waiting.
func (e *encoding) put(img *image.RGBA, at time.Duration) error {
	p := <-e.free
	begin := time.Now()
	if err := convert(p, img); err != nil {
		e.free <- p
		return err
	}
	e.converting.Add(time.Since(begin))
	e.queue <- converted{p, at}
	return nil
}

// drain waits until all that was put is encoded, and returns what state does.
func (e *encoding) drain() (written int, err error) {
	close(e.queue)
	<-e.ended
	return e.state()
}

// close ends the file, after drain.
func (e *encoding) close() error {
	close(e.free)
	for p := range e.free {
		p.Close()
	}
	return e.native.Close()
}

// convert writes img into a picture in the encoder's format. OpenCV writes I420 straight into it, in a quarter of the
// time that FFmpeg needs; of the colours of four pixels it takes those of the first, as FFmpeg gives all four those of
// one when it decodes.
func convert(p *ffmpeg.Picture, img *image.RGBA) error {
	planes, err := p.Planes()
	if err != nil {
		return err
	}
	pixels := img.Pix[img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y):]
	w, h := img.Rect.Dx()&^1, img.Rect.Dy()&^1
	if planes == nil || len(planes) != w*h*3/2 || img.Stride%4 != 0 || len(pixels) < img.Stride*h {
		return p.RGBA(pixels, img.Stride)
	}
	return withView(wide(pixels, img.Stride/4, h), func(rows gocv.Mat) error {
		src := rows.Region(image.Rect(0, 0, w, h))
		defer src.Close()
		dst, err := gocv.NewMatFromBytes(h*3/2, w, gocv.MatTypeCV8UC1, planes)
		if err != nil {
			return err
		}
		defer dst.Close()
		if err := gocv.CvtColor(src, &dst, colorRGBAToI420); err != nil {
			return fmt.Errorf("to I420: %w", err)
		}
		return nil
	})
}

// colorRGBAToI420 is OpenCV's COLOR_RGBA2YUV_I420, which gocv has no name for.
const colorRGBAToI420 = gocv.ColorConversionCode(129)

// wide is a compact picture over rows of so many pixels.
func wide(pixels []uint8, width, height int) *image.RGBA {
	return &image.RGBA{Pix: pixels[:4*width*height], Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}
}
