package dataset

import (
	"math"
	"strings"
	"testing"

	"siamtrack/internal/numfile"
)

func FuzzPySOT(f *testing.F) {
	f.Add([]byte(`{"a": {"gt_rect": [[1,2,3,4],[NaN,1,2,3]], "absent": [1,0], "occlusion": [0,1]}}`))
	f.Add([]byte(`{"a": {"gt_rect": [[1,2,3,4,5,6,7,8]], "width": 5}, "b": 3}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		videos, err := parsePySOT("x.json", raw)
		if err != nil {
			return
		}
		for name, v := range videos {
			if s, err := v.sequence("x.json", name); err == nil &&
				(s.Len() == 0 || s.Regions != nil && len(s.Regions) != s.Len()) {
				t.Errorf("%q: %d boxes, %d regions", raw, s.Len(), len(s.Regions))
			}
		}
	})
}

func FuzzNaturalCompare(f *testing.F) {
	f.Add("a2", "a10")
	f.Add("01", "1")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := naturalCompare(a, b), naturalCompare(b, a)
		if (x < 0) != (y > 0) || (x == 0) != (a == b) {
			t.Errorf("%q, %q: %d and %d", a, b, x, y)
		}
	})
}

// FuzzAnnotations gives one text to every reader of annotations that is not numfile's or region's own: what they take
// is usable, what they refuse is named with its line.
func FuzzAnnotations(f *testing.F) {
	for _, s := range []string{"[METAINFO]\nobject_class: goat\nresolution: (64, 48)\n", "resolution=(1,",
		"width=64\nheight=48\n", "height=-1",
		"0 10 20 40 60 1 0 0 0 \"ball\"\n", "0 1 2 3\n", "0,1,1\n0", "2", "attr = OCC, 'BC'\n", "Jogging-1 # one\n\nCar4",
		"\ufeff1,725", "[Sequence]\nseqLength=5\nimWidth = 64\nimDir=img1\n", "seqLength=-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got10k, vot, nfs, several Sequence
		_, errMOT := several.parseSeqInfo("f", "", text)
		flags, err := numfile.Column("f", strings.NewReader(text))
		if err == nil {
			_, err = toFlags("f", flags, 0)
		}
		errs := map[string]error{
			"meta": got10k.parseMeta("f", strings.NewReader(text)), "size": vot.parseVOTSize("f", text),
			"nfs": nfs.parseNfS("f", strings.NewReader(text)), "flags": err, "seqinfo": errMOT,
		}
		for what, err := range errs {
			if err != nil && !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("%q: %s: no line in %v", text, what, err)
			}
		}
		if errs["meta"] == nil && (got10k.Width > 0) != (got10k.Height > 0) || vot.Width < 0 || vot.Height < 0 {
			t.Errorf("%q: sizes %dx%d, %dx%d", text, got10k.Width, got10k.Height, vot.Width, vot.Height)
		}
		if errs["nfs"] == nil && (nfs.Len() == 0 || math.IsInf(nfs.Truth[0].X, 0)) {
			t.Errorf("%q: boxes %v", text, nfs.Truth)
		}
		for _, name := range append(parseNames(text), attributesIn(text)...) {
			if name == "" || strings.ContainsAny(name, " \t\n") {
				t.Errorf("%q: name %q", text, name)
			}
		}
	})
}
