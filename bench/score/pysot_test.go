package score

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/metric"
)

// nanoTrack unpacks the raw results that NanoTrack's authors published of VOT2018 and VOT2019, or skips.
func nanoTrack(t testing.TB) string {
	t.Helper()
	archive := filepath.Join(shared, "field", "vot-nanotrack-v1.tar.xz")
	if _, err := os.Stat(archive); err != nil {
		t.Skipf("SKIPPED, the published results of NanoTrack V1 are not here: %v", err)
	}
	root := t.TempDir()
	if out, err := exec.Command("tar", "-xf", archive, "-C", root).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED, tar cannot unpack %s: %v %s", archive, err, out)
	}
	return root
}

// openVOT opens one year's annotation of nanoTrack's folder.
func openVOT(t testing.TB, root string, year int) (*dataset.Dataset, []Entry) {
	t.Helper()
	dir := filepath.Join(root, fmt.Sprintf("vot%d", year))
	d, err := dataset.Open(filepath.Join(dir, fmt.Sprintf("VOT%d.json", year)), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := Find(d, []string{filepath.Join(dir, "NanoTrackV1")})
	if err != nil {
		t.Fatal(err)
	}
	return d, entries
}

// TestPySOTPublished: pysot's own figures of published results, without any option.
func TestPySOTPublished(t *testing.T) {
	root := nanoTrack(t)
	for _, year := range []int{2018, 2019} {
		var figures map[string]votFigures
		readFigures(t, fmt.Sprintf("testdata/nanotrack_vot%d.json", year), &figures)
		d, entries := openVOT(t, root, year)
		ev, err := Evaluate(context.Background(), d, entries, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, want := ev.Trackers[0], figures["NanoTrackV1"]
		same(t, fmt.Sprintf("VOT%d EAO", year), got.EAO, want.EAO)
		same(t, fmt.Sprintf("VOT%d accuracy", year), got.Accuracy, want.Accuracy)
		same(t, fmt.Sprintf("VOT%d robustness", year), got.Robustness, want.Robustness)
		same(t, fmt.Sprintf("VOT%d lost", year), got.Lost, want.Lost)
	}
}

// BenchmarkSupervised scores 60 trajectories of 21,356 frames of VOT2018, files read included.
func BenchmarkSupervised(b *testing.B) {
	d, entries := openVOT(b, nanoTrack(b), 2018)
	for _, k := range []metric.VOTToolkit{metric.VOTPySOT, metric.VOTPython} {
		b.Run(string(k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Evaluate(context.Background(), d, entries, Options{Toolkit: k, Jobs: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
