package run

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/internal/clock"
	"siamtrack/tracker"
)

// warmUp is the number of updates at a sequence's begin that percentiles leave out: caches fill, buffers grow.
const warmUp = 10

// timesOf reads the clocks of a step, waited being how long the loop waited for its frame. A start has no parts.
func timesOf(step tracker.Step, waited time.Duration) folder.StageTimes {
	s, updates := clock.StagesOf(step)
	if updates == 0 {
		s.Update = step.Elapsed()
	}
	return folder.StageTimes{waited.Seconds(), s.Update.Seconds(), s.Crop.Seconds(), s.Embed.Seconds(),
		s.Correlate.Seconds(), s.Locate.Seconds()}
}

// writeTiming sums up the stage times of all sequences that are whole, those of earlier calls too.
func (r *runner) writeTiming() (*folder.Timing, error) {
	var sum timingSum
	for i := range r.data.Sequences {
		path := r.files.Stages(r.data.Sequences[i].Name).Path()
		if _, err := os.Stat(path); err != nil {
			continue // of another shard, or failed
		}
		frames, err := folder.ReadStages(path)
		if err != nil {
			return nil, err
		}
		sum.add(frames)
		load, err := folder.ReadLoad(r.files.Load(r.data.Sequences[i].Name).Path())
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // a run of before that was measured
			return nil, err
		}
		sum.load.CPU += load.CPU
		sum.load.Wall += load.Wall
	}
	t := sum.timing()
	return &t, t.Write(r.Out)
}

// timingSum gathers the times of sequences.
type timingSum struct {
	updates []float64    // seconds
	wall    float64      // seconds, waiting for frames included
	warm    [6][]float64 // milliseconds of each stage, without the first updates
	load    folder.Load
}

// add adds a sequence. Its first frame is the start, which is no update.
func (s *timingSum) add(frames []folder.StageTimes) {
	for n, f := range frames {
		if n == 0 {
			continue
		}
		s.updates = append(s.updates, f[1])
		s.wall += f[0] + f[1]
		if n <= warmUp {
			continue
		}
		for j, v := range f {
			s.warm[j] = append(s.warm[j], v*1000)
		}
	}
}

// timing sums up.
func (s *timingSum) timing() folder.Timing {
	speed := metric.Speed(s.updates)
	t := folder.Timing{Stages: map[string]folder.Stage{}, Updates: len(s.updates), FPS: speed.Rate,
		FPSMeanInverse: speed.MeanInverse, Machine: folder.ThisMachine()}
	if s.wall > 0 {
		t.WallFPS = float64(len(s.updates)) / s.wall
	}
	if s.load.Wall > 0 {
		t.CPUShare = s.load.CPU / s.load.Wall
	}
	for i, name := range folder.Stages() {
		told := slices.ContainsFunc(s.warm[i], func(v float64) bool { return v > 0 })
		if p := metric.Percentiles(s.warm[i], 0.50, 0.95, 0.99); told {
			t.Stages[name] = folder.Stage{P50: p[0], P95: p[1], P99: p[2]}
		}
	}
	return t
}
