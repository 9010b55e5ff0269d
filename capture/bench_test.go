package capture

import (
	"fmt"
	"image"
	"io"
	"testing"

	"gocv.io/x/gocv"

	"siamtrack/tracker"
)

var sizes = []image.Point{{1280, 720}, {1920, 1080}}

// BenchmarkNext decodes H.264 into *image.RGBA, one frame an iteration.
func BenchmarkNext(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dp", size.Y), func(b *testing.B) {
			path := makeVideo(b, "bench.mp4", size.X, size.Y, 60)
			s := mustOpen(b, path, Options{})
			var f tracker.Frame
			b.ReportAllocs()
			for b.Loop() {
				err := s.Next(&f)
				if err == io.EOF {
					b.StopTimer()
					s = mustOpen(b, path, Options{})
					b.StartTimer()
					err = s.Next(&f)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkToRGBA sets OpenCV writing into Go's pixels beside its own conversion with a copy, and plain Go.
func BenchmarkToRGBA(b *testing.B) {
	for _, size := range sizes {
		var bgr gocv.Mat
		img := picture(size.X, size.Y, 1)
		for name, convert := range map[string]func() error{
			"pinned": func() error {
				_, err := toRGBA(bgr, img)
				return err
			},
			"copied": func() error {
				m := gocv.NewMat()
				defer m.Close()
				if err := gocv.CvtColor(bgr, &m, gocv.ColorBGRToRGBA); err != nil {
					return err
				}
				data, err := m.DataPtrUint8()
				copy(img.Pix, data)
				return err
			},
			"go": func() error {
				data, err := bgr.DataPtrUint8()
				for i, j := 0, 0; j < len(img.Pix); i, j = i+3, j+4 {
					img.Pix[j], img.Pix[j+1], img.Pix[j+2], img.Pix[j+3] = data[i+2], data[i+1], data[i], 255
				}
				return err
			},
		} {
			b.Run(fmt.Sprintf("%dp/%s", size.Y, name), func(b *testing.B) {
				bgr = gocv.NewMat()
				defer func() { bgr.Close() }()
				err := withView(img, func(view gocv.Mat) error { return gocv.CvtColor(view, &bgr, gocv.ColorRGBAToBGR) })
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := convert(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
