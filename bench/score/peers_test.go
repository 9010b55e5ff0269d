package score

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
)

// shared is the folder of shared data beside the repository, absent on most machines.
const shared = "../../../shared"

// devTruth unpacks the truth files of the development sequences, with a picture of each where one would be, or skips.
func devTruth(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	f, err := os.Open(filepath.Join(shared, "data", "dev-1.tar"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("SKIPPED, the development sequences are not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	write := func(path string, raw []byte) {
		path = filepath.Join(root, filepath.FromSlash(path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, raw, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for tr := tar.NewReader(f); ; {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(h.Name, "groundtruth") {
			continue
		}
		raw, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		write(h.Name, raw)
		write(path.Join(path.Dir(h.Name), "img", "0001.jpg"), nil) // scoring looks into none
	}
	return filepath.Join(root, "dev")
}

// devSet opens the development set in the order of the peers' list.
func devSet(t testing.TB) *dataset.Dataset {
	t.Helper()
	root := devTruth(t)
	names, err := dataset.ReadNames(filepath.Join(shared, "peers", "dev.txt"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open(root, dataset.Options{Sequences: names})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPeersTable scores the peers' raw results and compares with the table beside them, which another script made.
func TestPeersTable(t *testing.T) {
	d := devSet(t)
	entries, err := Find(d, []string{filepath.Join(shared, "peers", "results")})
	if err != nil {
		t.Fatal(err)
	}
	ev, err := Evaluate(context.Background(), d, entries, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name              string
		auc, p20, success float64
	}{
		{"nano2", 0.6716, 0.9063, 0.8628}, {"nano3", 0.6639, 0.9133, 0.8234}, {"fear", 0.6522, 0.8696, 0.8381},
		{"vit", 0.6125, 0.8320, 0.7711},
	}
	if len(ev.Trackers) != len(want) {
		t.Fatalf("%d trackers, want %d", len(ev.Trackers), len(want))
	}
	for i, w := range want {
		got := ev.Trackers[i]
		if got.Name != w.name {
			t.Errorf("rank %d: %s, want %s", i+1, got.Name, w.name)
			continue
		}
		for _, v := range []struct {
			what      string
			got, want float64
		}{{"AUC", *got.SuccessAUC, w.auc}, {"P@20", *got.Precision20, w.p20}, {"OP50", *got.OP50, w.success}} {
			if math.Abs(v.got-v.want) > 0.0005 {
				t.Errorf("%s: %s %.4f, want %.3f", w.name, v.what, v.got, v.want)
			}
		}
	}
}

// BenchmarkEvaluate scores 27 OTB-like tracks, files read included; the metric is sequences a second.
func BenchmarkEvaluate(b *testing.B) {
	d := devSet(b)
	entries := []Entry{{"nano3", filepath.Join(shared, "peers", "results", "nano3")}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Evaluate(context.Background(), d, entries, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(d.Sequences)*b.N)/b.Elapsed().Seconds(), "seq/s")
}
