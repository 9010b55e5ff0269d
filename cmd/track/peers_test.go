//go:build heavy

package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const shared = "../../../shared"

// peersSequences are those of the development set that are short, easy and hard.
const peersSequences = "Crossing,DragonBaby,DTB70_MountainBike6,DTB70_Surfing06,OTB_Couple,OTB_Deer,UAVDT_S0310"

// unpack extracts the development sequences; it skips the test where they are not at hand.
func unpack(t *testing.T) string {
	t.Helper()
	needTools(t, "ffmpeg")
	dir := t.TempDir()
	f, err := os.Open(filepath.Join(shared, "data", "dev-1.tar"))
	if err != nil {
		t.Skipf("the development sequences are not here: %v", err)
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, "dev")
		}
		if err != nil {
			t.Fatal(err)
		}
		folder, file := filepath.Split(filepath.Join(dir, filepath.Clean("/"+h.Name)))
		if h.FileInfo().IsDir() || !slices.Contains(strings.Split(peersSequences, ","), filepath.Base(folder)) {
			continue
		}
		data, err := io.ReadAll(r)
		if err := errors.Join(err, os.MkdirAll(filepath.Join(folder, "img"), 0o777),
			os.WriteFile(folder+file, data, 0o666)); err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(file) == ".mp4" { // as unpack.sh beside the archive does
			cmd := exec.Command("ffmpeg", "-v", "error", "-i", file, "-fps_mode", "passthrough", "-q:v", "2", "img/%04d.jpg")
			if cmd.Dir = folder; cmd.Run() != nil {
				t.Fatal(cmd)
			}
		}
	}
}

// besideItsFiles copies other people's ONNX files and our manifest of them into one folder.
func besideItsFiles(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(shared, "peers", "models", "*.onnx"))
	if err != nil || len(files) == 0 {
		t.Skipf("other people's models are not here: %v", err)
	}
	for _, path := range append(files, filepath.Join("..", "..", "models", "foreign", name+".json")) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, name+".json")
}

// TestPeersReachTheirOwnAUC runs other people's networks in our loop, over whole sequences: it must cost them nothing
// against their own loops, whose raw boxes on the same frames are at hand.
func TestPeersReachTheirOwnAUC(t *testing.T) {
	data := unpack(t)
	for name, results := range map[string]string{"nanotrack-v3": "nano3", "nanotrack-v2": "nano2", "vittrack": "vit"} {
		t.Run(name, func(t *testing.T) {
			model, run := besideItsFiles(t, name), filepath.Join(t.TempDir(), "run")
			figures := filepath.Join(t.TempDir(), "f.json")
			for _, args := range [][]string{
				{"bench", data, "--sequences", peersSequences, "--model", model, "--out", run, "--quiet"},
				{"eval", "--dataset", data, "--sequences", peersSequences, "--json", figures, "--quiet", "ours=" + run,
					"theirs=" + filepath.Join(shared, "peers", "results", results)},
			} {
				if code, _, stderr := finish(t, program(t, args...)); code != exitDone {
					t.Fatalf("track %v: exit %d\n%s", args, code, stderr)
				}
			}
			auc := successOf(t, figures)
			t.Logf("mean AUC %.4f, in its own loop %.4f", auc["ours"], auc["theirs"])
			if !(auc["theirs"] > 0.5) || !(math.Abs(auc["ours"]-auc["theirs"]) <= 0.01) {
				t.Errorf("mean AUC %.4f, in its own loop %.4f", auc["ours"], auc["theirs"])
			}
		})
	}
}

// successOf reads each tracker's success AUC from a file of `track eval --json`.
func successOf(t *testing.T, path string) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Trackers []struct {
			Name string   `json:"name"`
			AUC  *float64 `json:"success_auc"`
		} `json:"trackers"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, tr := range file.Trackers {
		if tr.AUC != nil {
			out[tr.Name] = *tr.AUC
		}
	}
	return out
}
