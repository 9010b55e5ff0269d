//go:build heavy

package onnx_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"siamtrack/tracker"
)

const shared = "../../../shared"

// target is one annotated target of the development sequences.
type target struct {
	name   string
	frames [][]byte // JPEG
	truth  []tracker.Box
}

// developmentTargets reads the 13 targets; it skips the test where they are not at hand.
func developmentTargets(t *testing.T) []target {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"dev-seq-1.tar", "dev-seq-2.tar"} {
		f, err := os.Open(filepath.Join(shared, "data", name))
		if err != nil {
			t.Skipf("the development sequences are not here: %v", err)
		}
		defer f.Close()
		for r := tar.NewReader(f); ; {
			h, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if files[h.Name], err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	frames := map[string][][]byte{}
	for _, name := range names {
		if ext := filepath.Ext(name); ext == ".jpg" {
			folder := filepath.Dir(filepath.Dir(name))
			frames[folder] = append(frames[folder], files[name])
		}
	}
	var out []target
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "groundtruth_rect") {
			truth := parseTruth(t, string(files[name]))
			all := frames[filepath.Dir(name)]
			n := min(len(all), len(truth))
			label := filepath.Base(filepath.Dir(name))
			if k := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(base, "groundtruth_rect"), "txt"), "."); k != "" {
				label += "_" + k
			}
			out = append(out, target{label, all[:n], truth[:n]})
		}
	}
	return out
}

func parseTruth(t *testing.T, text string) []tracker.Box {
	t.Helper()
	var out []tracker.Box
	for line := range strings.Lines(text) {
		fields := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
		v := [4]float64{}
		for i := range v {
			f, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			v[i] = f
		}
		out = append(out, tracker.Box{X: v[0], Y: v[1], W: v[2], H: v[3]})
	}
	return out
}

func decode(t *testing.T, data []byte, dst *image.RGBA) *image.RGBA {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if dst == nil || dst.Rect != img.Bounds() {
		dst = image.NewRGBA(img.Bounds())
	}
	draw.Draw(dst, dst.Rect, img, image.Point{}, draw.Src)
	return dst
}

// untilAbsent cuts a target's frames where it is first out of sight: what a tracker without a target lands on is
// chance (one box 5 pixels off decides whether it meets the target again), so it proves nothing about the loop.
func (s target) untilAbsent() target {
	for i, b := range s.truth {
		if b.Empty() {
			s.frames, s.truth = s.frames[:i], s.truth[:i]
			break
		}
	}
	return s
}

// success is the success AUC of boxes: the mean of 21 samples, strict (bench/metric has the field's variants).
func success(boxes, truth []tracker.Box) float64 {
	hits := 0
	for i, b := range boxes {
		for k := range 21 {
			if b.IoU(truth[i]) > float64(k)/20 {
				hits++
			}
		}
	}
	return float64(hits) / float64(21*len(boxes))
}

// follow runs a tracker over a target's frames.
func follow(t *testing.T, tr tracker.Tracker, s target) []tracker.Box {
	t.Helper()
	boxes := []tracker.Box{s.truth[0]}
	img := decode(t, s.frames[0], nil)
	if err := tr.Init(img, s.truth[0]); err != nil {
		t.Fatal(err)
	}
	for _, data := range s.frames[1:] {
		img = decode(t, data, img)
		r, err := tr.Update(img)
		if err != nil {
			t.Fatal(err)
		}
		boxes = append(boxes, r.Box)
	}
	return boxes
}

// TestPeersReachTheirOwnAUC runs other people's networks in our loop: it must cost them nothing against their own
// loops, whose raw boxes on the same frames are at hand.
func TestPeersReachTheirOwnAUC(t *testing.T) {
	targets := developmentTargets(t)
	rt := start(t)
	for name, results := range map[string]string{"nanotrack-v3": "nano3", "nanotrack-v2": "nano2", "vittrack": "vit"} {
		t.Run(name, func(t *testing.T) {
			path, err := besidePeers(t.TempDir(), name)
			if errors.Is(err, os.ErrNotExist) {
				t.Skipf("other people's models are not here: %v", err)
			} else if err != nil {
				t.Fatal(err)
			}
			tr := open(t, rt, path)
			var ours, theirs float64
			for _, s := range targets {
				s = s.untilAbsent()
				data, err := os.ReadFile(filepath.Join(shared, "peers", "results", results, s.name+".txt"))
				if err != nil {
					t.Fatal(err)
				}
				a, b := success(follow(t, tr, s), s.truth), success(parseTruth(t, string(data))[:len(s.truth)], s.truth)
				t.Logf("%-20s %4d frames: %.3f, in its own loop %.3f", s.name, len(s.frames), a, b)
				ours, theirs = ours+a/float64(len(targets)), theirs+b/float64(len(targets))
			}
			t.Logf("mean AUC over %d targets: %.4f, in its own loop %.4f", len(targets), ours, theirs)
			if len(targets) != 13 || !(math.Abs(ours-theirs) <= 0.01) {
				t.Errorf("mean AUC %.4f over %d targets, in its own loop %.4f", ours, len(targets), theirs)
			}
		})
	}
}
