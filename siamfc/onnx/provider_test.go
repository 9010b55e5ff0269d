package onnx_test

import (
	"errors"
	"strings"
	"testing"

	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

func TestProvidersHaveNames(t *testing.T) {
	for _, p := range append(onnx.Providers(), onnx.ProviderAuto) {
		if got, err := onnx.ParseProvider(string(p)); got != p || err != nil {
			t.Errorf("%s: %s, %v", p, got, err)
		}
	}
	if _, err := onnx.ParseProvider("gpu"); !errors.Is(err, onnx.ErrProvider) || !strings.Contains(err.Error(), "cuda") {
		t.Errorf("gpu: %v", err)
	}
}

// TestProvidersThatAreNotThere: a provider that is asked for and cannot be had is an error that says why; left to
// choose, the CPU runs the model, and says why as well. Where the library has the provider, it has to run the model.
func TestProvidersThatAreNotThere(t *testing.T) {
	for _, p := range onnx.Providers() {
		rt, err := onnx.Start(onnx.Options{Provider: p})
		if err != nil {
			if !errors.Is(err, onnx.ErrProvider) || !strings.Contains(err.Error(), string(p)) || p == onnx.ProviderCPU {
				t.Errorf("%s: %v", p, err)
			}
			t.Log(err)
			continue
		}
		follows(t, rt)
		if used, why := rt.Provider(); used != p || why != "" {
			t.Errorf("%s: %s is used, %s", p, used, why)
		}
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	}
	rt, err := onnx.Start(onnx.Options{Provider: onnx.ProviderAuto})
	if err != nil {
		t.Fatal(err)
	}
	follows(t, rt)
	if used, why := rt.Provider(); (used == onnx.ProviderCPU) != (why != "") || strings.Contains(why, "\n") {
		t.Errorf("auto: %s, %q", used, why)
	} else {
		t.Log(used, why)
	}
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
}

// follows runs a model through a first frame and a second.
func follows(t *testing.T, rt *onnx.Runtime) {
	t.Helper()
	m, err := rt.Open("testdata/two.onnx")
	if err != nil {
		t.Error(err)
		return
	}
	defer m.Close()
	net, err := m.Network()
	if err != nil {
		t.Error(err)
		return
	}
	defer net.Close()
	if err := net.Exemplar(make([]float32, 3*64*64), tracker.FromCenter(32, 32, 40, 20)); err != nil {
		t.Error(err)
	}
	maps, err := net.Search(make([]float32, 3*128*128), 128)
	if err != nil || maps.Response[0] != 40.0/64 {
		t.Errorf("response %v, %v", maps.Response, err)
	}
}
