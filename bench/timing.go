package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"siamtrack/bench/metric"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/numfile"
	"siamtrack/tracker"
)

// warmUp is the number of updates at a sequence's begin that percentiles leave out: caches fill, buffers grow.
const warmUp = 10

// stageNames are the columns of a timing file, in seconds: waiting for the decoded frame, the update as a whole, and
// its parts where the tracker tells them.
func stageNames() []string { return []string{"read", "update", "crop", "embed", "correlate", "locate"} }

// stageTimes is one frame's times in the order of stageNames.
type stageTimes [6]float64

// timesOf reads the clock of a step.
func timesOf(t tracker.Tracker, step tracker.Step, waited time.Duration) stageTimes {
	out := stageTimes{waited.Seconds(), step.Elapsed.Seconds()}
	if st, ok := t.(tracker.StageTimer); ok && !step.Initial {
		s := st.Stages()
		out[2], out[3], out[4], out[5] = s.Crop.Seconds(), s.Embed.Seconds(), s.Correlate.Seconds(), s.Locate.Seconds()
	}
	return out
}

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

// writeStages writes a sequence's stage times, a line a frame.
func writeStages(path string, stages []stageTimes) error {
	var b bytes.Buffer
	for _, s := range stages {
		for i, v := range s {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%.7f", v)
		}
		b.WriteByte('\n')
	}
	return atomicfile.Write(path, b.Bytes())
}

// writeTiming sums up the stage times of all sequences that are whole, those of earlier calls too, into timing.json.
func (r *runner) writeTiming() (*Timing, error) {
	var all [6][]float64
	var updates []float64
	var wall float64
	for i := range r.data.Sequences {
		path := r.files.stages(r.data.Sequences[i].Name)
		if _, err := os.Stat(path); err != nil {
			continue // of another shard, or failed
		}
		rows, err := numfile.ReadMatrix(path, len(stageNames()))
		if err != nil {
			return nil, fmt.Errorf("bench: timing: %w", err)
		}
		for n, row := range rows {
			if n == 0 {
				continue // the start
			}
			updates = append(updates, row.Values[1])
			wall += row.Values[0] + row.Values[1]
			if n <= warmUp {
				continue
			}
			for j, v := range row.Values {
				all[j] = append(all[j], v*1000)
			}
		}
	}
	speed := metric.Speed(updates)
	t := &Timing{Stages: map[string]Stage{}, Updates: len(updates), FPS: speed.Rate,
		FPSMeanInverse: speed.MeanInverse, Machine: ThisMachine()}
	if wall > 0 {
		t.WallFPS = float64(len(updates)) / wall
	}
	for i, name := range stageNames() {
		told := slices.ContainsFunc(all[i], func(v float64) bool { return v > 0 })
		if p := metric.Percentiles(all[i], 0.50, 0.95, 0.99); told {
			t.Stages[name] = Stage{p[0], p[1], p[2]}
		}
	}
	raw, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("bench: timing: %w", err)
	}
	return t, atomicfile.Write(filepath.Join(r.Out, "timing.json"), append(raw, '\n'))
}
