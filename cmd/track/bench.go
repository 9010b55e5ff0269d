package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"siamtrack"

	"github.com/spf13/cobra"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	benchrun "siamtrack/bench/run"
	"siamtrack/capture"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

// benchFlags are the flags of track bench.
type benchFlags struct {
	modelFlags
	out        string
	name       string
	format     string
	sequences  string
	experiment string
	shard      string
	jobs       int
	repeat     int
	timing     bool
}

// newBenchCmd returns `track bench`.
func newBenchCmd() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "bench DATASET... --out RUN",
		Short: "Run a tracker over benchmarks, resumable",
		Long: "bench tracks every sequence of a benchmark and writes raw tracks, times and a manifest to RUN, as each one\n" +
			"is done. Stopped at any point, the same command goes on from the sequences that are whole. With several\n" +
			"datasets each has its own folder in RUN. Score the run with track eval.",
		Example: "  track bench OTB100 --out runs/otb\n" +
			"  track bench GOT-10k/val --model nanotrackv3 --jobs 4 --out runs/got\n" +
			"  track bench OTB100 --timing --out runs/speed\n" +
			"  track bench OTB100 --shard 0/4 --out runs/otb-0",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.register(cmd)
	cmd.AddCommand(newBenchCheckCmd(), newBenchMergeCmd(), newBenchArchiveCmd(), newBenchLongTermCmd())
	return cmd
}

// register adds the flags.
func (f *benchFlags) register(cmd *cobra.Command) {
	f.modelFlags.register(cmd)
	f.loop.register(cmd)
	fl := cmd.Flags()
	fl.StringVarP(&f.out, "out", "o", "", "the run's `folder`; what is whole in it is not done again")
	fl.StringVar(&f.name, "name", "", "the tracker's `name` in tables (default: the model's)")
	fl.StringVar(&f.format, "format", "", "the dataset's layout, detected where not given: "+joined(dataset.Formats()))
	fl.StringVar(&f.sequences, "sequences", "", "only these: names with commas between, or a `file` of names")
	fl.StringVar(&f.experiment, "experiment", "", "what is done with each sequence: "+joined(folder.Experiments())+
		" (default: the benchmark's own)")
	fl.StringVar(&f.shard, "shard", "", "run share `I/N` only, I counted from 0; track bench merge joins the shares")
	fl.IntVarP(&f.jobs, "jobs", "j", 1, "sequences side by side")
	fl.IntVar(&f.repeat, "repeat", 1, "repetitions of each sequence; ones that differ end with an error")
	fl.BoolVar(&f.timing, "timing", false,
		"time each stage: one sequence at a time, frames decoded ahead; print the times as JSON")
}

// check refuses what cannot be meant of runs on datasets.
func (f *benchFlags) check(datasets []string) error {
	if f.out == "" {
		return usagef("--out is missing: the folder for the run")
	}
	if st, err := os.Stat(f.out); err == nil && !st.IsDir() {
		return usagef("--out %s: that is a file: a folder is needed for the run", f.out)
	}
	for _, root := range datasets {
		out, errOut := os.Stat(f.out)
		in, errIn := os.Stat(root)
		if errOut == nil && errIn == nil && os.SameFile(out, in) {
			return usagef("--out %s is the dataset: name another folder, so that no file of it is written over", f.out)
		}
	}
	if f.jobs < 1 || f.repeat < 1 {
		return usagef("--jobs and --repeat are at least 1")
	}
	if f.timing && f.jobs > 1 {
		return usagef("--timing runs one sequence at a time: leave --jobs away")
	}
	if err := oneOf("experiment", f.experiment, folder.Experiments()); err != nil {
		return err
	}
	return oneOf("format", f.format, dataset.Formats())
}

// run runs the benchmark on each dataset.
func (f *benchFlags) run(cmd *cobra.Command, args []string) (err error) {
	if err := f.check(args); err != nil {
		return err
	}
	var shard folder.Shard
	if f.shard != "" {
		if shard, err = folder.ParseShard(f.shard); err != nil {
			return wrongUse(err)
		}
	}
	names, err := sequenceNames(f.sequences)
	if err != nil {
		return err
	}
	model, err := f.open(cmd) // its own tracker shows, before anything is written, that it can track
	if err != nil {
		return err
	}
	defer closeInto(model, &err)
	about, err := f.describe(cmd, model.model)
	if err != nil {
		return err
	}
	o := benchrun.Options{
		Tracker: about, New: trackers(model.model), Team: teams(model.model), Open: f.opener(),
		Experiment: folder.Experiment(f.experiment), Jobs: f.jobs, Timing: f.timing, Repeat: f.repeat, Shard: shard,
	}
	outs := runFolders(f.out, args)
	for i, root := range args {
		d, err := dataset.Open(root, dataset.Options{Format: dataset.Format(f.format), Sequences: names})
		if err != nil {
			return err
		}
		sayDataset(cmd, d)
		o.Out = outs[i]
		if err := runOne(cmd, d, o); err != nil {
			return err
		}
	}
	return nil
}

// runOne runs one dataset with a progress bar, and says what was done.
func runOne(cmd *cobra.Command, d *dataset.Dataset, o benchrun.Options) error {
	bar := newRunBar(cmd)
	o.Progress = bar.update
	sum, err := benchrun.Run(cmd.Context(), d, o)
	bar.close()
	if !errors.Is(err, folder.ErrOtherRun) { // nothing was begun
		logger(cmd).Info("bench", "dataset", d.Name, "layout", d.Format, "sequences", sum.Done, "already there", sum.Skipped,
			"frames", sum.Frames, "out", o.Out)
	}
	if sum.Timing != nil {
		if e := json.NewEncoder(cmd.OutOrStdout()).Encode(sum.Timing); err == nil {
			err = e
		}
	}
	return err
}

// opener opens frames through capture, ahead of their use where times are taken.
func (f *benchFlags) opener() benchrun.Opener {
	return func(files []string) (tracker.Source, error) {
		src, err := capture.OpenFiles(files, capture.Options{})
		if err != nil {
			return nil, err
		}
		if f.timing {
			return capture.Prefetch(src, capture.Ahead(src.Info().Width, src.Info().Height)), nil
		}
		return src, nil
	}
}

// trackers makes trackers over one model, one a goroutine.
func trackers(model *siamtrack.Model) benchrun.Factory {
	return func(context.Context) (tracker.Tracker, io.Closer, error) {
		t, err := model.Tracker()
		if err != nil {
			return nil, nil, err
		}
		return t, t, nil
	}
}

// teams makes teams of one model's trackers.
func teams(model *siamtrack.Model) benchrun.TeamFactory {
	return func() (tracker.Team, io.Closer) {
		t := model.Team()
		return t, t
	}
}

// describe says for the manifest what the tracker is.
func (f *benchFlags) describe(cmd *cobra.Command, model *siamtrack.Model) (folder.About, error) {
	m := model.Manifest()
	parameters, err := json.Marshal(m)
	if err != nil {
		return folder.About{}, fmt.Errorf("describe the model: %w", err)
	}
	about := folder.About{Tracker: m.Name, Model: f.model, Parameters: parameters, Versions: map[string]string{
		"track": versionLine(), "onnxruntime": model.RuntimeVersion(), "opencv": capture.OpenCVVersion(),
		"threads": fmt.Sprint(f.threads),
	}}
	if named := f.loop.overrides(cmd).Named(); len(named) > 0 {
		about.Overrides = named
	}
	if p, _ := model.Provider(); p != onnx.ProviderCPU {
		about.Versions["provider"] = string(p)
	}
	if f.name != "" {
		about.Tracker = f.name
	}
	about.SHA256, err = model.Hash()
	return about, err
}
