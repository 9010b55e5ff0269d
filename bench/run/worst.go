package run

import (
	"math"

	"siamtrack/bench/folder"
	"siamtrack/tracker"
)

// worstResponse keeps the response of the worst frame so far.
type worstResponse struct {
	found   bool
	overlap float64
	saved   folder.Response
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
	w.saved = folder.Response{Frame: i, Values: w.saved.Values[:0]}
	if r == nil {
		return
	}
	w.saved.Width, w.saved.Height, w.saved.Area = r.Width, r.Height, r.Area
	for _, v := range r.Values[:r.Width*r.Height] {
		w.saved.Values = append(w.saved.Values, byte(255*math.Min(math.Max(float64(v), 0), 1)))
	}
}

// write writes what was kept, nothing where no frame had a response.
func (w *worstResponse) write(to folder.File) error {
	if !w.found || w.saved.Width == 0 {
		return nil
	}
	return w.saved.Write(to)
}
