package bench

import (
	"encoding/json"
	"fmt"
	"math"

	"siamtrack/internal/atomicfile"
	"siamtrack/tracker"
)

// SavedResponse is a response map as a run keeps it for reports: of the frame with the least overlap of each sequence.
type SavedResponse struct {
	Frame  int         `json:"frame"` // counted from 0
	Width  int         `json:"width"`
	Height int         `json:"height"`
	Area   tracker.Box `json:"area"`   // in pixels of the frame
	Values []byte      `json:"values"` // row by row, 255 for 1
}

// worstResponse keeps the response of the worst frame so far.
type worstResponse struct {
	found   bool
	overlap float64
	saved   SavedResponse
}

// consider keeps the response of frame i if its overlap with the truth is the least so far. A frame without truth has
// none; one without a response still counts as the worst.
func (w *worstResponse) consider(i int, box, truth tracker.Box, r *tracker.Response) {
	if truth.Empty() {
		return
	}
	o := box.IoU(truth)
	if w.found && o >= w.overlap {
		return
	}
	w.found, w.overlap = true, o
	w.saved = SavedResponse{Frame: i, Values: w.saved.Values[:0]}
	if r == nil {
		return
	}
	w.saved.Width, w.saved.Height, w.saved.Area = r.Width, r.Height, r.Area
	for _, v := range r.Values[:r.Width*r.Height] {
		w.saved.Values = append(w.saved.Values, byte(255*math.Min(math.Max(float64(v), 0), 1)))
	}
}

// write writes what was kept, nothing where no frame had a response.
func (w *worstResponse) write(path string) error {
	if !w.found || w.saved.Width == 0 {
		return nil
	}
	raw, err := json.Marshal(w.saved)
	if err != nil {
		return fmt.Errorf("bench: response: %w", err)
	}
	return atomicfile.Write(path, append(raw, '\n'))
}
