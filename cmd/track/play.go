package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/follow"
	"siamtrack/internal/live"
	"siamtrack/internal/play"
	"siamtrack/render"
	"siamtrack/render/window"
	"siamtrack/session"
	"siamtrack/tracker"
)

// playFlags are the flags of `track play`.
type playFlags struct {
	evalFlags
	video string
	fps   float64
	live  liveFlags // its --http and token

	quality string
}

// newPlayCmd returns `track play`.
func newPlayCmd() *cobra.Command {
	var f playFlags
	cmd := &cobra.Command{
		Use:   "play RESULTS... --dataset DIR",
		Short: "Show stored results with the truth beside them, in a window, a browser or a video",
		Long: "play shows the sequences of a benchmark with the boxes of stored results, of any tracker, and the truth.\n" +
			"The number beside a tracker's box is its overlap with the truth. RESULTS are those of track eval.\n\n" +
			"Nothing is tracked: boxes that are drawn with the mouse come to nothing.",
		Example: "  track play runs/otb results/siamrpn --dataset OTB100 --sequences Jogging_1\n" +
			"  track play runs/otb --dataset OTB100 --http :8080\n" +
			"  track play runs/otb --dataset OTB100 --sequences Car4 -o car4.mp4\n" +
			"  track play runs/mot --dataset MOT17/train -o videos/      (a video a sequence)",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	fl := cmd.Flags()
	f.evalFlags.register(cmd)
	fl.StringVarP(&f.video, "out", "o", "", "write a video `file` in place of showing it, or one a sequence into a folder")
	registerQuality(cmd, &f.quality)
	fl.Float64Var(&f.fps, "fps", 0, "play at this `rate` (default 25)")
	fl.StringVar(&f.live.http, "http", "", "show it to browsers at this `address`, such as :8080, in place of a window")
	fl.StringVar(&f.live.token, "token", "",
		"ask browsers for this `word`; $"+tokenEnv+" keeps it from other users of this machine")
	fl.StringVar(&f.live.tokenFile, "token-file", "", "ask browsers for the word in the first line of this `file`")
	return cmd
}

// run shows what the flags ask for.
func (f *playFlags) run(cmd *cobra.Command, args []string) error {
	switch {
	case f.dataset == "":
		return errNoDataset
	case f.video != "" && f.live.http != "":
		return usagef("--out and --http: one of them says where it is shown")
	}
	if _, err := parseQuality(f.quality, f.video != "" || !typed(cmd, "quality")); err != nil {
		return err
	}
	if err := cmp.Or(checkNamed(f.video), f.live.readToken(cmd)); err != nil {
		return err
	}
	if f.video == "" && f.live.http == "" { // before anything is read
		if err := window.Available(); err != nil {
			return err
		}
	}
	scenes, err := f.scenes(cmd, args)
	if err != nil {
		return err
	}
	if f.video != "" {
		return f.write(cmd, scenes)
	}
	return f.show(cmd, scenes)
}

// scenes reads the benchmark and its results.
func (f *playFlags) scenes(cmd *cobra.Command, args []string) ([]*play.Scene, error) {
	d, ev, err := evaluate(cmd, &f.evalFlags, args)
	if err != nil {
		return nil, err
	}
	return play.Scenes(d, ev)
}

// reel makes a source of scenes.
func (f *playFlags) reel(scenes []*play.Scene) *play.Reel {
	return play.NewReel(scenes, func(files []string) (tracker.Source, error) {
		src, err := capture.OpenFiles(files, capture.Options{FPS: f.fps})
		if err != nil { // not the nil *Source in an interface
			return nil, err
		}
		return src, nil
	})
}

// show shows the scenes one after the other until the person has had enough.
func (f *playFlags) show(cmd *cobra.Command, scenes []*play.Scene) (err error) {
	reel := f.reel(scenes)
	nobody := tracker.NewMulti(func() (tracker.Tracker, error) { return play.Still{}, nil })
	s := session.New(reel, nobody, session.Options{Each: func(v *session.View) error {
		v.Targets = append(v.Targets[:0], reel.Targets(v.Frame.Index)...)
		return nil
	}})
	defer func() { err = errors.Join(err, s.Close()) }()
	title := scenes[0].Name
	if len(scenes) > 1 {
		title = fmt.Sprintf("%s and %d more", title, len(scenes)-1)
	}
	if f.live.http != "" {
		return f.live.serve(cmd, title, s, nil)
	}
	_, err = window.Run(cmd.Context(), window.Options{
		Title: title, Session: s, Log: logger(cmd),
		Snapshot: func(v *session.View) (string, error) { return live.Snapshot(".", v, time.Now()) },
	})
	return errors.Join(err, cmd.Context().Err())
}

// write writes a video, of the only sequence into the file, of several into the folder that --out names.
func (f *playFlags) write(cmd *cobra.Command, scenes []*play.Scene) error {
	folder, err := videoFolder(f.video)
	if err != nil {
		return err
	}
	if !folder && len(scenes) > 1 {
		return usagef("--out %s: %d sequences need a folder for a video each (or name one with --sequences)", f.video,
			len(scenes))
	}
	for _, s := range scenes {
		path := f.video
		if folder {
			path = filepath.Join(path, s.Name+".mp4")
		}
		if err := f.writeOne(cmd, s, path); err != nil {
			return err
		}
		logger(cmd).Info("video written", "sequence", s.Name, "frames", len(s.Files), "video", path)
	}
	return nil
}

// writeOne writes one sequence's video.
func (f *playFlags) writeOne(cmd *cobra.Command, s *play.Scene, path string) (err error) {
	reel := f.reel([]*play.Scene{s})
	defer func() { err = errors.Join(err, reel.Close()) }()
	w, err := capture.NewWriter(path, capture.WriterOptions{FPS: f.fps, Log: logger(cmd),
		Quality: capture.Quality(f.quality)})
	if err != nil {
		return err
	}
	video, err := follow.NewVideo(w, render.Show{}, true)
	if err != nil {
		return errors.Join(err, w.Close())
	}
	var frame tracker.Frame
	for err == nil {
		if err = cmd.Context().Err(); err == nil {
			err = reel.Next(&frame)
		}
		if err == nil {
			err = video.Put(tracker.Step{Frame: frame, Targets: reel.Targets(frame.Index)})
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, video.Close())
}

// videoFolder reports whether a path for videos is a folder: one that is there, or one that is written as such, which
// it makes.
func videoFolder(path string) (bool, error) {
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) {
		return true, os.MkdirAll(path, 0o777)
	}
	st, err := os.Stat(path)
	return err == nil && st.IsDir(), nil
}
