package golden

import (
	"image"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	a, b := image.NewRGBA(image.Rect(0, 0, 3, 2)), image.NewRGBA(image.Rect(5, 5, 8, 7))
	if err := Compare(a, b, 0); err != nil {
		t.Errorf("equal pictures at different places: %v", err)
	}
	b.Pix[b.PixOffset(7, 6)+1] = 4
	if err := Compare(a, b, 4); err != nil {
		t.Errorf("within the tolerance: %v", err)
	}
	err := Compare(a, b, 3)
	if err == nil || !strings.Contains(err.Error(), "1 pixels differ, by 4 at most, the first at (2,1)") {
		t.Errorf("beyond the tolerance: %v", err)
	}
	if err := Compare(a, image.NewRGBA(image.Rect(0, 0, 2, 3)), 255); err == nil {
		t.Error("different sizes pass")
	}
}

func TestWriteAndRead(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(3 * i)
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	path := t.TempDir() + "/new/x.png"
	if err := write(path, img); err != nil {
		t.Fatal(err)
	}
	back, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Compare(back, img, 0); err != nil {
		t.Error(err)
	}
}
