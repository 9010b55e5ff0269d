package capture

import (
	"fmt"
	"image"
	"runtime"

	"gocv.io/x/gocv"

	"siamtrack/capture/ffmpeg"
	"siamtrack/internal/memory"
)

// fit returns img where it is a compact picture of width x height, a new one otherwise.
func fit(img *image.RGBA, width, height int) *image.RGBA {
	whole := image.Rect(0, 0, width, height)
	if img != nil && img.Rect == whole && img.Stride == 4*width && len(img.Pix) == 4*width*height {
		return img
	}
	return image.NewRGBA(whole)
}

// toRGBA writes an 8-bit BGR picture into img, which is reused where it fits, and returns the picture written.
// OpenCV writes straight into Go's pixels, which are pinned for that long: see BenchmarkToRGBA.
func toRGBA(bgr gocv.Mat, img *image.RGBA) (*image.RGBA, error) {
	if bgr.Empty() || bgr.Type() != gocv.MatTypeCV8UC3 {
		return nil, fmt.Errorf("a picture of %dx%d and type %v where 8-bit BGR is expected",
			bgr.Cols(), bgr.Rows(), bgr.Type())
	}
	img = fit(img, bgr.Cols(), bgr.Rows())
	err := withView(img, func(view gocv.Mat) error { return gocv.CvtColor(bgr, &view, gocv.ColorBGRToRGBA) })
	return img, err
}

// mats is the half of a reader whose pictures OpenCV decodes.
type mats struct{ bgr gocv.Mat }

func (m *mats) picture(img *image.RGBA) (*image.RGBA, error) { return toRGBA(m.bgr, img) }

// interrupt does nothing: OpenCV offers no way.
func (m *mats) interrupt() {}

func (m *mats) close() error { return m.bgr.Close() }

// turn writes from into to, which has its size or, with rows and columns exchanged, the other one, as f says.
func turn(from, to *image.RGBA, f ffmpeg.Frame) error {
	return withView(from, func(src gocv.Mat) error {
		return withView(to, func(dst gocv.Mat) error {
			if !f.Swap {
				return gocv.Flip(src, &dst, flipCode(f))
			}
			if err := gocv.Transpose(src, &dst); err != nil || !f.FlipX && !f.FlipY {
				return err
			}
			return gocv.Flip(dst, &dst, flipCode(f))
		})
	})
}

// flipCode is cv::flip's: 0 mirrors top and bottom, 1 left and right, -1 both.
func flipCode(f ffmpeg.Frame) int {
	switch {
	case f.FlipX && f.FlipY:
		return -1
	case f.FlipX:
		return 1
	}
	return 0
}

// withView calls do with a Mat over the pixels of img, which must be compact; the Mat dies with the call.
func withView(img *image.RGBA, do func(view gocv.Mat) error) error {
	var pin runtime.Pinner
	pin.Pin(&img.Pix[0])
	defer pin.Unpin()
	view, err := gocv.NewMatFromBytes(img.Rect.Dy(), img.Rect.Dx(), gocv.MatTypeCV8UC4, img.Pix)
	if err != nil {
		return err
	}
	defer view.Close()
	return do(view)
}

// What takes memory with every pixel of a frame, in bytes: a picture is decoded, turned, and copied as RGBA for whoever
// is busy with it; a video's decoder holds frames back besides, and an encoder more. Measured on 4K and 8K with two
// threads: decoding H.264 30 to 36 in all; encoding 27 (H.264), 30 (MJPG), 53 (VP8).
const (
	pictureBytes     = 24
	videoBytes       = 40
	encoderBytes     = 32
	encoderBytesWebM = 56
)

// encoderPixel returns the bytes a pixel of the codecs of a container.
func encoderPixel(suffix string) int64 {
	if suffix == ".webm" {
		return encoderBytesWebM
	}
	return encoderBytes
}

// room refuses frames of a size that there is no memory for, at so many bytes a pixel.
func room(bytes int64, width, height int) error {
	return memory.Room(bytes * int64(width) * int64(height))
}
