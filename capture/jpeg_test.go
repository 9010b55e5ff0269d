package capture

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"testing"
)

// TestEncodeJPEG: what another decoder reads is the picture.
func TestEncodeJPEG(t *testing.T) {
	for _, size := range []image.Point{{160, 120}, {33, 7}} {
		want := picture(size.X, size.Y, 3)
		data, err := EncodeJPEG(want, 90)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		got := image.NewRGBA(img.Bounds())
		draw.Draw(got, got.Rect, img, image.Point{}, draw.Src)
		if d := meanDifference(got, want); d > 8 {
			t.Errorf("%v: it differs by %.1f", size, d)
		}
		small, err := EncodeJPEG(want, 20)
		if err != nil || len(small) >= len(data) {
			t.Errorf("%v: %d bytes at quality 20, %d at 90, %v", size, len(small), len(data), err)
		}
	}
	part := picture(64, 48, 1).SubImage(image.Rect(8, 8, 32, 32)).(*image.RGBA)
	for _, img := range []*image.RGBA{part, {}} {
		if _, err := EncodeJPEG(img, 80); err == nil {
			t.Errorf("%v was encoded", img.Rect)
		}
	}
}

func BenchmarkEncodeJPEG(b *testing.B) {
	img := picture(1920, 1080, 1)
	for name, encode := range map[string]func() error{
		"OpenCV": func() error {
			_, err := EncodeJPEG(img, 80)
			return err
		},
		"image/jpeg": func() error { return jpeg.Encode(new(bytes.Buffer), img, &jpeg.Options{Quality: 80}) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
