package capture

import (
	"errors"
	"image"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siamtrack/capture/ffmpeg"
)

// TestKeepsUp: the fewer the processors and the more the pixels, the faster the preset.
func TestKeepsUp(t *testing.T) {
	for _, c := range []struct {
		width, height int
		fps           float64
		processors    int
		want          Quality
	}{
		{1280, 720, 30, 2, QualityFast}, {1280, 720, 30, 8, QualityGood}, {1280, 720, 30, 1, QualityDraft},
		{1920, 1080, 30, 2, QualityDraft}, {1920, 1080, 25, 16, QualityGood}, {768, 576, 10, 1, QualityGood},
		{3840, 2160, 60, 2, QualityDraft}, {64, 48, 0.5, 1, QualityGood},
	} {
		if got := keepsUp(c.width*c.height, c.fps, c.processors).quality; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestEncoderChoice: an encoder of hardware is taken where it works, and only where nobody asked for a quality.
func TestEncoderChoice(t *testing.T) {
	o := ffmpeg.WriterOptions{Format: "mp4", Width: 320, Height: 240, FPS: ffmpeg.Ratio{Num: 30, Den: 1}}
	for _, c := range []struct {
		quality Quality
		code    string
		have    []string // hardware that works
		want    string
	}{
		{"", "avc1", nil, "libx264 libopenh264"},
		{QualityAuto, "avc1", []string{"h264_qsv", "h264_nvenc"}, "h264_nvenc libx264 libopenh264"},
		{QualityAuto, "avc1", []string{"h264_qsv"}, "h264_qsv libx264 libopenh264"},
		{QualityGood, "avc1", []string{"h264_nvenc"}, "libx264 libopenh264"},
		{QualityAuto, "MJPG", []string{"h264_nvenc"}, "mjpeg"},
		{QualityAuto, "XVID", nil, "mpeg4"},
	} {
		works := func(o ffmpeg.WriterOptions) error {
			if slices.Contains(c.have, o.Encoder) {
				return nil
			}
			return ffmpeg.ErrNoEncoder
		}
		var got []string
		for _, o := range c.quality.choices(c.code, o, works) {
			got = append(got, o.Encoder)
			if o.Settings == "" || (o.Tag != "") != (c.code == "XVID") {
				t.Errorf("%s: settings %q, tag %q", o.Encoder, o.Settings, o.Tag)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s for %s: %v, want %s", c.quality, c.code, got, c.want)
		}
	}
}

// TestWorks: what is tried is really tried, on this machine's library.
func TestWorks(t *testing.T) {
	o := ffmpeg.WriterOptions{Format: "mp4", Encoder: "mpeg4", Width: 320, Height: 240, FPS: ffmpeg.Ratio{Num: 30, Den: 1}}
	if err := works(o); err != nil {
		t.Errorf("mpeg4, which every FFmpeg has: %v", err)
	}
	if o.Encoder = "h265_of_nobody"; !errors.Is(works(o), ffmpeg.ErrNoEncoder) {
		t.Errorf("an encoder that is not there: %v", works(o))
	}
	if o.Encoder, o.Width = "mpeg4", 1; works(o) == nil {
		t.Error("a picture without width was encoded")
	}
	for _, e := range hardware["avc1"] {
		o.Encoder, o.Width = e, 320
		t.Logf("%s here: %v", e, works(o))
	}
}

// TestQualities: each writes what can be read back, the same each time, the better ones nearer to what was given.
func TestQualities(t *testing.T) {
	dir := t.TempDir()
	last := 0.0
	for _, q := range Qualities()[1:] {
		var sums [2]float64
		for i := range sums {
			path := filepath.Join(dir, string(q)+".mp4")
			w, err := NewWriter(path, WriterOptions{FPS: 30, Quality: q})
			if err != nil {
				t.Fatal(err)
			}
			for n := range 12 {
				if err := w.Write(picture(160, 120, n)); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if stages := w.Stages(); len(stages) != 2 || stages[0].Times.Len() != 12 || stages[1].Times.Len() != 12 {
				t.Errorf("%s: stages %+v", q, stages)
			}
			frames, err := drain(mustOpen(t, path, Options{}))
			if err != io.EOF || len(frames) != 12 {
				t.Fatalf("%s: %d frames, then %v", q, len(frames), err)
			}
			for n, f := range frames {
				sums[i] += meanDifference(f.Image, picture(160, 120, n))
			}
		}
		if sums[0] != sums[1] {
			t.Errorf("%s: not the same twice", q)
		}
		if last > 0 && sums[0] > last*1.1 {
			t.Errorf("%s differs by %.2f from what was given, the quality below it by %.2f", q, sums[0], last)
		}
		last = sums[0]
	}
	if _, err := ParseQuality("superb"); err == nil || !strings.Contains(err.Error(), "draft, fast, good, best") {
		t.Errorf("a quality of no name: %v", err)
	}
}

// TestConvert: what the encoder is given is BT.601 with 16 to 235, of four pixels the first one's colours, whatever the
// size and the rows of the picture.
func TestConvert(t *testing.T) {
	for _, size := range []image.Point{{64, 48}, {65, 49}, {2, 2}} {
		img := picture(100, 80, 7).SubImage(image.Rectangle{Max: size}.Add(image.Pt(10, 20))).(*image.RGBA)
		if size.X == 64 {
			img = picture(64, 48, 7)
		}
		w, err := ffmpeg.Create("file:"+filepath.Join(t.TempDir(), "a.mp4"), ffmpeg.WriterOptions{Format: "mp4",
			Encoder: "mpeg4", Width: size.X, Height: size.Y, FPS: ffmpeg.Ratio{Num: 25, Den: 1}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Picture()
		if err != nil {
			t.Fatal(err)
		}
		if err := convert(p, img); err != nil {
			t.Fatal(err)
		}
		planes, err := p.Planes()
		if err != nil {
			t.Fatal(err)
		}
		width, height := size.X&^1, size.Y&^1
		for y := range height {
			for x := range width {
				at := img.RGBAAt(img.Rect.Min.X+x, img.Rect.Min.Y+y)
				r, g, b := float64(at.R), float64(at.G), float64(at.B)
				near(t, planes[y*width+x], 16+0.257*r+0.504*g+0.098*b)
				if x%2 == 0 && y%2 == 0 {
					i := width*height + y/2*width/2 + x/2
					near(t, planes[i], 128-0.148*r-0.291*g+0.439*b)
					near(t, planes[i+width*height/4], 128+0.439*r-0.368*g-0.071*b)
				}
			}
		}
		p.Close()
		if err := w.Write(p, 0); err == nil {
			t.Error("a picture that was closed was written")
		}
		_ = w.Close() // of a video without a frame
	}
}

// near compares a byte with what it was rounded from.
func near(t *testing.T, got byte, want float64) {
	t.Helper()
	if math.Abs(float64(got)-want) > 1.01 {
		t.Fatalf("%d, want %.2f", got, want)
	}
}
