package capture

import (
	"fmt"
	"image"
	"runtime"

	"gocv.io/x/gocv"
)

// fit returns img where it is a compact picture of width x height, a new one otherwise.
func fit(img *image.RGBA, width, height int) *image.RGBA {
	if img != nil && img.Rect == image.Rect(0, 0, width, height) && img.Stride == 4*width && len(img.Pix) == 4*width*height {
		return img
	}
	return image.NewRGBA(image.Rect(0, 0, width, height))
}

// toRGBA writes an 8-bit BGR picture into img, which is reused where it fits, and returns the picture written.
// OpenCV writes straight into Go's pixels, which are pinned for that long: see BenchmarkToRGBA.
func toRGBA(bgr gocv.Mat, img *image.RGBA) (*image.RGBA, error) {
	if bgr.Empty() || bgr.Type() != gocv.MatTypeCV8UC3 {
		return nil, fmt.Errorf("a picture of %dx%d and type %v where 8-bit BGR is expected", bgr.Cols(), bgr.Rows(), bgr.Type())
	}
	img = fit(img, bgr.Cols(), bgr.Rows())
	err := withView(img, func(view gocv.Mat) error { return gocv.CvtColor(bgr, &view, gocv.ColorBGRToRGBA) })
	return img, err
}

// toBGR writes a compact img into bgr, allocating it only where its size changes.
func toBGR(img *image.RGBA, bgr *gocv.Mat) error {
	return withView(img, func(view gocv.Mat) error { return gocv.CvtColor(view, bgr, gocv.ColorRGBAToBGR) })
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
