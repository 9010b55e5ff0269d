package siamtrack_test

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"siamtrack"
	"siamtrack/capture"
	"siamtrack/internal/follow"
	"siamtrack/internal/record"
	"siamtrack/render"
	"siamtrack/tracker"
)

// videoEnv names a video of one's own for BenchmarkFile, boxEnv the target in its first frame, x,y,w,h, and modelEnv
// another model than the default.
const (
	videoEnv = "BENCH_VIDEO"
	boxEnv   = "BENCH_INIT"
	modelEnv = "BENCH_MODEL"
)

// BenchmarkFile runs what `track file` does beside decoding alone, in turns, and prints the time and the processor time
// a frame of each, least and median of the rounds, and how many times those of decoding the medians are:
// go test -run '^$' -bench File -benchtime 5x -cpu 2 .
func BenchmarkFile(b *testing.B) {
	path, box := ownVideo(b)
	if path == "" {
		path, box = filmed(b, 1280, 720), tracker.Box{X: 80, Y: 150, W: 90, H: 110}
	}
	model, err := siamtrack.Open(cmp.Or(os.Getenv(modelEnv), siamtrack.DefaultModel), siamtrack.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer model.Close()
	dir := b.TempDir()
	tracked := func(opened *capture.Source, sinks ...follow.Sink) int {
		src, targets := ahead(opened), model.Multi()
		targets.ReadParts(opened.Fill)
		sum, err := follow.Run(b.Context(), src, targets, []tracker.Start{{Box: box}}, 0, sinks...)
		if err = errors.Join(err, src.Close()); err != nil {
			b.Fatal(err)
		}
		return sum.Frames
	}
	turns := []*turn{
		{name: "decode", run: func() int { return decoded(b, path) }},
		{name: "csv", run: func() int { return tracked(opened(b, path, true), rows(filepath.Join(dir, "out.csv"))) }},
		{name: "mp4", run: func() int {
			src := opened(b, path, true)
			return tracked(src, annotated(b, src, filepath.Join(dir, "out.mp4")))
		}},
	}
	for b.Loop() {
		for _, t := range turns {
			t.take(b)
		}
	}
	fmt.Printf("%s, %d processors, %d rounds\n%8s %18s %18s %9s %9s %10s\n", filepath.Base(path), runtime.GOMAXPROCS(0),
		len(turns[0].wall), "", "ms (least, median)", "CPU ms (l., med.)", "of decode", "of its CPU", "frames/s")
	base := turns[0]
	for _, t := range turns {
		wall, cpu := median(t.wall), median(t.cpu)
		fmt.Printf("%8s %8.2f %9.2f %8.2f %9.2f %9.2f %10.2f %9.1f\n", t.name, slices.Min(t.wall), wall, slices.Min(t.cpu),
			cpu, wall/median(base.wall), cpu/median(base.cpu), 1e3/wall)
		b.ReportMetric(wall, "ms-"+t.name)
		b.ReportMetric(cpu, "ms-cpu-"+t.name)
	}
}

// turn is one of the things that take turns.
type turn struct {
	name      string
	run       func() (frames int)
	wall, cpu []float64 // ms a frame, of each round
}

// take measures one round.
func (t *turn) take(b *testing.B) {
	begin, cpu := time.Now(), processorTime(b)
	n := float64(t.run())
	t.wall = append(t.wall, time.Since(begin).Seconds()*1e3/n)
	t.cpu = append(t.cpu, (processorTime(b)-cpu).Seconds()*1e3/n)
}

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// opened opens a video as `track file` does.
func opened(b *testing.B, path string, parts bool) *capture.Source {
	src, err := capture.Open(path, capture.Options{Parts: parts})
	if err != nil {
		b.Fatal(err)
	}
	return src
}

// ahead reads ahead as `track file` does.
func ahead(src *capture.Source) *capture.Prefetched {
	return capture.Prefetch(src, capture.Ahead(src.Info().Width, src.Info().Height))
}

// decoded reads a video to its end.
func decoded(b *testing.B, path string) (frames int) {
	src := ahead(opened(b, path, false))
	defer src.Close()
	var f tracker.Frame
	for {
		switch err := src.Next(&f); {
		case errors.Is(err, io.EOF):
			return frames
		case err != nil:
			b.Fatal(err)
		}
		frames++
	}
}

// rows writes a CSV file.
func rows(path string) follow.Sink {
	return follow.NewTracks(func(tracker.Step) (record.Recorder, error) {
		return record.Create(path, record.CSV, record.Options{})
	}, false)
}

// annotated writes a video.
func annotated(b *testing.B, src *capture.Source, path string) follow.Sink {
	w, err := capture.NewWriter(path, capture.WriterOptions{FPS: 30})
	if err != nil {
		b.Fatal(err)
	}
	video, err := follow.NewVideo(w, render.Show{}, false)
	if err != nil {
		b.Fatal(err)
	}
	video.CopyWith(src.Copy)
	return video
}
