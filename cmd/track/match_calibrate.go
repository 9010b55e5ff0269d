package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/printable"
	"siamtrack/internal/readfile"
	"siamtrack/match"
	"siamtrack/match/calibrate"
)

// calibrateFlags are the flags of `track match calibrate`.
type calibrateFlags struct {
	matchFlags
	far    float64
	roc    string
	bound  bool
	dryRun bool
}

// newCalibrateCmd returns `track match calibrate`.
func newCalibrateCmd() *cobra.Command {
	var f calibrateFlags
	cmd := &cobra.Command{
		Use:   "calibrate PAIRS.csv",
		Short: "Pick the threshold of a model, a distance and a kind of picture from labelled pairs",
		Long: "calibrate measures the distances of labelled pairs of pictures, reports how well they tell same from\n" +
			"different, stores the largest threshold that accepts at most --far of the different pairs, and draws the ROC.\n\n" +
			"PAIRS.csv has a header a,b,same: two paths, relative to the file, and 1 or 0; columns box_a and box_b\n" +
			"(\"x,y,w,h\", or empty) compare parts of the pictures.",
		Example: "  track match calibrate pairs.csv --kind face --far 0.001\n" +
			"  track match calibrate pairs.csv --distance euclidean --dry-run --roc roc.png --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.Float64Var(&f.far, "far", 0.01, "false accept rate that the threshold may have, `0..1`")
	fl.StringVar(&f.roc, "roc", "", "`file` for the drawn ROC, ."+strings.Join(calibrate.PlotFormats(), ", .")+
		" (default: PAIRS-MODEL-DISTANCE.svg in the working folder)")
	fl.BoolVar(&f.bound, "bound", false, "too few pairs to judge this kind by: store the threshold only as one that\n"+
		"pictures of no known kind are not called the same beyond")
	fl.BoolVar(&f.dryRun, "dry-run", false, "report only: store no threshold, and draw only what --roc names")
	return cmd
}

// calibration is what is said of a model, a distance and a file of pairs.
type calibration struct {
	Model    string         `json:"model"`
	Kind     match.Kind     `json:"kind"`
	Distance match.Distance `json:"comparison"`
	calibrate.Report
	Stored string `json:"stored,omitempty"`
	ROC    string `json:"roc,omitempty"`
}

func (f *calibrateFlags) run(cmd *cobra.Command, path string) (err error) {
	if !(f.far >= 0 && f.far <= 1) {
		return usagef("--far %v: a share, 0 to 1, is expected", f.far)
	}
	pairs, err := readPairs(cmd.Context(), path)
	if err == nil {
		err = f.checkROC(pairs)
	}
	if err != nil {
		return err
	}
	m, model, err := f.openMatcher(cmd)
	if err != nil {
		return err
	}
	defer closeInto(model, &err)
	if model.BuiltIn() && f.thresholds == "" && !f.dryRun {
		return usagef("the model is the one built into the program, and nothing can be stored beside it: name a file with " +
			"--thresholds, here and to track match")
	}
	thresholds, err := m.Thresholds(f.thresholds) // before the long part: another model's are refused
	if err != nil && !f.dryRun {
		return err
	}
	if f.thresholds == "" {
		f.thresholds = match.ThresholdsPath(model.Path())
	}
	bar := newCounter(cmd, "comparing", "pairs")
	sample, err := calibrate.Measure(cmd.Context(), m.Matcher, pairs, capture.ReadImage, bar.at)
	bar.close()
	if err != nil {
		return err
	}
	c := calibration{Model: model.Manifest().Name, Kind: match.Kind(f.kind), Distance: m.Distance()}
	if c.Report, err = calibrate.NewReport(sample, f.far, filepath.Base(path)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	c.Threshold.Bound = f.bound
	if f.far*float64(c.Threshold.Different) < 1 {
		logger(cmd).Warn("too few different pairs to measure such a rate: the threshold accepts none of them",
			"far", f.far, "different", c.Threshold.Different)
	}
	kept := f.keep(&c, path, thresholds) // what was measured is told also where it could not be stored
	if f.asJSON {
		return errors.Join(kept, json.NewEncoder(cmd.OutOrStdout()).Encode(c))
	}
	return errors.Join(kept, c.print(cmd.OutOrStdout()))
}

// checkROC refuses a name for the drawn ROC that no plot can have, and one of a picture that is compared.
func (f *calibrateFlags) checkROC(pairs []calibrate.Pair) error {
	if f.roc == "" {
		return nil
	}
	suffix := strings.TrimPrefix(strings.ToLower(filepath.Ext(f.roc)), ".")
	if !slices.Contains(calibrate.PlotFormats(), suffix) {
		return usagef("--roc %s: a name that ends in .%s is expected", f.roc, strings.Join(calibrate.PlotFormats(), ", ."))
	}
	var files []given
	for _, p := range pairs {
		files = append(files, given{p.A.Path, "a picture of a pair"}, given{p.B.Path, "a picture of a pair"})
	}
	return checkPaths(files, []string{f.roc})
}

// keep stores the threshold and draws the ROC, as far as the flags ask for it.
func (f *calibrateFlags) keep(c *calibration, pairs string, all match.Thresholds) error {
	roc := f.roc
	if roc == "" && !f.dryRun {
		name := strings.TrimSuffix(filepath.Base(pairs), filepath.Ext(pairs))
		roc = fmt.Sprintf("%s-%s-%s.svg", name, c.Model, c.Distance)
	}
	if roc != "" {
		if err := c.Draw(roc, fmt.Sprintf("%s, %s distance: %s", c.Model, c.Distance, filepath.Base(pairs))); err != nil {
			return err
		}
		c.ROC = roc
	}
	if f.dryRun {
		return nil
	}
	all.Set(c.Kind, c.Distance, c.Threshold)
	if err := all.Save(f.thresholds); err != nil {
		return err
	}
	c.Stored = f.thresholds
	return nil
}

func (c calibration) print(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	t, a := c.Threshold, c.Accuracy
	fmt.Fprintf(tab, "model\t%s, %s distance\n", printable.Name(c.Model), c.Distance)
	fmt.Fprintf(tab, "kind\t%s\n", c.Kind)
	fmt.Fprintf(tab, "pairs\t%d same, %d different (%s)\n", t.Same, t.Different, printable.Name(t.Pairs))
	fmt.Fprintf(tab, "ROC AUC\t%.4f\n", c.AUC)
	fmt.Fprintf(tab, "equal error rate\t%.2f %%\n", 100*c.EER)
	fmt.Fprintf(tab, "accuracy\t%.2f %% (95 %% interval %.2f to %.2f; "+
		"ten-fold: each pair judged by the others' best threshold)\n",
		100*a.Share, 100*a.Low, 100*a.High)
	fmt.Fprintf(tab, "threshold\t%.6g: accepts %.3g %% of the different pairs (asked: %.3g %%) and %.3g %% of the same\n",
		t.Distance, 100*t.FAR, 100*t.Wanted, 100*t.TAR)
	if c.Stored != "" {
		fmt.Fprintf(tab, "stored\t%s\n", c.Stored)
	}
	if c.ROC != "" {
		fmt.Fprintf(tab, "ROC drawn\t%s\n", c.ROC)
	}
	return tab.Flush()
}

func readPairs(ctx context.Context, path string) ([]calibrate.Pair, error) {
	data, err := readfile.Any(ctx, path, readfile.Large)
	if err != nil {
		return nil, err
	}
	pairs, err := calibrate.ReadPairs(bytes.NewReader(data), filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return pairs, nil
}
