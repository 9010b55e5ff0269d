package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/internal/plural"
)

// Options says how a benchmark is run.
type Options struct {
	// Out is the run's folder; what is whole in it is not done again.
	Out string
	// Tracker describes what is run: its Tracker, Model, SHA256, Parameters and Versions are used.
	Tracker folder.About
	New     Factory
	// Team makes what searches frames for the trackers of several targets; nil where each searches for itself.
	Team TeamFactory
	Open Opener
	// Experiment is empty for the benchmark's own: supervised for VOT, multistart where it has anchors, longterm for
	// VOT-LT, ope for all others.
	Experiment folder.Experiment
	// Jobs is the number of sequences run side by side, at least 1. With Timing it must be 1.
	Jobs   int
	Timing bool
	// Repeat is the number of repetitions, at least 1. VOT's reset-based experiment stops after three that are equal.
	Repeat int
	Shard  folder.Shard
	// Progress is called after each frame, one call at a time; nil for none.
	Progress func(Progress)
}

// Progress says how far a run is.
type Progress struct {
	Sequence string
	// Frames is the number of frames done in this call of Run, Total that to be done.
	Frames, Total int
	// Sequences are those that are whole, of Of.
	Sequences, Of int
}

// Summary is what a call of Run did.
type Summary struct {
	// Done were run, Skipped were whole already.
	Done, Skipped int
	Frames        int
	// Timing is nil unless it was asked for.
	Timing *folder.Timing
	// Differing names the sequences whose repetitions differ.
	Differing []string
}

// runner is one call of Run.
type runner struct {
	Options
	data  *dataset.Dataset
	files folder.Paths

	manifest folder.About

	mu       sync.Mutex
	progress Progress
	summary  Summary
	errs     []error
}

// Run runs a tracker over a benchmark. A sequence that fails does not stop the others; its error is among those
// returned. When ctx is cancelled, sequences that are not whole leave nothing behind.
func Run(ctx context.Context, d *dataset.Dataset, o Options) (Summary, error) {
	r := &runner{Options: o, data: d}
	if err := r.settle(); err != nil {
		return Summary{}, err
	}
	todo, err := r.plan()
	if err != nil {
		return Summary{}, err
	}
	work := make(chan *dataset.Sequence)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for range min(r.Jobs, max(1, len(todo))) {
		wg.Go(func() {
			if err := r.work(ctx, work); err != nil {
				cancel(err)
			}
		})
	}
feed:
	for _, s := range todo {
		select {
		case work <- s:
		case <-ctx.Done():
			break feed
		}
	}
	close(work)
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return r.summary, errors.Join(append(r.errs, err)...)
	}
	return r.finish()
}

// settle fills in what was left open and refuses what cannot be meant.
func (r *runner) settle() error {
	r.Jobs, r.Repeat = max(r.Jobs, 1), max(r.Repeat, 1)
	if r.Timing && r.Jobs > 1 {
		return fmt.Errorf("bench: %d jobs would disturb each other's times: %w", r.Jobs, folder.ErrUse)
	}
	if r.Experiment == "" {
		r.Experiment = folder.DefaultExperiment(r.data)
	}
	var err error
	r.files, err = folder.NewPaths(r.Out, r.data.Format, r.Experiment)
	return err
}

// plan claims the folder and lists the sequences that are not whole.
func (r *runner) plan() ([]*dataset.Sequence, error) {
	m := r.Tracker
	m.Dataset, m.Format, m.Experiment = r.data.Name, r.data.Format, r.Experiment
	m.Repeat, m.Timing, m.Shard, m.Machine = r.Repeat, r.Timing, r.Shard, folder.ThisMachine()
	m.Sequences = map[string]string{}
	var todo []*dataset.Sequence
	for _, i := range r.Shard.Share(r.data.Sequences) {
		s := &r.data.Sequences[i]
		m.Sequences[s.Name] = folder.Digest(s)
		if r.files.Whole(s.Name) {
			r.summary.Skipped++
			continue
		}
		todo = append(todo, s)
		r.progress.Total += r.frames(s)
	}
	r.progress.Sequences, r.progress.Of = r.summary.Skipped, r.summary.Skipped+len(todo)
	var err error
	if r.manifest, err = m.Claim(r.Out); err != nil {
		return nil, err
	}
	for _, name := range r.manifest.Differing { // found by an earlier call
		if _, ok := m.Sequences[name]; ok {
			r.summary.Differing = append(r.summary.Differing, name)
		}
	}
	return todo, nil
}

// frames counts the frames to be run in a sequence, all repetitions and starts.
func (r *runner) frames(s *dataset.Sequence) int {
	n := s.Len()
	if files, err := s.Frames(); err == nil && n == 1 {
		n = len(files)
	}
	if r.Experiment == folder.MultiStart {
		n = 0
		for _, a := range s.Starts() {
			n += a.Length(s.Len())
		}
	}
	return n * r.Repeat
}

// work runs sequences until there are none left. An error of its own is one that every sequence would meet.
func (r *runner) work(ctx context.Context, todo <-chan *dataset.Sequence) (err error) {
	t, closer, err := r.New(ctx)
	if err != nil {
		return fmt.Errorf("bench: make the tracker: %w", err)
	}
	if closer != nil {
		defer func() { err = errors.Join(err, closer.Close()) }()
	}
	for s := range todo {
		err := r.sequence(ctx, t, s)
		if ctx.Err() != nil {
			return nil // cut short, and said so by Run
		}
		r.mu.Lock()
		if err != nil {
			r.errs = append(r.errs, fmt.Errorf("bench: sequence %s: %w", s.Name, err))
		} else {
			r.summary.Done++
			r.progress.Sequences++
		}
		r.mu.Unlock()
	}
	return nil
}

// tick counts a frame.
func (r *runner) tick(s *dataset.Sequence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.summary.Frames++
	r.progress.Frames++
	r.progress.Sequence = s.Name
	if r.Progress != nil {
		r.Progress(r.progress)
	}
}

// differ notes a sequence whose repetitions are not equal, in the manifest too: who goes on with the run learns it.
func (r *runner) differ(s *dataset.Sequence) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.manifest.Differing, s.Name) {
		return nil
	}
	r.summary.Differing = append(r.summary.Differing, s.Name)
	r.manifest.Differing = append(r.manifest.Differing, s.Name)
	return r.manifest.Write(r.Out)
}

// finish sums up.
func (r *runner) finish() (Summary, error) {
	errs := r.errs
	if r.Timing {
		t, err := r.writeTiming()
		r.summary.Timing = t
		if err != nil {
			errs = append(errs, err)
		}
	}
	if n := len(r.summary.Differing); n > 0 {
		errs = append(errs, fmt.Errorf("bench: %s, %v first: %w", plural.Of(n, "sequence"), r.summary.Differing[0],
			ErrNotDeterministic))
	}
	return r.summary, errors.Join(errs...)
}
