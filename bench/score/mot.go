package score

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/mot"
)

// Target is what became of one target of a video with several.
type Target struct {
	ID int `json:"id"`
	// Frames is the number of frames that the target is in, Matched of those in which the one track that stands for it
	// in IDF1 overlaps it by half, AO the mean over Frames of that track's overlap.
	Frames  int     `json:"frames"`
	Matched int     `json:"matched"`
	AO      float64 `json:"ao"`
}

// motProtocol scores videos with several targets: sums over all boxes, as the toolkits do.
func motProtocol(k mot.Toolkit) protocol {
	return protocol{
		name: "several targets", convention: string(k), rank: func(m Measures) *float64 { return m.HOTA },
		one:  func(s *dataset.Sequence, dir string) (part, error) { return motPart(s, dir, k) },
		pool: poolMOT,
	}
}

// motPart scores one video.
func motPart(s *dataset.Sequence, dir string, k mot.Toolkit) (part, error) {
	tracks, err := folder.ReadObjects(dir, s.Name, len(s.Objects))
	if err != nil {
		return part{}, err
	}
	c, targets, err := mot.Count(mot.Video{Truth: s.Objects, Tracks: tracks}, k)
	if err != nil {
		return part{}, err
	}
	p := part{mot: c}
	for _, t := range targets {
		p.Targets = append(p.Targets, Target{t.ID, t.Frames, t.Matched, t.Overlap})
	}
	times := filepath.Join(dir, "times", s.Name+"_time.txt")
	seconds, err := folder.ReadTimes(times)
	if err == nil && len(seconds) > 0 {
		err = folder.CheckTimes(times, seconds[0], len(s.Objects))
	}
	if err != nil && !isMissing(err) && !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	p.addTimes(seconds, false)
	p.Measures, _, err = poolMOT([]part{p})
	return p, err
}

// poolMOT joins videos.
func poolMOT(parts []part) (Measures, Curves, error) {
	var all mot.Counts
	for _, p := range parts {
		all.Add(p.mot)
	}
	s := all.Scores()
	count := func(n int) *float64 { return ptr(float64(n)) }
	m := Measures{
		HOTA: ptr(s.HOTA), DetA: ptr(s.DetA), AssA: ptr(s.AssA), LocA: ptr(s.LocA),
		DetRe: ptr(s.DetRe), DetPr: ptr(s.DetPr), AssRe: ptr(s.AssRe), AssPr: ptr(s.AssPr),
		MOTA: ptr(s.MOTA), MOTP: ptr(s.MOTP), IDF1: ptr(s.IDF1), IDP: ptr(s.IDP), IDR: ptr(s.IDR),
		Switches: count(s.Switches), Fragments: count(s.Fragments),
		FalsePositives: count(s.FalsePositives), Misses: count(s.Misses),
		MostlyTracked: count(s.MostlyTracked), MostlyLost: count(s.MostlyLost),
	}
	poolSpeed(parts, &m)
	return m, Curves{HOTA: s.Curve}, nil
}

// several refuses experiments that do not fit a truth of several targets, or of one.
func several(d *dataset.Dataset, x folder.Experiment) error {
	if x != "" && (x == folder.MOT) != (d.Format == dataset.MOT) {
		return fmt.Errorf("score: experiment %s does not fit layout %s: %w", x, d.Format, ErrOptions)
	}
	return nil
}
