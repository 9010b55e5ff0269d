package capture

import (
	"image"
	"sync"
	"unsafe"

	"siamtrack/capture/ffmpeg"
	"siamtrack/tracker"
)

// parts are the decoded pictures behind frames that have not got their pixels: a tracker reads a few hundredths of a
// frame, and to convert all of it costs a tenth of decoding it, and the caches. It may be used by who reads frames, who
// asks for their pixels and who closes the source, at the same time.
type parts struct {
	wanted bool

	mu     sync.Mutex
	kept   []keptPicture
	closed bool
}

// keptPicture is the picture behind the frame that has an image.
type keptPicture struct {
	img *image.RGBA // nil where the picture is free
	ffmpeg.Held
}

// mostKept is how many frames may be without their pixels, those that are read ahead included; more are converted
// whole.
const mostKept = 16

// pixelAlign is where FFmpeg's conversion wants rows to begin.
const pixelAlign = 64

// hold keeps the picture read last, f, for the frame of img, whose user gave back before for it. It reports false where
// the whole is to be converted.
func (p *parts) hold(r *ffmpeg.Reader, f ffmpeg.Frame, img, before *image.RGBA) (bool, error) {
	if !p.wanted {
		return false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.of(before)
	if k == nil {
		k = p.spare()
	}
	if k == nil || p.closed || !aligned(img) {
		p.forgetLocked(before)
		return false, nil
	}
	ok, err := r.Hold(&k.Held, f)
	if k.img = nil; ok {
		k.img = img
	}
	return ok, err
}

// aligned reports whether FFmpeg can write straight into a picture.
func aligned(img *image.RGBA) bool {
	return uintptr(unsafe.Pointer(&img.Pix[0]))%pixelAlign == 0 && img.Stride%pixelAlign == 0
}

// of returns the picture behind an image's frame, nil for none.
func (p *parts) of(img *image.RGBA) *keptPicture {
	for i := range p.kept {
		if img != nil && p.kept[i].img == img {
			return &p.kept[i]
		}
	}
	return nil
}

// spare returns a free place, nil where there is none.
func (p *parts) spare() *keptPicture {
	for i := range p.kept {
		if p.kept[i].img == nil {
			return &p.kept[i]
		}
	}
	if len(p.kept) == mostKept {
		return nil
	}
	p.kept = append(p.kept, keptPicture{})
	return &p.kept[len(p.kept)-1]
}

// forget frees the picture behind an image, which gets another one's pixels.
func (p *parts) forget(img *image.RGBA) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgetLocked(img)
}

func (p *parts) forgetLocked(img *image.RGBA) {
	if k := p.of(img); k != nil {
		k.img = nil
	}
}

// fill is Source.Fill. An image without a picture behind it has all its pixels.
func (p *parts) fill(img *image.RGBA, part image.Rectangle) error {
	if !p.wanted {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	k := p.of(img)
	if k == nil {
		return nil
	}
	return k.RGBA(img.Pix, img.Stride, part)
}

// copy is Source.Copy.
func (p *parts) copy(dst, img *image.RGBA) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.of(img)
	switch {
	case p.wanted && p.closed:
		return ErrClosed
	case k == nil:
	case aligned(dst):
		return k.RGBA(dst.Pix, dst.Stride, img.Rect)
	default:
		if err := k.RGBA(img.Pix, img.Stride, img.Rect); err != nil {
			return err
		}
	}
	tracker.CopyImage(dst, img)
	return nil
}

// close frees all pictures.
func (p *parts) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.kept {
		p.kept[i].Close()
	}
	p.kept, p.closed = nil, true
}
