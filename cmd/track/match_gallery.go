package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/printable"
	"siamtrack/match"
	"siamtrack/match/gallery"
)

// recognition is what is said of one query.
type recognition struct {
	Query    string         `json:"query"`
	Model    string         `json:"model"`
	Distance match.Distance `json:"comparison"`
	// Identity is the nearest identity, empty for none of these.
	Identity  string           `json:"identity"`
	Kind      string           `json:"kind"`
	Verdict   match.Verdict    `json:"verdict"` // on the nearest answer
	Answers   []gallery.Answer `json:"answers"`
	Threshold *match.Threshold `json:"threshold,omitempty"`
}

// search recognises queries in the gallery.
func (f *matchFlags) search(cmd *cobra.Command, queries []string) (err error) {
	if f.top < 1 {
		return usagef("--top %d: at least 1 answer", f.top)
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
	bar := newCounter(cmd, "embedding the gallery", "pictures")
	g, err := gallery.Open(cmd.Context(), f.gallery, m.Matcher,
		gallery.Options{Read: capture.ReadImage, Cache: f.cache, Progress: bar.at})
	bar.close()
	if err != nil {
		return err
	}
	var ends []error
	for _, q := range queries {
		r := recognition{Query: q, Model: model.Manifest().Name, Kind: f.kind, Distance: m.Distance()}
		if err := f.recognise(m.Matcher, g, judge, &r); err != nil {
			return err
		}
		if err := f.printRecognition(cmd.OutOrStdout(), r, judge); err != nil {
			return err
		}
		ends = append(ends, outcome(r.Verdict))
	}
	return errors.Join(append(ends, cmd.Context().Err())...)
}

// recognise fills in the answers to r's query.
func (f *matchFlags) recognise(m *match.Matcher, g *gallery.Gallery, j match.Judge, r *recognition) error {
	img, err := capture.ReadImage(r.Query)
	if err != nil {
		return err
	}
	e, err := m.Embed(match.Picture{Image: img})
	if err != nil {
		return fmt.Errorf("%s: %w", r.Query, err)
	}
	if r.Answers, err = g.Search(e, f.top); err != nil {
		return err
	}
	best := r.Answers[0]
	said, by := j.Of(best.Distance)
	if r.Verdict = said; said != match.NotCalibrated {
		r.Threshold = &by
	}
	if said == match.Same {
		r.Identity = best.Identity
	}
	return nil
}

func (f *matchFlags) printRecognition(w io.Writer, r recognition, j match.Judge) error {
	if f.asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	name, why := r.Identity, f.undecided(r.Model, j)
	switch {
	case r.Verdict == match.NotCalibrated:
		name = "not calibrated"
	case name == "":
		name = "none of these"
	}
	if r.Threshold != nil {
		why = fmt.Sprintf("%s threshold %.4f, %s", r.Distance, r.Threshold.Distance, f.thresholdText(r.Model, *r.Threshold))
	}
	fmt.Fprintf(w, "%s: %s (%s)\n", printable.Name(r.Query), printable.Name(name), printable.Name(why))
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tab, "  RANK\tIDENTITY\tSIMILARITY\tDISTANCE\tEXAMPLE")
	for i, a := range r.Answers {
		fmt.Fprintf(tab, "  %d\t%s\t%.4f\t%.4f\t%s\n", i+1, printable.Name(a.Identity), a.Similarity, a.Distance,
			printable.Name(a.Path))
	}
	return tab.Flush()
}
