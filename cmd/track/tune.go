package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack"
	"siamtrack/bench/dataset"
	"siamtrack/bench/metric"
	"siamtrack/capture"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/plural"
	"siamtrack/internal/tune"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// tuneFlags are the flags of `track tune`.
type tuneFlags struct {
	modelFlags
	format, sequences string
	parameters        []string
	candidates, folds int
	halving, jobs     int
	seed              uint64
	out               string
	searched          []tune.Parameter
	videos            [][]int
	model             *siamtrack.Model
	data              *dataset.Dataset
}

// newTuneCmd returns `track tune`.
func newTuneCmd() *cobra.Command {
	var f tuneFlags
	cmd := &cobra.Command{
		Use:   "tune DATASET",
		Short: "Search a model's loop parameters, and say what the find is worth on other sequences",
		Long: "tune draws loops at random and compares them with the model's own by the mean AUC over a benchmark's\n" +
			"sequences. Few loops survive from a few sequences to all (--halving).\n\n" +
			"What is best on some sequences need not be on others: each fold of the sequences is held out once, the loop is\n" +
			"chosen on the rest, and the gain on what was held out is what counts. Targets of one video stay together. Use\n" +
			"sequences that nothing else is reported on.",
		Example: "  track tune GOT-10k/train --sequences some.txt --jobs 4 -o loop.json\n" +
			"  track tune mine/ --candidates 60 --folds 5 --parameters window_influence,penalty_k,size_rate",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.modelFlags.register(cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.format, "format", "", "the dataset's layout, detected where not given: "+joined(dataset.Formats()))
	fl.StringVar(&f.sequences, "sequences", "", "only these: names with commas between, or a `file` of names")
	fl.StringSliceVar(&f.parameters, "parameters", nil, "search these `names` of the manifest's loop (default: all)")
	fl.IntVar(&f.candidates, "candidates", 32, "loops that are compared, the model's own among them")
	fl.IntVar(&f.folds, "folds", 5, "parts of the sequences, each held out once")
	fl.IntVar(&f.halving, "halving", 3, "let one loop in so many go on to so many times more sequences; 1: all see all")
	fl.Uint64Var(&f.seed, "seed", 1, "of what is drawn at random")
	fl.IntVarP(&f.jobs, "jobs", "j", 1, "sequences side by side")
	fl.StringVarP(&f.out, "out", "o", "", "write what was found as JSON to this `file`")
	return cmd
}

// run searches and says what was found.
func (f *tuneFlags) run(cmd *cobra.Command, root string) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	names, err := sequenceNames(f.sequences)
	if err != nil {
		return err
	}
	if f.data, err = dataset.Open(root, dataset.Options{Format: dataset.Format(f.format), Sequences: names}); err != nil {
		return err
	}
	sayDataset(cmd, f.data)
	if f.videos, err = videosOf(f.data); err != nil {
		return err
	}
	if f.model, err = f.load(cmd); err != nil {
		return err
	}
	defer closeInto(f.model, &err)
	m := f.model.Manifest()
	if f.searched, err = tune.Pick(tune.Parameters(m.Kind), f.parameters); err != nil {
		return wrongUse(fmt.Errorf("--parameters: %w", err))
	}
	found, err := tune.Search(cmd.Context(), f.videos, tune.Options{
		Base: m.Loop, Parameters: f.searched, Candidates: f.candidates, Folds: f.folds, Halving: f.halving, Seed: f.seed,
		Jobs: f.jobs, Score: f.score, Progress: func(runs int) {
			if runs%100 == 0 {
				logger(cmd).Info("searching", "runs", runs)
			}
		},
	})
	if errors.Is(err, tune.ErrOptions) {
		return wrongUse(err)
	}
	if err != nil {
		return err
	}
	if f.out != "" {
		err = f.write(found)
	}
	return errors.Join(err, f.print(cmd.OutOrStdout(), found))
}

// check refuses what cannot be meant.
func (f *tuneFlags) check() error {
	if f.candidates < 2 || f.folds < 2 || f.halving < 1 || f.jobs < 1 {
		return usagef("--candidates and --folds are at least 2, --halving and --jobs at least 1")
	}
	if err := checkResult("out", f.out, jsonWith("searched")); err != nil {
		return err
	}
	return oneOf("format", f.format, dataset.Formats())
}

// videosOf groups the targets of each video. Every sequence has to have a truth of one target in every frame's line.
func videosOf(d *dataset.Dataset) ([][]int, error) {
	at := map[string]int{}
	var out [][]int
	for i := range d.Sequences {
		s := &d.Sequences[i]
		if s.Objects != nil || s.Len() < 2 {
			return nil, wrongUse(fmt.Errorf("sequence %s: one target with a public truth is needed", s.Name))
		}
		dir := s.ImageDir()
		k, ok := at[dir]
		if !ok || dir == "" {
			k = len(out)
			at[dir], out = k, append(out, nil)
		}
		out[k] = append(out[k], i)
	}
	return out, nil
}

// score is the AUC of a loop on a sequence, by got10k's rules.
func (f *tuneFlags) score(ctx context.Context, l siamfc.LoopSpec, sequence int) (auc float64, err error) {
	s := &f.data.Sequences[sequence]
	files, err := s.Frames()
	if err != nil {
		return 0, err
	}
	t, err := f.model.TrackerWith(l)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	src, err := capture.OpenFiles(files, capture.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	var boxes []tracker.Box
	err = tracker.Run(ctx, src, t, tracker.RunOptions{Init: s.Truth[0]}, func(step tracker.Step) error {
		boxes = append(boxes, step.Targets[0].Result.Box)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("sequence %s: %w", s.Name, err)
	}
	o, err := metric.OnePass(metric.Track{Boxes: boxes, Truth: s.Truth, Absent: s.Absent}, metric.GOT10k)
	if err != nil {
		return 0, fmt.Errorf("sequence %s: %w", s.Name, err)
	}
	return o.AUC(), nil
}

// values writes the searched parameters of a loop.
func (f *tuneFlags) values(l siamfc.LoopSpec) string {
	var out []string
	for _, p := range f.searched {
		out = append(out, fmt.Sprintf("%s=%g", p.Name, p.Value(l)))
	}
	return strings.Join(out, " ")
}

// print writes a line a fold, and what follows from them.
func (f *tuneFlags) print(w io.Writer, r tune.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "fold  held out       chosen on the rest   on what was held out   chosen loop\n")
	for i, fold := range r.Folds {
		fmt.Fprintf(&b, "%d/%d   %-13s  %.3f (%+.3f)       %.3f (%+.3f)         %s\n", i+1, len(r.Folds),
			plural.Of(len(fold.Sequences), "sequence"), fold.Score, fold.Gain(), fold.Held, fold.HeldGain(), f.values(fold.Loop))
	}
	mean, spread := r.Gain()
	low, high := r.Folds[0].HeldGain(), r.Folds[0].HeldGain()
	for _, fold := range r.Folds {
		low, high = min(low, fold.HeldGain()), max(high, fold.HeldGain())
	}
	fmt.Fprintf(&b, "\nheld out: %+.3f AUC on average, %+.3f to %+.3f, standard deviation %.3f over %s, in %s\n", mean,
		low, high, spread, plural.Of(len(r.Folds), "fold"), plural.Of(r.Runs, "run"))
	fmt.Fprintf(&b, "best on all: %.3f (%+.3f, on what it was chosen on): %s\n", r.Best.Score, r.Best.Gain(),
		f.values(r.Best.Loop))
	switch {
	case r.Best.Gain() <= 0:
		b.WriteString("no loop is better than the model's own: keep it\n")
	case r.Everywhere():
		b.WriteString("it gains in every fold; try it on sequences that were not used here\n")
	default:
		b.WriteString("it does not gain in every fold: keep the model's own\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tuned is what --out holds.
type tuned struct {
	Model    string          `json:"model"`
	Dataset  string          `json:"dataset"`
	Searched []string        `json:"searched"`
	Loop     siamfc.LoopSpec `json:"loop"`
	AUC      float64         `json:"auc"`
	BaseAUC  float64         `json:"base_auc"`
	// HeldGain and Spread are over folds, of what was held out.
	HeldGain float64     `json:"held_out_gain"`
	Spread   float64     `json:"held_out_spread"`
	Folds    []tunedFold `json:"folds"`
}

// tunedFold is one fold of it.
type tunedFold struct {
	Sequences []string        `json:"held_out"`
	Loop      siamfc.LoopSpec `json:"loop"`
	Gain      float64         `json:"gain"`
	HeldGain  float64         `json:"held_out_gain"`
}

// write writes what was found.
func (f *tuneFlags) write(r tune.Result) error {
	t := tuned{Model: f.model.Manifest().Name, Dataset: f.data.Name, Loop: r.Best.Loop, AUC: r.Best.Score,
		BaseAUC: r.Best.Base}
	t.HeldGain, t.Spread = r.Gain()
	for _, p := range f.searched {
		t.Searched = append(t.Searched, p.Name)
	}
	for _, fold := range r.Folds {
		one := tunedFold{Loop: fold.Loop, Gain: fold.Gain(), HeldGain: fold.HeldGain()}
		for _, q := range fold.Sequences {
			one.Sequences = append(one.Sequences, f.data.Sequences[q].Name)
		}
		t.Folds = append(t.Folds, one)
	}
	raw, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	return atomicfile.WriteWithFolders(f.out, append(raw, '\n'))
}
