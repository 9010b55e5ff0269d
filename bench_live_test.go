package siamtrack_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"siamtrack"
	"siamtrack/capture"
	"siamtrack/internal/serve"
	"siamtrack/session"
	"siamtrack/tracker"
)

// liveRate is the rate of the camera that BenchmarkLive plays.
const liveRate = 30

// BenchmarkLive runs `track live --http` over a video that is given out as a camera would, 1080p at 30 frames a second
// without end, to one real viewer, and prints how old the pictures are, from the capture of their frame to the last
// byte at the viewer, and what decoding alone takes in the same run. An iteration is a picture:
// go test -run '^$' -bench Live -benchtime 600x -cpu 2 .
func BenchmarkLive(b *testing.B) {
	path, box := ownVideo(b)
	if path == "" {
		path, box = filmed(b, 1920, 1080), tracker.Box{X: 120, Y: 225, W: 135, H: 165}
	}
	alone := decoding(b, path)
	model, err := siamtrack.Open(siamtrack.DefaultModel, siamtrack.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer model.Close()
	s := session.New(&camera{looped: looped{b: b, path: path}}, model.Multi(),
		session.Options{Init: []tracker.Start{{Box: box}}})
	defer s.Close()
	parts := viewer(b, s)
	last := ""
	for range liveRate { // the first pictures are those of a start
		_, last = received(b, parts, last)
	}
	before, begin, cpu := s.Status(), time.Now(), processorTime(b)
	var ages []time.Duration
	for b.Loop() {
		var age time.Duration
		age, last = received(b, parts, last)
		ages = append(ages, age)
	}
	wall, after := time.Since(begin), s.Status()
	ms := func(d time.Duration) float64 { return d.Seconds() * 1e3 }
	captured := max(after.Captured-before.Captured, 1)
	slices.Sort(ages)
	p50, p95 := ages[len(ages)/2], ages[len(ages)*95/100]
	fmt.Printf("%d pictures, %.1f a second: capture to viewer p50 %.1f ms, p95 %.1f ms, longest %.1f ms; %d of %d frames "+
		"dropped; CPU %.1f ms a frame; decoding alone p50 %.1f ms\n", len(ages), float64(len(ages))/wall.Seconds(), ms(p50),
		ms(p95), ms(ages[len(ages)-1]), after.Dropped-before.Dropped, captured,
		ms(processorTime(b)-cpu)/float64(captured), ms(alone))
	b.ReportMetric(ms(p50), "ms-p50")
	b.ReportMetric(ms(p95), "ms-p95")
	b.ReportMetric(ms(alone), "ms-decode")
}

// decoding is the median time of decoding a frame of a video with nothing else to do.
func decoding(b *testing.B, path string) time.Duration {
	src := &looped{b: b, path: path}
	defer src.Close()
	var f tracker.Frame
	var took []time.Duration
	for range 3 * liveRate {
		begin := time.Now()
		if err := src.Next(&f); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	return median(took)
}

// camera is a video without end whose times go on growing.
type camera struct {
	looped
	frames int
}

// Next implements tracker.Source.
func (c *camera) Next(dst *tracker.Frame) error {
	if err := c.looped.Next(dst); err != nil {
		return err
	}
	dst.Index, dst.Time = c.frames, time.Duration(c.frames)*time.Second/liveRate
	c.frames++
	return nil
}

// viewer serves a session and looks at it.
func viewer(b *testing.B, s *session.Session) *multipart.Reader {
	server, err := serve.New(serve.Options{Session: s, JPEG: capture.EncodeJPEG})
	if err != nil {
		b.Fatal(err)
	}
	var l net.Listener
	if l, _, err = serve.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.Addr().String()+"/stream", nil)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = answer.Body.Close() })
	_, kind, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if err != nil || kind["boundary"] == "" {
		b.Fatal("no pictures: ", answer.Status, err)
	}
	return multipart.NewReader(answer.Body, kind["boundary"])
}

// received waits for a picture of another frame than the one captured at last, and returns its age and when that was.
func received(b *testing.B, parts *multipart.Reader, last string) (age time.Duration, captured string) {
	for {
		part, err := parts.NextRawPart()
		if err == nil {
			_, err = io.Copy(io.Discard, part)
		}
		if err != nil {
			b.Fatal(err)
		}
		now := time.Now()
		captured = part.Header.Get("X-Timestamp")
		if captured == last { // sent again
			continue
		}
		at, err := strconv.ParseFloat(captured, 64)
		if err != nil {
			b.Fatal(err)
		}
		return now.Sub(time.UnixMicro(int64(math.Round(at * 1e6)))), captured
	}
}

// ownVideo is the video of one's own that BENCH_VIDEO names, "" for none, and BENCH_INIT's box in it.
func ownVideo(b *testing.B) (path string, box tracker.Box) {
	if path = os.Getenv(videoEnv); path == "" {
		return "", tracker.Box{}
	}
	box, err := tracker.ParseBox(os.Getenv(boxEnv))
	if err != nil {
		b.Fatalf("%s: %v", boxEnv, err)
	}
	return path, box
}
