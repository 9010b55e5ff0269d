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
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&read); err != nil {
		return err
	}
	*l = LoopSpec(read.plain)
	return nil
}
