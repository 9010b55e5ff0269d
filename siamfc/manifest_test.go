package siamfc

import (
	"errors"
	"strings"
	"testing"
)

func TestManifestErrorsNameTheField(t *testing.T) {
	good := `{"format":1,"name":"x","kind":"box","layout":"siamtrack","exemplar":{"size":128,"context":0.5},
		"search":{"size":256},"grid":{"size":16,"stride":16,"origin":-128},"input":{"mean":[0,0,0],"std":[1,1,1]},
		"correlation":{},"loop":{"window_influence":0.4},"state":{"uncertain":0.5,"lost":0.2}}`
	if _, err := ParseManifest([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for field, bad := range map[string]string{
		"format":                strings.Replace(good, `"format":1`, `"format":2`, 1),
		"kind":                  strings.Replace(good, `"box"`, `"bax"`, 1),
		"windou_influence":      strings.Replace(good, `window_influence`, `windou_influence`, 1),
		"search.size":           strings.Replace(good, `"size":256`, `"size":64`, 1),
		"state.lost":            strings.Replace(good, `"lost":0.2`, `"lost":0.7`, 1),
		"loop.window_influence": strings.Replace(good, `0.4`, `1.4`, 1),
		"search.sweep":          strings.Replace(good, `"size":256`, `"size":256,"sweep":300`, 1),
		"search.calm":           strings.Replace(good, `"size":256`, `"size":256,"calm":200`, 1),
		"loop.calm_shift":       strings.Replace(good, `0.4}`, `0.4,"calm_shift":-1}`, 1),
		"nothing without":       strings.Replace(good, `"size":256`, `"size":256,"calm":192`, 1),
		"exemplar.size":         strings.Replace(good, `"size":256`, `"size":256,"calm":96`, 1),
		"loop.vote":             strings.Replace(good, `0.4}`, `0.4,"vote":-1}`, 1),
		"loop.calibration":      strings.Replace(good, `0.4}`, `0.4,"calibration":1.5}`, 1),
		"loop.told_rate":        strings.Replace(good, `0.4}`, `0.4,"told_rate":1.5}`, 1),
		"loop.steady":           strings.Replace(good, `0.4}`, `0.4,"steady":1.5}`, 1),
		"search.fill":           strings.Replace(good, `"size":256`, `"size":256,"fill":"white"`, 1),
		"search.pixels":         strings.Replace(good, `"size":256`, `"size":256,"pixels":"Whole"`, 1),
		"input.order":           strings.Replace(good, `"mean":[0`, `"order":"gbr","mean":[0`, 1),
		"loop.window":           strings.Replace(good, `0.4}`, `0.4,"window":"hamming"}`, 1),
		"loop.blend":            strings.Replace(good, `0.4}`, `0.4,"blend":"subtract"}`, 1),
		"loop.clip":             strings.Replace(good, `0.4}`, `0.4,"clip":"corner"}`, 1),
		"layout":                strings.Replace(good, `"siamtrack"`, `"siam"`, 1),
		"more follows":          good + "{}",
		"EOF":                   good[:40],
	} {
		if _, err := ParseManifest([]byte(bad)); !errors.Is(err, ErrManifest) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: error %v", field, err)
		}
	}
}

// TestAFileOfAnEarlierVersionIsRead: its loop has a field that this version has no use for.
func TestAFileOfAnEarlierVersionIsRead(t *testing.T) {
	text := `{"format":1,"name":"x","kind":"embedding","layout":"siamtrack","exemplar":{"size":128},
		"search":{"size":256,"wide":384},"loop":{"vote":3,"hold":0.3}}`
	m, err := ParseManifest([]byte(text))
	loop, search := LoopSpec{Vote: 3}, SearchSpec{Size: 256, Sweep: 384}
	if err != nil || m.Loop != loop || m.Search != search {
		t.Errorf("%+v, %+v, %v; want %+v, %+v", m.Loop, m.Search, err, loop, search)
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{"format":1,"name":"x","kind":"peak"}`))
	f.Add([]byte(`{"format":1,"name":"x","kind":"box","layout":"siamtrack","exemplar":{"size":128,"context":0.5}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data)
		if err != nil {
			if !errors.Is(err, ErrManifest) {
				t.Errorf("error %v does not wrap ErrManifest", err)
			}
			return
		}
		if m.Kind != Embedding {
			newLocator(m) // what is accepted can be built
		}
	})
}
