package siamfc

import (
	"bytes"
	"encoding/json"
)

// UnmarshalJSON reads a loop as ParseManifest does, unknown fields being errors, but for "hold": files of earlier
// versions have it. It was the score below which the size stood still, and is read over.
func (l *LoopSpec) UnmarshalJSON(data []byte) error {
	type plain LoopSpec // without this method
	read := struct {
		plain
		Hold json.RawMessage `json:"hold"`
	}{plain: plain(*l)}
	if err := strictly(data, &read); err != nil {
		return err
	}
	*l = LoopSpec(read.plain)
	return nil
}

// UnmarshalJSON reads a search crop as ParseManifest does, and "wide", what files of earlier versions call Sweep: it
// was also searched about the place where the target was lost.
func (s *SearchSpec) UnmarshalJSON(data []byte) error {
	type plain SearchSpec // without this method
	read := struct {
		plain
		Wide int `json:"wide"`
	}{plain: plain(*s)}
	if err := strictly(data, &read); err != nil {
		return err
	}
	if *s = SearchSpec(read.plain); s.Sweep == 0 {
		s.Sweep = read.Wide
	}
	return nil
}

// strictly reads JSON of which unknown fields are errors.
func strictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
