package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/clock"
	"siamtrack/internal/live"
	"siamtrack/internal/redact"
	"siamtrack/internal/serve"
	"siamtrack/render/window"
	"siamtrack/session"
	"siamtrack/tracker"
)

// newLiveCmd returns `track live`.
func newLiveCmd() *cobra.Command {
	var f liveFlags
	cmd := &cobra.Command{
		Use:   "live [SOURCE]",
		Short: "Follow objects in a camera, a stream or a video as it plays, in a window or a browser",
		Long: "live shows SOURCE and follows what you draw a box round with the mouse; each box is one more target, and a\n" +
			"click on one selects it. SOURCE is a camera by index or device path (default 0; see track cameras), a\n" +
			"stream's URL, or a video, which plays at its own speed.\n\n" +
			"The newest frame is what counts: frames that come while the tracker is busy are dropped, and counted on the\n" +
			"screen. A source that is lost is opened again, and the objects are looked for on the same exemplars.\n\n" +
			"Keys in the window:\n" + keyHelp(),
		Example: "  track live\n" +
			"  track live /dev/video2 --width 1280 --height 720 --fourcc MJPG\n" +
			"  track live rtsp://camera.local/stream --timeout 3s --record out.mp4 --csv out.csv\n" +
			"  track live walk.mp4 --init 349,428,50,148 --jsonl - --quiet | jq .x\n" +
			"  track live 0 --http :8080           (then open http://localhost:8080)",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source := "0"
			if len(args) > 0 {
				source = args[0]
			}
			return f.run(cmd, source)
		},
	}
	f.register(cmd)
	return cmd
}

// keyHelp lists the window's keys, one a line.
func keyHelp() string {
	var b strings.Builder
	for _, k := range window.Keys() {
		fmt.Fprintf(&b, "  %-8s %s\n", k.Name, k.Long())
	}
	return b.String()
}

// run follows as the flags say, until the person has had enough.
func (f *liveFlags) run(cmd *cobra.Command, source string) (err error) {
	o, err := f.session(cmd)
	if err != nil {
		return err
	}
	f.configured = configInputs(cmd)
	if err := checkCamera(cmd, source); err != nil {
		return err
	}
	if err := f.checkOutputs(cmd, source); err != nil {
		return err
	}
	if f.http == "" { // before anything is opened or written
		if err := window.Available(); err != nil {
			return err
		}
	}
	model, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	src, err := f.opened(cmd, source)
	if err != nil {
		return err
	}
	info := src.Info()
	logger(cmd).Info("opened", "source", redact.Source(source), "got", info, "model", model.Manifest().Name)
	out, err := f.outputs(cmd, source, info)
	if err != nil {
		return errors.Join(err, src.Close())
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	o.Each, o.Log = out.Each, logger(cmd)
	if info.Kind.Live() {
		o.Live = true
		o.Reopen = f.reopen(cmd, source)
	}
	s := session.New(src, model.model.Multi(), o)
	defer func() { err = errors.Join(err, s.Close()) }()
	report, err := f.show(cmd, source, s, saver{out.keeper, out.operator})
	if errors.Is(err, tracker.ErrBox) && s.Status().Tracked == 0 { // of --init
		err = wrongUse(err)
	}
	if st := s.Status(); !quiet(cmd) && st.Tracked > 0 { // else the error says it all
		fmt.Fprint(cmd.ErrOrStderr(), liveSummary(st, report, out.Late()))
	}
	return errors.Join(err, cmd.Context().Err())
}

// reopen returns what opens the source again after it was lost.
func (f *liveFlags) reopen(cmd *cobra.Command, source string) func(context.Context) (tracker.Source, error) {
	return func(ctx context.Context) (tracker.Source, error) {
		how := f.capture()
		how.Log = logger(cmd)
		again, err := capture.OpenContext(ctx, source, how)
		if err != nil { // not the nil *Source in an interface
			return nil, err
		}
		return again, nil
	}
}

// show shows the session in a window or to browsers until it is closed.
func (f *liveFlags) show(cmd *cobra.Command, source string, s *session.Session, keep saver) (window.Report, error) {
	name := redact.Source(source)
	if f.http != "" {
		return window.Report{}, f.serve(cmd, name, s, keep)
	}
	return window.Run(cmd.Context(), window.Options{
		Title: name, Session: s, Recording: keep.Recording, Record: keep.Record, Log: logger(cmd),
		ColorMap: f.colors,
		Snapshot: keep.Snapshot,
	})
}

// saver keeps what persons ask for at a window or a page: videos as the keeper does, snapshots in the working folder.
type saver struct {
	*live.Keeper
	operator *live.Keeper // of --follow
}

// Recording implements serve.Saver. What it says of a video that ended early may be that of --follow.
func (s saver) Recording() (path string, on bool, err error) {
	path, on, err = s.Keeper.Recording()
	if err == nil {
		_, _, err = s.operator.Recording()
	}
	return path, on, err
}

// Snapshot implements serve.Saver.
func (saver) Snapshot(v *session.View) (string, error) { return live.Snapshot(".", v, time.Now()) }

// serve shows the session to browsers, who may have files saved where there is a Saver.
func (f *liveFlags) serve(cmd *cobra.Command, name string, s *session.Session, keep serve.Saver) error {
	log := logger(cmd)
	l, local, err := serve.Listen(f.http)
	if err != nil {
		return err
	}
	server, err := serve.New(serve.Options{
		JPEG:  capture.EncodeJPEG,
		Title: name, Session: s, Saver: keep, Token: f.token, AnyHost: !local, Log: log, ColorMap: f.colors,
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if !local && f.token == "" {
		log.Warn("anybody who reaches this address can watch and choose, though not record: --token asks for one",
			"address", l.Addr())
	}
	address := url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/"}
	log.Info("serving", "page", address.String(), "token", f.token != "")
	return server.Serve(cmd.Context(), l)
}

// liveSummary says what a session did; late is the number of frames that a video is without.
func liveSummary(st session.Status, r window.Report, late int) string {
	text := fmt.Sprintf("%d frames captured, %d tracked or shown, %d dropped", st.Captured, st.Tracked, st.Dropped)
	if st.Reconnects > 0 {
		text += fmt.Sprintf(", the source opened again %d times", st.Reconnects)
	}
	if r.Shown > 0 {
		ms := func(h *clock.Histogram, q float64) float64 { return float64(h.Quantile(q)) / float64(time.Millisecond) }
		text += fmt.Sprintf("; %d on the screen, from capture to there p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, "+
			"of that p50 %.0f ms for drawing", r.Shown, ms(&r.Latency, 0.5), ms(&r.Latency, 0.95), ms(&r.Latency, 0.99),
			ms(&r.Drawing, 0.5))
	}
	if late > 0 {
		text += fmt.Sprintf("; encoding is slower than tracking here: the video is without %d of the frames", late)
	}
	return text + "\n"
}
