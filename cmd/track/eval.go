package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/bench/mot"
	reports "siamtrack/bench/report"
	"siamtrack/bench/score"
)

// evalFlags are the flags that say what is scored and how; track report shares them.
type evalFlags struct {
	dataset    string
	format     string
	sequences  string
	convention string
	experiment string
	eao        string
	skip       bool
	tolerant   bool
	jobs       int
	than       string // track eval's alone
}

// register adds the flags to a command.
func (f *evalFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.dataset, "dataset", "", "the benchmark's `folder` (or pysot's JSON file)")
	fl.StringVar(&f.format, "format", "", "its layout, detected where not given: "+joined(dataset.Formats()))
	fl.StringVar(&f.sequences, "sequences", "", "only these: names with commas between, or a `file` of names")
	fl.StringVar(&f.convention, "convention", "", "toolkit to follow: "+joined(metric.Conventions())+
		" (default got10k; lasot and trackingnet on their own benchmarks; VOT: vot or pysot, "+
		"which its JSON files default to; several targets: trackeval or motmetrics)")
	fl.StringVar(&f.experiment, "experiment", "",
		"VOT's: supervised, realtime, unsupervised, multistart, longterm; or ope, mot")
	fl.StringVar(&f.eao, "eao", "",
		"lengths that EAO averages, `LOW:HIGH`; by the dataset's name (vot2018) where not given")
	fl.BoolVar(&f.skip, "skip-missing", false,
		"score each tracker on the sequences it has, where a missing one is an error")
	fl.BoolVar(&f.tolerant, "tolerant", false,
		"score results of other lengths, and with sequences missing, by the toolkit's own rule, and say what was done")
	fl.IntVar(&f.jobs, "jobs", 0, "sequences scored at a time (default: one a processor)")
}

// joined lists names for a flag's help.
func joined[T ~string](names []T) string {
	s := make([]string, len(names))
	for i, n := range names {
		s[i] = string(n)
	}
	return strings.Join(s, ", ")
}

// oneOf refuses the value of a flag that is none of those allowed; an empty one means the flag's default.
func oneOf[T ~string](flag, value string, allowed []T) error {
	if value == "" || slices.Contains(allowed, T(value)) {
		return nil
	}
	return usagef("--%s %q: one of %s is expected", flag, value, joined(allowed))
}

// tableFlags say how tables are written on standard output.
type tableFlags struct{ table, by string }

// register adds the flags to a command.
func (t *tableFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&t.table, "table", string(reports.Console),
		"how tables are written on stdout: "+joined(reports.TableFormats()))
	fl.StringVar(&t.by, "by", "",
		"a table a sequence, attribute or target as well: sequence, attribute, sequence:MEASURE (ao ...), target")
}

// check refuses what cannot be meant, before anything is scored.
func (t *tableFlags) check() error {
	if kind, _, _ := strings.Cut(t.by, ":"); !slices.Contains([]string{"", "sequence", "attribute", "target"}, kind) {
		return usagef("--by %q: sequence, attribute or target is expected", t.by)
	}
	return oneOf("table", t.table, reports.TableFormats())
}

// errNoDataset is that of a command that needs a dataset and was told none.
var errNoDataset = usagef("--dataset is missing: the folder of the benchmark")

// open reads the dataset that the flags name.
func (f *evalFlags) open() (*dataset.Dataset, error) {
	if f.dataset == "" {
		return nil, errNoDataset
	}
	if err := oneOf("format", f.format, dataset.Formats()); err != nil {
		return nil, err
	}
	names, err := sequenceNames(f.sequences)
	if err != nil {
		return nil, err
	}
	return dataset.Open(f.dataset, dataset.Options{Format: dataset.Format(f.format), Sequences: names})
}

// options turns the flags into those of score.
func (f *evalFlags) options() (score.Options, error) {
	o := score.Options{Experiment: folder.Experiment(f.experiment), SkipMissing: f.skip, Tolerant: f.tolerant,
		Jobs: f.jobs}
	if err := oneOf("experiment", f.experiment, folder.Experiments()); err != nil {
		return o, err
	}
	switch f.convention {
	case "":
	case string(metric.VOTPython):
		o.Toolkit = metric.VOTPython
	case string(mot.TrackEval), string(mot.MotMetrics):
		o.Several = mot.Toolkit(f.convention)
	default:
		c, err := metric.ParseConvention(f.convention)
		if err != nil {
			return o, wrongUse(err)
		}
		o.Convention = c
		if c == metric.PySOT {
			o.Toolkit = metric.VOTPySOT
		}
	}
	if f.eao != "" {
		low, high, ok := strings.Cut(f.eao, ":")
		l, errLow := strconv.Atoi(low)
		h, errHigh := strconv.Atoi(high)
		if !ok || errLow != nil || errHigh != nil || l < 1 || h < l {
			return o, usagef("--eao %q: LOW:HIGH, two lengths in frames, is expected", f.eao)
		}
		o.EAO = &metric.EAOInterval{Low: l, High: h}
	}
	return o, nil
}

// sequenceNames reads --sequences: a file of names, or the names themselves.
func sequenceNames(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	if st, err := os.Stat(s); err == nil && st.Mode().IsRegular() {
		return dataset.ReadNames(s)
	}
	return strings.Split(s, ","), nil
}

// newEvalCmd returns `track eval`.
func newEvalCmd() *cobra.Command {
	var flags evalFlags
	var tables tableFlags
	var jsonFile, truth string
	var tracks []string
	cmd := &cobra.Command{
		Use:   "eval --dataset DIR RESULTS... | eval --gt FILE --pred FILE",
		Short: "Score trackers' result files on a benchmark",
		Long: "eval scores result files of any tracker, in the formats of OTB, GOT-10k, VOT and MOTChallenge. RESULTS are " +
			"folders of\n" +
			"results, folders of such folders, or NAME=FOLDER. The best tracker comes first. --gt and --pred score single\n" +
			"files, in any format that track file writes or reads.",
		Example: "  track eval --dataset OTB100 results/OTB100/*\n" +
			"  track eval --dataset GOT-10k/val --json scores.json ours=runs/a\n" +
			"  track eval --dataset starts runs/* --than before\n" +
			"  track eval --dataset vot2018 --convention pysot results/\n" +
			"  track eval --gt groundtruth.txt --pred out.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(tables.check(), checkResult("json", jsonFile, jsonWith("trackers"))); err != nil {
				return err
			}
			var ev *score.Evaluation
			var err error
			switch {
			case truth != "" || len(tracks) > 0:
				ev, err = evaluateFiles(cmd, &flags, truth, tracks, args)
			case len(args) == 0:
				return usagef("no results: name their folders, or single files with --gt and --pred")
			default:
				_, ev, err = evaluate(cmd, &flags, args)
			}
			if err != nil {
				return err
			}
			if jsonFile != "" {
				err = score.WriteJSON(jsonFile, ev)
			}
			err = errors.Join(err, tables.print(cmd, ev))
			if flags.than != "" && err == nil {
				err = tables.pairs(cmd, ev, flags.than)
			}
			return err
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&truth, "gt", "", "`file` of true boxes, to score single files")
	cmd.Flags().StringArrayVar(&tracks, "pred", nil, "`file` of a tracker's boxes; may be given again")
	cmd.Flags().StringVar(&flags.than, "than", "",
		"a table of how much better each other tracker is than the one of this `name`, too: mean\n"+
			"overlap paired by target, sequences NAME.START being starts of one target (make-starts.py)")
	cmd.Flags().StringVar(&jsonFile, "json", "", "write all scores, per sequence too, to this `file`")
	tables.register(cmd)
	return cmd
}

// evaluate opens the dataset, finds the results and scores them.
func evaluate(cmd *cobra.Command, flags *evalFlags, args []string) (*dataset.Dataset,
	*score.Evaluation, error) {
	o, err := flags.options()
	if err != nil {
		return nil, nil, err
	}
	d, err := flags.open()
	if err != nil {
		return nil, nil, err
	}
	sayDataset(cmd, d)
	entries, err := score.Find(d, args)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	if err := oneOf("than", flags.than, names); err != nil { // before minutes of scoring
		return nil, nil, err
	}
	ev, err := score.Evaluate(cmd.Context(), d, entries, o)
	if err != nil {
		return nil, nil, err
	}
	warnAdjusted(cmd, ev)
	return d, ev, nil
}

// pairs writes the table asked for by --than, under the others.
func (t *tableFlags) pairs(cmd *cobra.Command, ev *score.Evaluation, than string) error {
	fmt.Fprintln(cmd.OutOrStdout())
	return reports.Pairs(cmd.OutOrStdout(), ev, than, reports.TableFormat(t.table))
}

// print writes the table of trackers, and the one asked for by --by.
func (t *tableFlags) print(cmd *cobra.Command, ev *score.Evaluation) error {
	out, f := cmd.OutOrStdout(), reports.TableFormat(t.table)
	logger(cmd).Info("scored", "dataset", ev.Dataset, "layout", ev.Format, "protocol", ev.Protocol,
		"convention", ev.Convention, "sequences", ev.Sequences, "frames", ev.Frames)
	if err := reports.Trackers(out, ev, f); err != nil {
		return err
	}
	if len(ev.Trackers) > 1 && f == reports.Console {
		if err := reports.Lead(out, ev); err != nil {
			return err
		}
	}
	kind, measure, _ := strings.Cut(t.by, ":")
	if kind == "" {
		return nil
	}
	fmt.Fprintln(out)
	switch kind {
	case "sequence":
		return reports.Sequences(out, ev, measure, f)
	case "target":
		return reports.Targets(out, ev, f)
	}
	return reports.Attributes(out, ev, measure, f)
}
