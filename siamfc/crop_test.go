package siamfc

import (
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"siamtrack/tracker"
)

// noise returns a seeded random picture, every pixel different from its neighbours.
func noise(w, h int, seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.UintN(256))
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// slowCrop is the definition of Crop, in float64, pixel by pixel.
func slowCrop(img *image.RGBA, region tracker.Box, fill RGB, size int) []float64 {
	out := make([]float64, 3*size*size)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	at := func(x, y, c int) float64 {
		if x < 0 || y < 0 || x >= w || y >= h {
			return float64(fill[c])
		}
		return float64(img.Pix[img.PixOffset(x, y)+c])
	}
	for j := range size {
		v := region.Y + (float64(j)+0.5)*region.H/float64(size) - 0.5
		y, fy := int(math.Floor(v)), v-math.Floor(v)
		for i := range size {
			u := region.X + (float64(i)+0.5)*region.W/float64(size) - 0.5
			x, fx := int(math.Floor(u)), u-math.Floor(u)
			for c := range 3 {
				top := at(x, y, c)*(1-fx) + at(x+1, y, c)*fx
				bottom := at(x, y+1, c)*(1-fx) + at(x+1, y+1, c)*fx
				out[(c*size+j)*size+i] = top*(1-fy) + bottom*fy
			}
		}
	}
	return out
}

func TestCropEqualsItsDefinition(t *testing.T) {
	img := noise(97, 61, 1)
	fill := RGB{10, 120, 240}
	for name, region := range map[string]tracker.Box{
		"inside":             {X: 20.3, Y: 11.7, W: 33.1, H: 30.9},
		"whole frame":        {X: 0, Y: 0, W: 97, H: 61},
		"beyond all sides":   {X: -40.2, Y: -30.5, W: 180.4, H: 180.4},
		"left top":           {X: -13.5, Y: -8.25, W: 40, H: 40},
		"right bottom":       {X: 80.1, Y: 50.2, W: 40, H: 40},
		"last column":        {X: 96, Y: 10, W: 1, H: 20},
		"outside":            {X: 500, Y: 500, W: 40, H: 40},
		"far outside":        {X: 1e15, Y: -1e15, W: 40, H: 40},
		"within one pixel":   {X: 30.2, Y: 30.2, W: 0.5, H: 0.5},
		"thin":               {X: 10, Y: 5, W: 60, H: 0.25},
		"integer, unscaled":  {X: 10, Y: 10, W: 31, H: 31},
		"a thousand a pixel": {X: -5000, Y: -5000, W: 10000, H: 10000},
	} {
		t.Run(name, func(t *testing.T) {
			const size = 31
			c := NewCropper(size, InputSpec{})
			got := make([]float32, c.Len())
			c.Crop(got, img, region, fill)
			for i, want := range slowCrop(img, region, fill, size) {
				// Weights are cut off to 15 bits: up to 2/32768 of 255 along each axis, and the product once more.
				if math.Abs(float64(got[i])-want) > 0.04 {
					t.Fatalf("value %d: %v, by definition %v", i, got[i], want)
				}
			}
		})
	}
}

func TestCropOfNothingIsFill(t *testing.T) {
	c := NewCropper(16, InputSpec{})
	got := make([]float32, c.Len())
	for _, region := range []tracker.Box{{}, {W: math.NaN(), H: 1}, {X: math.Inf(1), W: 1, H: 1}, {W: -4, H: 4}} {
		c.Crop(got, noise(40, 40, 2), region, RGB{7, 8, 9})
		if got[0] != 7 || got[16*16] != 8 || got[3*16*16-1] != 9 {
			t.Errorf("%v: %v %v %v, the fill colour expected", region, got[0], got[16*16], got[3*16*16-1])
		}
	}
}

func TestCropNormalisesAndOrders(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2] = 10, 20, 30
	}
	c := NewCropper(16, InputSpec{Order: OrderBGR, Mean: [3]float32{1, 2, 3}, Std: [3]float32{2, 4, 8}})
	got := make([]float32, c.Len())
	c.Crop(got, img, tracker.Box{W: 8, H: 8}, RGB{})
	middle := 8*16 + 8
	for plane, want := range []float32{(30 - 1) / 2., (20 - 2) / 4., (10 - 3) / 8.} {
		if v := got[plane*256+middle]; math.Abs(float64(v-want)) > 1e-3 {
			t.Errorf("plane %d: %v, want %v", plane, v, want)
		}
	}
	if p := c.Picture(nil, got); p.RGBAAt(8, 8) != img.RGBAAt(4, 4) && p.RGBAAt(8, 8).R != 10 {
		t.Errorf("back as a picture: %v", p.RGBAAt(8, 8))
	}
}

func TestMeanColorOfAPaddedStride(t *testing.T) {
	img := noise(64, 64, 3).SubImage(image.Rect(0, 0, 10, 10)).(*image.RGBA)
	var sum [3]float64
	for y := range 10 {
		for x := range 10 {
			p := img.RGBAAt(x, y)
			sum[0] += float64(p.R)
			sum[1] += float64(p.G)
			sum[2] += float64(p.B)
		}
	}
	got := MeanColor(img)
	for c := range 3 {
		if want := uint8(sum[c]/100 + 0.5); got[c] != want {
			t.Errorf("channel %d: %d, want %d", c, got[c], want)
		}
	}
}

func TestCropAllocatesNothing(t *testing.T) {
	img, c := noise(320, 240, 4), NewCropper(127, InputSpec{})
	dst := make([]float32, c.Len())
	square := tracker.Box{X: -5, Y: 20, W: 300, H: 300}
	if n := testing.AllocsPerRun(10, func() { c.Crop(dst, img, square, RGB{}) }); n != 0 {
		t.Errorf("%v allocations a crop", n)
	}
}

func BenchmarkCrop255From1080p(b *testing.B) {
	img, c := noise(1920, 1080, 5), NewCropper(255, InputSpec{})
	dst := make([]float32, c.Len())
	for name, side := range map[string]float64{"shrink": 510, "enlarge": 180} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.Crop(dst, img, tracker.Box{X: 700.3, Y: 300.7, W: side, H: side}, RGB{})
			}
		})
	}
	b.Run("baseline", func(b *testing.B) {
		for b.Loop() {
			slowCrop(img, tracker.Box{X: 700.3, Y: 300.7, W: 510, H: 510}, RGB{}, 255)
		}
	})
}

// TestCropWholeIsOpenCVs compares with what cv2.copyMakeBorder and cv2.resize made of the same picture, to the grey
// level; testdata/whole.py says how.
func TestCropWholeIsOpenCVs(t *testing.T) {
	data, err := os.ReadFile("testdata/whole.json")
	if err != nil {
		t.Fatal(err)
	}
	var crops []struct {
		X, Y, Side, Size int
		Pixels           []byte
	}
	if err := json.Unmarshal(data, &crops); err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, 61, 47))
	for y := range 47 {
		for x := range 61 {
			for c := range 3 {
				img.Pix[img.PixOffset(x, y)+c] = uint8((x*37 + y*91 + x*y*c*13 + c*50) % 256)
			}
			img.Pix[img.PixOffset(x, y)+3] = 255
		}
	}
	for _, want := range crops {
		c := NewCropper(want.Size, InputSpec{})
		got := make([]float32, c.Len())
		square := tracker.Box{X: float64(want.X), Y: float64(want.Y), W: float64(want.Side), H: float64(want.Side)}
		for range 2 { // the second time nothing is left over of the first
			c.CropWhole(got, img, square, RGB{12, 200, 90})
			area := want.Size * want.Size
			for i := range area {
				for colour := range 3 {
					if v := want.Pixels[3*i+colour]; got[colour*area+i] != float32(v) {
						t.Fatalf("square %v to %d: pixel %d, colour %d is %v, OpenCV has %d", square, want.Size, i, colour,
							got[colour*area+i], v)
					}
				}
			}
		}
	}
	c, got := NewCropper(24, InputSpec{}), make([]float32, 3*24*24)
	c.CropWhole(got, img, tracker.Box{X: 1, Y: 2, W: 30, H: 30}, RGB{})
	square := tracker.Box{X: 1, Y: 2, W: 30, H: 30}
	if n := testing.AllocsPerRun(20, func() { c.CropWhole(got, img, square, RGB{}) }); n != 0 {
		t.Errorf("%v allocations a crop", n)
	}
}

// TestCropBits: crops are the same, bit for bit, on every processor: the sum was taken on amd64, with its vector
// instructions and without.
func TestCropBits(t *testing.T) {
	img := noise(301, 203, 9)
	rng := rand.New(rand.NewPCG(4, 6))
	sum := fnv.New64a()
	for i := range 60 {
		size := 1 + rng.IntN(70)
		in := InputSpec{}
		if i%2 == 0 {
			in = InputSpec{Order: OrderBGR, Mean: [3]float32{104, 117, 123}, Std: [3]float32{57, 58, 59}}
		}
		c := NewCropper(size, in)
		side := float64(1 + rng.IntN(200))
		region := tracker.Box{X: rng.Float64()*340 - 40, Y: rng.Float64()*240 - 40, W: side, H: side * (0.5 + rng.Float64())}
		crop := make([]float32, c.Len())
		if i%3 == 0 {
			whole := tracker.Box{X: math.Floor(region.X), Y: math.Floor(region.Y), W: side, H: side}
			c.CropWhole(crop, img, whole, RGB{1, 2, 3})
		} else {
			c.Crop(crop, img, region, RGB{1, 2, 3})
		}
		if err := binary.Write(sum, binary.LittleEndian, crop); err != nil {
			t.Fatal(err)
		}
	}
	if got := sum.Sum64(); got != 0xbce0e8d6be7dd228 {
		t.Errorf("the crops' sum is %#x", got)
	}
}
