package folder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"siamtrack/internal/atomicfile"
	"siamtrack/internal/numfile"
	"siamtrack/internal/readfile"
)

// TimingFile is the name of the file in which a timed run sums up its times.
const TimingFile = "timing.json"

// Stages lists the columns of a timing file, in seconds: waiting for the decoded frame, the update as a whole, and its
// parts where the tracker tells them.
func Stages() []string { return []string{"read", "update", "crop", "embed", "correlate", "locate"} }

// StageTimes is one frame's times in the order of Stages.
type StageTimes [6]float64

// Timing is how long things took over a run. Starts (Init) and each sequence's first updates are left out of the
// percentiles.
type Timing struct {
	// Stages has each part's percentiles in milliseconds; parts that the tracker does not tell apart are not in it (a
	// network that correlates inside counts that under embed).
	Stages map[string]Stage `json:"stages"`
	// Updates is the number of updates, FPS the number divided by their total time, FPSMeanInverse the toolkits' mean
	// of 1/t over them.
	Updates        int     `json:"updates"`
	FPS            float64 `json:"fps"`
	FPSMeanInverse float64 `json:"fps_mean_inverse"`
	// WallFPS counts waiting for decoded frames too.
	WallFPS float64 `json:"wall_fps"`
	Machine Machine `json:"machine"`
}

// Stage is one part's times in milliseconds.
type Stage struct {
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
}

// Write writes the summary into a run's folder.
func (t Timing) Write(dir string) error {
	raw, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("folder: %s: %w", TimingFile, err)
	}
	return atomicfile.WriteUnder(dir, TimingFile, append(raw, '\n'))
}

// ReadTiming reads the summary of a run's folder. The error wraps fs.ErrNotExist where the run was not timed.
func ReadTiming(dir string) (Timing, error) {
	var t Timing
	path := filepath.Join(dir, TimingFile)
	raw, err := readfile.Plain(path, readfile.Small)
	if err != nil {
		return t, fmt.Errorf("folder: %w", err)
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, fmt.Errorf("folder: %s: %w", path, err)
	}
	return t, nil
}

// WriteStages writes a sequence's stage times, a line a frame.
func WriteStages(to File, frames []StageTimes) error {
	var b bytes.Buffer
	for _, s := range frames {
		for i, v := range s {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%.7f", v)
		}
		b.WriteByte('\n')
	}
	return to.Write(b.Bytes())
}

// ReadStages reads a sequence's stage times.
func ReadStages(path string) ([]StageTimes, error) {
	rows, err := numfile.ReadMatrix(path, len(StageTimes{}))
	if err != nil {
		return nil, fmt.Errorf("folder: timing: %w", err)
	}
	out := make([]StageTimes, len(rows))
	for i, r := range rows {
		out[i] = StageTimes(r.Values)
	}
	return out, nil
}
