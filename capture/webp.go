package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"time"

	"gocv.io/x/gocv"

	"siamtrack/internal/imagefile"
	"siamtrack/internal/readfile"
)

// animation reads an animated WebP (RFC 9649), which neither OpenCV 4.6 nor FFmpeg 5 can: its frames are ordinary
// pictures, laid over one another.
type animation struct {
	frames []webpFrame
	canvas *image.RGBA
	next   int
	time   time.Duration // of the next frame
	last   webpFrame     // the one drawn last
}

// webpFrame is an ANMF chunk.
type webpFrame struct {
	rect     image.Rectangle
	duration time.Duration
	blend    bool // over what is there, by its transparency; else in its place
	clear    bool // the rectangle is emptied before the next frame
	data     []byte
}

// openWebP opens an animated WebP.
func openWebP(name, path string, o Options) (*Source, error) {
	data, err := readfile.Plain(path, readfile.Large)
	if err != nil {
		return nil, err
	}
	size, frames, err := parseWebP(data)
	if err != nil {
		return nil, err
	}
	if n := int64(size.X) * int64(size.Y); n > o.MaxPixels {
		return nil, fmt.Errorf("%w: %dx%d, %d pixels of at most %d", ErrTooLarge, size.X, size.Y, n, o.MaxPixels)
	}
	if err := room(pictureBytes, size.X, size.Y); err != nil {
		return nil, err
	}
	info := Info{Kind: File, Width: size.X, Height: size.Y, Frames: len(frames), Codec: "webp"}
	var total time.Duration
	for _, f := range frames {
		total += f.duration
	}
	if total > 0 {
		info.FPS = believable(float64(len(frames)) / total.Seconds())
	}
	return newSource(name, info, &animation{frames: frames, canvas: image.NewRGBA(image.Rectangle{Max: size})}, o), nil
}

// parseWebP returns the canvas's size and the frames of an animated WebP, whose data they keep.
func parseWebP(data []byte) (size image.Point, frames []webpFrame, err error) {
	if len(data) < 30 || string(data[12:16]) != "VP8X" {
		return size, nil, fmt.Errorf("%w: no animated WebP", ErrNotVideo)
	}
	size = image.Pt(1+int(uint24(data[24:])), 1+int(uint24(data[27:])))
	for at := 12; at+8 <= len(data); {
		kind, n := string(data[at:at+4]), int(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8:]
		if n > len(body) {
			return size, nil, fmt.Errorf("%w: %w: it has %d of %d bytes", ErrNotVideo, imagefile.ErrCut, len(data), at+8+n)
		}
		if kind == "ANMF" {
			f, err := parseFrame(body[:n], size)
			if err != nil {
				return size, nil, fmt.Errorf("its picture %d: %w", len(frames)+1, err)
			}
			frames = append(frames, f)
		}
		at += 8 + n + n%2
	}
	if len(frames) == 0 {
		return size, nil, fmt.Errorf("%w: an animated WebP without pictures", ErrNotVideo)
	}
	return size, frames, nil
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// parseFrame reads the header of an ANMF chunk: x/2, y/2, width-1, height-1, the duration in ms, flags; 24 bits each
// but the last.
func parseFrame(b []byte, canvas image.Point) (webpFrame, error) {
	const head = 16
	if len(b) < head+8 {
		return webpFrame{}, fmt.Errorf("%w: cut short", ErrNotVideo)
	}
	x, y := 2*int(uint24(b)), 2*int(uint24(b[3:]))
	f := webpFrame{
		rect:     image.Rect(x, y, x+1+int(uint24(b[6:])), y+1+int(uint24(b[9:]))),
		duration: time.Duration(uint24(b[12:])) * time.Millisecond,
		blend:    b[15]&2 == 0, clear: b[15]&1 != 0, data: b[head:],
	}
	if !f.rect.In(image.Rectangle{Max: canvas}) {
		return f, fmt.Errorf("%w: %v lies outside the canvas of %v", ErrNotVideo, f.rect, canvas)
	}
	return f, nil
}

// decode decodes a frame's picture, whose chunks make a WebP of their own. One with a chunk of transparency needs a
// VP8X header that says so; a lossless one says it itself.
func (f webpFrame) decode() (image.Image, error) {
	size := f.rect.Size()
	body := []byte("WEBP")
	if bytes.HasPrefix(f.data, []byte("ALPH")) {
		body = append(body, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
		for _, n := range []int{size.X - 1, size.Y - 1} {
			body = append(body, byte(n), byte(n>>8), byte(n>>16))
		}
	}
	body = append(body, f.data...)
	var b bytes.Buffer
	b.WriteString("RIFF")
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(body))))
	b.Write(body)
	mat, err := gocv.IMDecode(b.Bytes(), gocv.IMReadUnchanged)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotVideo, err)
	}
	defer mat.Close()
	code, ok := map[int]gocv.ColorConversionCode{3: gocv.ColorBGRToRGBA, 4: gocv.ColorBGRAToRGBA}[mat.Channels()]
	if mat.Empty() || !ok || mat.Cols() != size.X || mat.Rows() != size.Y {
		return nil, fmt.Errorf("%w: not a whole picture of %v", ErrNotVideo, size)
	}
	img := &image.NRGBA{Pix: make([]byte, 4*size.X*size.Y), Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}
	return img, withView((*image.RGBA)(img), func(view gocv.Mat) error { return gocv.CvtColor(mat, &view, code) })
}

func (a *animation) read() (shot, error) {
	if a.next >= len(a.frames) {
		return shot{}, io.EOF
	}
	f := a.frames[a.next]
	img, err := f.decode()
	if err != nil {
		return shot{}, fmt.Errorf("its picture %d: %w", a.next+1, err)
	}
	if a.last.clear {
		draw.Draw(a.canvas, a.last.rect, image.NewUniform(color.Transparent), image.Point{}, draw.Src)
	}
	op := draw.Src
	if f.blend {
		op = draw.Over
	}
	draw.Draw(a.canvas, f.rect, img, img.Bounds().Min, op)
	s := shot{at: a.time}
	a.time += f.duration
	a.last = f
	a.next++
	return s, nil
}

// picture copies the canvas, over black where it is transparent.
func (a *animation) picture(img *image.RGBA) (*image.RGBA, error) {
	img = fit(img, a.canvas.Rect.Dx(), a.canvas.Rect.Dy())
	copy(img.Pix, a.canvas.Pix)
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	return img, nil
}

func (a *animation) interrupt() {}

func (a *animation) close() error { return nil }
