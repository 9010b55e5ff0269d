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
	// CPUShare is the processors that the program kept busy, on average, while it tracked: its processor time divided by
	// the time that passed. Below what the tracker's threads can use, others had the machine, and FPS says too little.
	// It is 0 where the system does not tell.
	CPUShare float64 `json:"cpu_share,omitempty"`
	Machine  Machine `json:"machine"`
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

// Load is what a sequence cost, in seconds: processor time of the whole program, and time that passed.
type Load struct{ CPU, Wall float64 }

// Write writes a sequence's load.
func (l Load) Write(f File) error {
	return f.Write([]byte(fmt.Sprintf("%.6f,%.6f\n", l.CPU, l.Wall)))
}

// ReadLoad reads a sequence's load. The error wraps fs.ErrNotExist where none was measured.
func ReadLoad(path string) (Load, error) {
	rows, err := numfile.ReadMatrix(path, 2)
	if err == nil && len(rows) != 1 {
		err = numfile.Errorf(path, 1, "%d lines where one is expected", len(rows))
	}
	if err != nil {
		return Load{}, fmt.Errorf("folder: load: %w", err)
	}
	return Load{rows[0].Values[0], rows[0].Values[1]}, nil
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
