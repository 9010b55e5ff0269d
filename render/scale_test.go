package render

import (
	"image"
	"image/color"
	"math"
	"testing"

	"golang.org/x/image/draw"
)

// gradient is a picture that is a plane in each channel, and noise in the last.
func gradient(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(255 * x / w), uint8(255 * y / h), uint8((x*7919 + y*104729) % 256), 255})
		}
	}
	return img
}

// TestScaleIsBilinear compares with golang.org/x/image/draw, which does the same in floating point.
func TestScaleIsBilinear(t *testing.T) {
	for _, c := range []struct{ fw, fh, tw, th int }{
		{64, 48, 20, 15}, {64, 48, 200, 150}, {33, 57, 61, 11}, {5, 5, 5, 5}, {1, 1, 9, 9}, {9, 9, 1, 1}, {2, 1, 7, 3},
	} {
		src := gradient(c.fw, c.fh)
		got, want := image.NewRGBA(image.Rect(0, 0, c.tw, c.th)), image.NewRGBA(image.Rect(0, 0, c.tw, c.th))
		var s scaler
		s.scale(got, src)
		draw.ApproxBiLinear.Scale(want, want.Rect, src, src.Rect, draw.Src, nil)
		for i := range got.Pix {
			if d := math.Abs(float64(got.Pix[i]) - float64(want.Pix[i])); d > 4 {
				t.Fatalf("%+v: byte %d is %d, want %d", c, i, got.Pix[i], want.Pix[i])
			}
		}
	}
}

// TestScaleReadsAndWritesItsOwnPart scales between parts of larger pictures, and from one size to another in turn.
func TestScaleReadsAndWritesItsOwnPart(t *testing.T) {
	whole := gradient(80, 60)
	src := whole.SubImage(image.Rect(10, 10, 50, 40)).(*image.RGBA)
	canvas := image.NewRGBA(image.Rect(0, 0, 30, 30))
	dst := canvas.SubImage(image.Rect(5, 6, 25, 21)).(*image.RGBA)
	var s scaler
	s.scale(image.NewRGBA(image.Rect(0, 0, 7, 7)), whole)
	s.scale(dst, src)
	for y := range 30 {
		for x := range 30 {
			if in := image.Pt(x, y).In(dst.Rect); (canvas.RGBAAt(x, y).A == 255) != in {
				t.Fatalf("(%d, %d) inside %v: %v", x, y, in, canvas.RGBAAt(x, y))
			}
		}
	}
	if got, want := canvas.RGBAAt(15, 13).R, whole.RGBAAt(30, 24).R; math.Abs(float64(got)-float64(want)) > 4 {
		t.Errorf("the middle is %d, want about %d", got, want)
	}
	s.scale(canvas, image.NewRGBA(image.Rectangle{})) // nothing to read
}

func BenchmarkScale(b *testing.B) {
	for _, c := range []struct {
		name string
		from image.Point
	}{{"4K", image.Pt(3840, 2160)}, {"1080p", image.Pt(1920, 1080)}, {"360p", image.Pt(640, 360)}} {
		src, dst := gradient(c.from.X, c.from.Y), image.NewRGBA(image.Rect(0, 0, 1152, 648))
		b.Run(c.name+"/ours", func(b *testing.B) {
			var s scaler
			for b.Loop() {
				s.scale(dst, src)
			}
		})
		b.Run(c.name+"/ximage", func(b *testing.B) {
			for b.Loop() {
				draw.ApproxBiLinear.Scale(dst, dst.Rect, src, src.Rect, draw.Src, nil)
			}
		})
	}
}
