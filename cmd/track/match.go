package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"siamtrack"
	"siamtrack/capture"
	"siamtrack/internal/plural"
	"siamtrack/internal/printable"
	"siamtrack/match"
	"siamtrack/tracker"
)

// matchFlags are the flags of `track match`; calibrate shares those of comparing.
type matchFlags struct {
	modelFlags
	distance   string
	kind       string
	thresholds string // a file
	threshold  float64
	boxA, boxB string
	gallery    string
	cache      string
	top        int
	asJSON     bool
}

// newMatchCmd returns `track match`.
func newMatchCmd() *cobra.Command {
	var f matchFlags
	cmd := &cobra.Command{
		Use:   "match A B | match --gallery DIR QUERY...",
		Short: "Tell whether two pictures show the same thing, or which of many a picture shows",
		Long: "match compares two pictures, or parts of them, by the distance of their embeddings, and says whether they\n" +
			"show the same thing: exit code 0, or something different: exit code 3.\n\n" +
			"There is no universal threshold: each model and distance has its own for each kind of picture, from\n" +
			"`track match calibrate`, in a file beside the model. Say with --kind what the pictures show; where it has no\n" +
			"threshold, or where nobody says and it depends on the kind, the answer is \"not calibrated\": exit code 4.\n\n" +
			"With --gallery it recognises each QUERY among the identities of a folder, of which one example is enough: a\n" +
			"picture in it is an identity named as the file, a folder in it is one with several examples. What is farther\n" +
			"from all of them than the threshold is none of these; exit code 3 if any query is. The embeddings of the\n" +
			"gallery are kept in DIR.embeddings.",
		Example: "  track match --kind object left.jpg right.jpg\n" +
			"  track match a.png b.png --box-a 10,20,64,64 --box-b 40,18,70,66 --distance correlation --json\n" +
			"  track match --gallery people/ door-camera/*.jpg --kind face\n" +
			"  track match calibrate pairs.csv --kind face --far 0.001",
		Args: func(_ *cobra.Command, args []string) error {
			if f.gallery == "" && len(args) != 2 {
				return fmt.Errorf("%s given, two are compared (or name a --gallery)", plural.Of(len(args), "picture"))
			}
			if f.gallery != "" && len(args) == 0 {
				return errors.New("no picture to look for in the gallery")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.gallery != "" {
				return f.search(cmd, args)
			}
			return f.compare(cmd, args[0], args[1])
		},
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.Float64Var(&f.threshold, "threshold", 0,
		"largest `distance` at which pictures are the same (default: the calibrated one of --kind)")
	fl.StringVar(&f.boxA, "box-a", "", "the part of A to compare, `x,y,w,h` in pixels (default: the whole picture)")
	fl.StringVar(&f.boxB, "box-b", "", "the part of B to compare, `x,y,w,h` in pixels")
	fl.StringVar(&f.gallery, "gallery", "", "`folder` of pictures to recognise the arguments in")
	fl.StringVar(&f.cache, "cache", "", "`file` of the gallery's embeddings (default: DIR.embeddings)")
	fl.IntVar(&f.top, "top", 5, "answers from the gallery to print for each query")
	cmd.MarkFlagsMutuallyExclusive("gallery", "box-a")
	cmd.MarkFlagsMutuallyExclusive("gallery", "box-b")
	cmd.AddCommand(newCalibrateCmd())
	return cmd
}

// register adds the flags that comparing and calibrating share.
func (f *matchFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.distance, "distance", string(match.Cosine), "how embeddings are compared: "+joined(match.Distances()))
	fl.StringVar(&f.thresholds, "thresholds", "",
		"`file` of calibrated thresholds (default: NAME.thresholds beside the model)")
	fl.StringVar(&f.kind, "kind", string(match.KindAny),
		"what the pictures show: object, face, signature, or a `name` that was calibrated")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON")
	f.registerWith(cmd, siamtrack.DefaultMatcher)
}

// openMatcher opens what the flags name. Close the model.
func (f *matchFlags) openMatcher(cmd *cobra.Command) (*siamtrack.Matcher, *siamtrack.Model, error) {
	d, err := match.ParseDistance(f.distance)
	if err != nil {
		return nil, nil, usagef("--distance: %w", err)
	}
	if _, err := match.ParseKind(f.kind); err != nil {
		return nil, nil, usagef("--kind: %w", err)
	}
	model, err := f.load(cmd)
	if err != nil {
		return nil, nil, err
	}
	m, err := model.Matcher(d)
	if err != nil {
		return nil, nil, errors.Join(err, model.Close())
	}
	return m, model, nil
}

// judge returns what gives verdicts: the given threshold, or those that were calibrated.
func (f *matchFlags) judge(cmd *cobra.Command, m *siamtrack.Matcher) (match.Judge, error) {
	if cmd.Flags().Changed("threshold") {
		if math.IsNaN(f.threshold) || math.IsInf(f.threshold, 0) || f.threshold < 0 {
			return match.Judge{}, usagef("--threshold %v: a distance, 0 or more, is expected", f.threshold)
		}
		return match.JudgeBy(match.Threshold{Distance: f.threshold}), nil
	}
	all, err := m.Thresholds(f.thresholds)
	if err != nil {
		return match.Judge{}, err
	}
	return all.Judge(match.Kind(f.kind), m.Distance()), nil
}

// verdict is what is said of two pictures.
type verdict struct {
	A        string         `json:"a"`
	B        string         `json:"b"`
	Model    string         `json:"model"`
	Kind     string         `json:"kind"`
	Distance match.Distance `json:"comparison"`
	Verdict  match.Verdict  `json:"verdict"`
	// Same repeats a verdict that was given; it is left out where there is none.
	Same *bool `json:"same,omitempty"`
	match.Score
	Threshold *match.Threshold `json:"threshold,omitempty"`
}

// compare says whether two pictures show the same thing.
func (f *matchFlags) compare(cmd *cobra.Command, a, b string) (err error) {
	pa, errA := readPicture(a, "box-a", f.boxA)
	pb, errB := readPicture(b, "box-b", f.boxB)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	m, model, err := f.openMatcher(cmd)
	if err != nil {
		return err
	}
	defer closeInto(model, &err)
	judge, err := f.judge(cmd, m)
	if err != nil {
		return err
	}
	score, err := m.Score(pa, pb)
	if err != nil {
		return err
	}
	v := verdict{A: a, B: b, Model: model.Manifest().Name, Kind: f.kind, Distance: m.Distance(), Score: score}
	said, by := judge.Of(score.Distance)
	if v.Verdict = said; said != match.NotCalibrated {
		same := said == match.Same
		v.Same, v.Threshold = &same, &by
	}
	return errors.Join(f.print(cmd, v, judge), outcome(said))
}

// outcome is the error that ends the program with a verdict's exit code.
func outcome(v match.Verdict) error {
	switch v {
	case match.Same:
		return nil
	case match.Different:
		return errDifferent
	default:
		return errUndecided
	}
}

func (f *matchFlags) print(cmd *cobra.Command, v verdict, j match.Judge) error {
	if f.asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(v)
	}
	why := f.undecided(v.Model, j)
	if v.Threshold != nil {
		why = fmt.Sprintf("threshold %.4f (%s)", v.Threshold.Distance, f.thresholdText(v.Model, *v.Threshold))
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: similarity %.4f, %s distance %.4f, %s\n",
		v.Verdict, v.Similarity, v.Distance, v.Score.Distance, printable.Name(why))
	return err
}

// undecided says why there is no verdict, and what gives one.
func (f *matchFlags) undecided(model string, j match.Judge) string {
	if j.Calibrated() {
		return fmt.Sprintf("by %s the same or different depending on what they show: say --kind object, face or signature",
			model)
	}
	return fmt.Sprintf("%s has no threshold of kind %s: track match calibrate PAIRS.csv --kind %s makes one",
		model, f.kind, f.kind)
}

// thresholdText says where a threshold comes from.
func (f *matchFlags) thresholdText(model string, t match.Threshold) string {
	if t.Pairs == "" {
		return model + ", --threshold"
	}
	bound := ""
	if t.Bound {
		bound = ", too few to judge their kind by"
	}
	return fmt.Sprintf("%s, calibrated on %s%s: accepts %.3g %% of different and %.3g %% of same pairs", model, t.Pairs,
		bound, 100*t.FAR, 100*t.TAR)
}

// readPicture reads a picture and the box, if any, of the flag of that name.
func readPicture(path, flag, box string) (match.Picture, error) {
	img, err := capture.ReadImage(path)
	if err != nil {
		return match.Picture{}, err
	}
	p := match.Picture{Image: img}
	if box == "" {
		return p, nil
	}
	if p.Box, err = tracker.ParseBox(box); err == nil {
		_, err = p.Box.Trackable(img.Rect.Dx(), img.Rect.Dy())
	}
	if err != nil {
		return match.Picture{}, usagef("--%s: %w", flag, err)
	}
	return p, nil
}
