package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"siamtrack/capture"
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
	Answers   []gallery.Answer `json:"answers"`
	Threshold match.Threshold  `json:"threshold"`
}

// search recognises queries in the gallery.
func (f *matchFlags) search(cmd *cobra.Command, queries []string) (err error) {
	if f.top < 1 {
		return usagef("--top %d: at least 1 answer", f.top)
	}
	m, model, err := f.openMatcher()
	if err != nil {
		return err
	}
	defer closeInto(model, &err)
	t, err := f.judge(cmd, m)
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
	unknown := false
	for _, q := range queries {
		r := recognition{Query: q, Model: model.Manifest().Name, Distance: m.Distance(), Threshold: t}
		if err := f.recognise(m.Matcher, g, &r); err != nil {
			return err
		}
		unknown = unknown || r.Identity == ""
		if err := f.printRecognition(cmd.OutOrStdout(), r); err != nil {
			return err
		}
	}
	if unknown {
		return errDifferent
	}
	return cmd.Context().Err()
}

// recognise fills in the answers to r's query.
func (f *matchFlags) recognise(m *match.Matcher, g *gallery.Gallery, r *recognition) error {
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
	if best := r.Answers[0]; r.Threshold.Accepts(best.Distance) {
		r.Identity = best.Identity
	}
	return nil
}

func (f *matchFlags) printRecognition(w io.Writer, r recognition) error {
	if f.asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	name := r.Identity
	if name == "" {
		name = "none of these"
	}
	fmt.Fprintf(w, "%s: %s (%s threshold %.4f, %s)\n", r.Query, name, r.Distance, r.Threshold.Distance,
		thresholdText(r.Model, r.Threshold))
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tab, "  RANK\tIDENTITY\tSIMILARITY\tDISTANCE\tEXAMPLE")
	for i, a := range r.Answers {
		fmt.Fprintf(tab, "  %d\t%s\t%.4f\t%.4f\t%s\n", i+1, a.Identity, a.Similarity, a.Distance, a.Path)
	}
	return tab.Flush()
}
