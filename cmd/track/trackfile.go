package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/internal/follow"
	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// The formats of tracks that are documents and no lines of rows.
const (
	coco record.Format = "coco"
	cvat record.Format = "cvat"
)

// trackFile is a file that tracks are written to, or a folder with a file for each target.
type trackFile struct {
	flag   string
	path   string
	format record.Format
}

// perTarget reports whether a file of the format keeps one target.
func (t trackFile) perTarget() bool {
	return t.format == record.OTB || t.format == record.GOT || t.format == record.VOT
}

// folder reports whether the path is that of a folder with a file for each target.
func (t trackFile) folder(several bool) bool {
	if !t.perTarget() || t.path == stdoutPath {
		return false
	}
	st, err := os.Stat(t.path)
	return os.IsPathSeparator(t.path[len(t.path)-1]) || several && err == nil && st.IsDir()
}

// check refuses one file for several targets where it has no room for them.
func (t trackFile) check(several bool) error {
	if several && t.perTarget() && !t.folder(several) {
		return usagef("--%s %s: there are several targets and the file keeps one: name a folder, as in --%s %s/",
			t.flag, t.path, t.flag, strings.TrimSuffix(t.path, filepath.Ext(t.path)))
	}
	return nil
}

// sinkOptions say what a trackFile's sink writes.
type sinkOptions struct {
	timing  bool         // how long the tracker took
	several bool         // which target a row is of
	video   record.Video // without the size, which the first frame tells
	results *results
}

// sink writes tracks to the file, or to cmd's stdout.
func (t trackFile) sink(cmd *cobra.Command, o sinkOptions) *follow.Tracks {
	if t.folder(o.several) {
		return follow.NewTracksEach(func(target *tracker.Target) (record.Recorder, error) {
			return t.inFolder(target.Label(), o)
		}, o.timing)
	}
	return follow.NewTracks(func(s tracker.Step) (record.Recorder, error) {
		size := s.Frame.Image.Rect.Size()
		o.video.Width, o.video.Height = size.X, size.Y
		options := record.Options{IDs: o.several}
		switch {
		case t.format == coco && t.path == stdoutPath:
			return record.NewCOCO(cmd.OutOrStdout(), "standard output", o.video)
		case t.format == coco:
			path, err := o.results.place(t.path)
			if err != nil {
				return nil, err
			}
			return record.CreateCOCO(path, o.video)
		case t.format == cvat && t.path == stdoutPath:
			return record.NewCVAT(cmd.OutOrStdout(), "standard output", o.video), nil
		case t.format == cvat:
			path, err := o.results.place(t.path)
			if err != nil {
				return nil, err
			}
			return record.CreateCVAT(path, o.video)
		case t.path == stdoutPath:
			return record.New(cmd.OutOrStdout(), "standard output", t.format, options)
		}
		return t.create(t.path, o)
	}, o.timing)
}

// inFolder makes a target's file: NAME.txt for OTB, NAME/NAME_001.txt for the toolkits that keep a folder a sequence.
func (t trackFile) inFolder(label string, o sinkOptions) (record.Recorder, error) {
	path := filepath.Join(t.path, label+".txt")
	if t.format != record.OTB {
		path = filepath.Join(t.path, label, label+"_001.txt")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, fmt.Errorf("--%s: %w", t.flag, err)
	}
	return t.create(path, o)
}

// create makes a file, and beside it what the format keeps in files of their own: the VOT toolkit's confidences, and,
// where they are measured, the GOT-10k toolkit's times.
func (t trackFile) create(path string, o sinkOptions) (record.Recorder, error) {
	first, err := begin(path, t.format, record.Options{IDs: o.several}, o.results)
	if err != nil {
		return nil, err
	}
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	var beside string
	var format record.Format
	switch {
	case t.format == record.VOT:
		beside, format = stem+"_confidence.value", record.Confidence
	case t.format == record.GOT && o.timing:
		beside, format = strings.TrimSuffix(stem, "_001")+"_time.txt", record.Times
	default:
		return first, nil
	}
	second, err := begin(beside, format, record.Options{}, o.results)
	if err != nil {
		return nil, errors.Join(err, first.Close())
	}
	return pair{first, second}, nil
}

// begin makes one of the files of a run.
func begin(path string, format record.Format, o record.Options, r *results) (record.Recorder, error) {
	part, err := r.place(path)
	if err != nil {
		return nil, err
	}
	return record.Create(part, format, o)
}

// pair is a Recorder of two files.
type pair [2]record.Recorder

// Record implements record.Recorder.
func (p pair) Record(r record.Row) error { return errors.Join(p[0].Record(r), p[1].Record(r)) }

// Close implements record.Recorder.
func (p pair) Close() error { return errors.Join(p[0].Close(), p[1].Close()) }
