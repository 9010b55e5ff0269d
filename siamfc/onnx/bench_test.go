package onnx_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

// BenchmarkUpdate is the time of one update on a 720p frame, crop, network and locating, for each model that is
// shipped, beside NanoTrack and VitTrack where their files are at hand. Compare within one run.
func BenchmarkUpdate(b *testing.B) {
	paths, err := filepath.Glob("../../models/*.onnx")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"nanotrack-v2", "nanotrack-v3", "vittrack"} {
		if path, err := besidePeers(b.TempDir(), name); err == nil {
			paths = append(paths, path)
		}
	}
	rt, err := onnx.Start(onnx.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := rt.Close(); err != nil {
			b.Error(err)
		}
	}()
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		b.Run(name, func(b *testing.B) { benchmarkUpdate(b, rt, path) })
	}
}

func benchmarkUpdate(b *testing.B, rt *onnx.Runtime, path string) {
	m, err := rt.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	if m.Manifest().Kind == siamfc.Embedding {
		b.Skip("an embedding model does not track")
	}
	net, err := m.Network()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = net.Close() }()
	tr, err := siamfc.New(net, m.Manifest())
	if err != nil {
		b.Fatal(err)
	}
	video, err := synth.New(synth.Scene{Width: 1280, Height: 720, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	var f tracker.Frame
	if err := video.Next(&f); err != nil {
		b.Fatal(err)
	}
	if err := tr.Init(f.Image, video.Truth(0).Box); err != nil {
		b.Fatal(err)
	}
	if _, err := tr.Update(f.Image); err != nil { // binds what is bound once
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tr.Update(f.Image); err != nil {
			b.Fatal(err)
		}
	}
}

// besidePeers puts a manifest of models/foreign into dir beside links to the files that it names.
func besidePeers(dir, name string) (string, error) {
	files, err := filepath.Glob("../../../shared/peers/models/*.onnx")
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", os.ErrNotExist
	}
	for _, f := range files {
		abs, err := filepath.Abs(f)
		if err != nil {
			return "", err
		}
		if err := os.Symlink(abs, filepath.Join(dir, filepath.Base(f))); err != nil && !os.IsExist(err) {
			return "", err
		}
	}
	data, err := os.ReadFile("../../models/foreign/" + name + ".json")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name+".json")
	return path, os.WriteFile(path, data, 0o600)
}
