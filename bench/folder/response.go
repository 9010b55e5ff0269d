package folder

import (
	"encoding/json"
	"fmt"

	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// Response is a response map as a run keeps it for reports: of the frame with the least overlap of each sequence.
type Response struct {
	Frame  int         `json:"frame"` // counted from 0
	Width  int         `json:"width"`
	Height int         `json:"height"`
	Area   tracker.Box `json:"area"`   // in pixels of the frame
	Values []byte      `json:"values"` // row by row, 255 for 1
}

// Write writes the map to a file of a run.
func (r Response) Write(to File) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("folder: response map: %w", err)
	}
	return to.Write(append(raw, '\n'))
}

// ReadResponse reads a map whose size and values agree. The error wraps fs.ErrNotExist where none was kept, as in the
// results of other programs.
func ReadResponse(path string) (Response, error) {
	var r Response
	raw, err := readfile.Plain(path, readfile.Small)
	if err != nil {
		return r, fmt.Errorf("folder: %w", err)
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("folder: %s: %w", path, err)
	}
	if r.Width <= 0 || r.Height <= 0 || len(r.Values)/r.Width != r.Height || len(r.Values)%r.Width != 0 {
		return r, fmt.Errorf("folder: %s: %d values for %d by %d", path, len(r.Values), r.Width, r.Height)
	}
	return r, nil
}
