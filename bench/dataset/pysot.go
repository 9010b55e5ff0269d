package dataset

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/bench/region"
	"siamtrack/internal/numfile"
	"siamtrack/internal/plural"
	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// pysot keeps a benchmark in one JSON file beside the videos: NAME -> video_dir, init_rect, img_names, gt_rect, attr;
// for VOT a list of flags a tag and the frames' width and height; for LaSOT "absent", in which 1 means visible.

// pysotVideo is one entry of the file.
type pysotVideo struct {
	Dir    string            `json:"video_dir"`
	Images []string          `json:"img_names"`
	Rects  [][]*float64      `json:"gt_rect"`
	Attr   []string          `json:"attr"`
	Absent []int             `json:"absent"`
	Width  int               `json:"width"`
	Height int               `json:"height"`
	Tags   map[string][]bool `json:"-"`
	line   int               // on which the entry begins
}

// pysotTags are the frame tags of pysot's VOT files.
func pysotTags() []string {
	return []string{"camera_motion", "illum_change", "motion_change", "size_change", "occlusion"}
}

// pysotFile is root where that is a JSON file, or the one in it that is named after it.
func pysotFile(root string) string {
	if isFile(root) && strings.EqualFold(filepath.Ext(root), ".json") {
		return root
	}
	if p := filepath.Join(root, nameOf(root)+".json"); isFile(p) {
		return p
	}
	return ""
}

func listPySOT(root string) ([]entry, error) {
	path := pysotFile(root)
	if path == "" {
		return nil, nil
	}
	raw, err := readfile.Plain(path, readfile.Large)
	if err != nil {
		return nil, err
	}
	videos, err := parsePySOT(path, raw)
	if err != nil {
		return nil, err
	}
	var out []entry
	for name, v := range videos {
		out = append(out, entry{name, "", func() (Sequence, error) { return v.sequence(path, name) }})
	}
	slices.SortFunc(out, func(a, b entry) int { return naturalCompare(a.name, b.name) })
	return out, nil
}

// parsePySOT reads the file; an error names the line.
func parsePySOT(path string, raw []byte) (map[string]pysotVideo, error) {
	raw = nullNaN(raw)
	var whole json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil { // a decoder's own offsets are not to be relied on
		return nil, jsonError(path, raw, 0, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, numfile.Errorf(path, 1, "an object of sequences is expected: %v", cmp.Or(err, errors.New("it is none")))
	}
	out := map[string]pysotVideo{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, jsonError(path, raw, dec.InputOffset(), err)
		}
		name := key.(string) // what the decoder has checked
		var e json.RawMessage
		if err := dec.Decode(&e); err != nil {
			return nil, jsonError(path, raw, dec.InputOffset(), err)
		}
		begin := dec.InputOffset() - int64(len(e))
		v, err := parsePySOTVideo(e)
		if err != nil {
			return nil, jsonError(path, raw, begin, fmt.Errorf("%s: %w", name, err))
		}
		v.line = lineAt(raw, begin)
		out[name] = v
	}
	return out, nil
}

// parsePySOTVideo reads one entry. A tag's list may be empty: the sequence does not have it.
func parsePySOTVideo(raw json.RawMessage) (v pysotVideo, err error) {
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, err
	}
	var rest map[string]json.RawMessage
	if err := json.Unmarshal(raw, &rest); err != nil {
		return v, err
	}
	v.Tags = map[string][]bool{}
	for _, tag := range pysotTags() {
		var flags []int
		if data, ok := rest[tag]; !ok {
			continue
		} else if err := json.Unmarshal(data, &flags); err != nil {
			return v, fmt.Errorf("flags of %s: %w", tag, err)
		}
		if len(flags) == 0 {
			continue
		}
		on := make([]bool, len(flags))
		for i, f := range flags {
			on[i] = f != 0
		}
		v.Tags[tag] = on
	}
	return v, nil
}

// nullNaN replaces NaN, which Python writes and JSON does not know, outside strings by null, keeping lines.
func nullNaN(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	inString := false
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '"':
			inString = !inString
		case inString && raw[i] == '\\' && i+1 < len(raw):
			out = append(out, raw[i])
			i++
		case !inString && bytes.HasPrefix(raw[i:], []byte("NaN")):
			out = append(out, "null"...)
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return out
}

// jsonError says on which line of raw an error is: at an offset, or where it knows its own place, that far behind it.
func jsonError(path string, raw []byte, offset int64, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset += syntax.Offset
	case errors.As(err, &kind):
		offset += kind.Offset
	}
	return numfile.Errorf(path, lineAt(raw, offset), "%w", err)
}

// lineAt is the line of an offset.
func lineAt(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(int(offset), len(raw))], []byte("\n"))
}

// sequence turns an entry into a Sequence; path and name are for the errors.
func (v pysotVideo) sequence(path, name string) (Sequence, error) {
	s := Sequence{Name: name, Width: v.Width, Height: v.Height, Tags: v.Tags, Attributes: v.Attr}
	s.images.dir = filepath.Join(filepath.Dir(path), v.Dir)
	for _, im := range v.Images {
		s.images.files = append(s.images.files, filepath.Join(filepath.Dir(path), im))
	}
	wrong := func(format string, args ...any) error {
		return numfile.Errorf(path, v.line, "%s: %w", name, fmt.Errorf(format, args...))
	}
	if len(v.Rects) == 0 {
		return s, wrong("gt_rect is empty")
	}
	shaped := false
	for i, r := range v.Rects {
		reg, err := pysotRegion(r)
		if err != nil {
			return s, wrong("frame %d: %w", i+1, err)
		}
		shaped = shaped || reg.Kind == region.Polygon
		s.Regions = append(s.Regions, reg)
		s.Truth = append(s.Truth, reg.Bounds())
	}
	if !shaped {
		s.Regions = nil
	}
	for tag, flags := range v.Tags {
		if len(flags) != len(s.Truth) {
			return s, wrong("%s of %s for %s", plural.Of(len(flags), "flag"), tag, plural.Of(len(s.Truth), "frame"))
		}
	}
	if v.Absent != nil {
		if len(v.Absent) != len(s.Truth) {
			return s, wrong("%s for %s", plural.Of(len(v.Absent), "absence flag"), plural.Of(len(s.Truth), "frame"))
		}
		s.Absent = make([]bool, len(v.Absent))
		for i, visible := range v.Absent {
			s.Absent[i] = visible != 1
		}
	}
	return s, nil
}

// pysotRegion reads four or eight numbers; null and NaN are no box.
func pysotRegion(r []*float64) (region.Region, error) {
	v := make([]float64, len(r))
	for i, p := range r {
		if p == nil {
			return region.Region{}, nil
		}
		v[i] = *p
		if math.IsInf(*p, 0) {
			return region.Region{}, fmt.Errorf("%v is not finite: %w", *p, region.ErrRegion)
		}
	}
	if len(v) == 4 { // kept as a box even where its size is zero or negative
		return region.FromBox(tracker.Box{X: v[0], Y: v[1], W: v[2], H: v[3]}), nil
	}
	if len(v) != 8 {
		return region.Region{}, fmt.Errorf("%d numbers where 4 or 8 are expected: %w", len(v), region.ErrRegion)
	}
	out := region.Region{Kind: region.Polygon}
	for i := 0; i < 8; i += 2 {
		out.Points = append(out.Points, region.Point{X: v[i], Y: v[i+1]})
	}
	return out, nil
}
