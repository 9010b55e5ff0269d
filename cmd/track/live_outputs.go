package main

import (
	"errors"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/follow"
	"siamtrack/internal/live"
	"siamtrack/internal/record"
	"siamtrack/render"
	"siamtrack/session"
)

// liveOutputs are what a session gives: files, the video of --follow, and events.
type liveOutputs struct {
	keeper, operator *live.Keeper
	told             eventSinks
}

// outputs makes what the flags ask for. Close what it returns.
func (f *liveFlags) outputs(cmd *cobra.Command, source string, info capture.Info) (o liveOutputs, err error) {
	if o.keeper, err = f.keeper(cmd, source, info); err != nil {
		return o, err
	}
	if o.operator, err = f.operator(cmd, info); err != nil {
		return o, errors.Join(err, o.keeper.Close())
	}
	if o.told, err = f.events.open(cmd, source); err != nil {
		return o, errors.Join(err, o.operator.Close(), o.keeper.Close())
	}
	return o, nil
}

// Each gives a view to all of them.
func (o liveOutputs) Each(v *session.View) error {
	return errors.Join(o.told.Put(v.Step), o.operator.Each(v), o.keeper.Each(v))
}

// Late is the number of frames that the videos are without.
func (o liveOutputs) Late() int { return o.keeper.Late() + o.operator.Late() }

// Close ends all of them.
func (o liveOutputs) Close() error {
	return errors.Join(o.keeper.Close(), o.operator.Close(), o.told.Close())
}

// operator returns what writes the video of --follow, which begins at once; it keeps nothing without.
func (f *liveFlags) operator(cmd *cobra.Command, info capture.Info) (*live.Keeper, error) {
	k := live.NewKeeper(live.Options{Path: f.framed.path, Log: logger(cmd), Video: func(path string) (follow.Sink, error) {
		w, err := f.writer(path, info)
		if err != nil {
			return nil, err
		}
		return f.framed.video(w)
	}})
	if f.framed.path == "" {
		return k, nil
	}
	_, err := k.Record(true)
	return k, err
}

// writer makes what writes a video of the session.
func (f *liveFlags) writer(path string, info capture.Info) (*capture.Writer, error) {
	return capture.NewWriter(path, capture.WriterOptions{FPS: info.FPS, PixelAspect: info.PixelAspect,
		Quality: capture.Quality(f.quality)})
}

// keeper returns what writes the files that the flags name. With --record a video is begun.
func (f *liveFlags) keeper(cmd *cobra.Command, source string, info capture.Info) (*live.Keeper, error) {
	o := live.Options{Path: f.record, Segment: f.segment, Log: logger(cmd)}
	for _, file := range []trackFile{{"csv", f.csv, record.CSV}, {"jsonl", f.jsonl, record.JSONL}} {
		if file.path == "" {
			continue
		}
		files := &results{inputs: f.inputs(source)}
		sink := file.sink(cmd, sinkOptions{timing: true, several: true, results: files})
		o.Tracks = append(o.Tracks, sessionTrack{sink, files})
	}
	o.Video = func(path string) (follow.Sink, error) {
		w, err := f.writer(path, info)
		if err != nil {
			return nil, err
		}
		return follow.NewVideo(w, render.Show{}, false)
	}
	keeper := live.NewKeeper(o)
	if f.record != "" {
		if _, err := keeper.Record(true); err != nil {
			return nil, err
		}
	}
	return keeper, nil
}
