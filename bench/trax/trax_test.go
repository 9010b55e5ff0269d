package trax

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// video draws a few frames of a synthetic scene and returns a reader of files that are named by their number.
func video(t *testing.T, n int) (func(string) (*image.RGBA, error), []tracker.Box) {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 160, Height: 120, Frames: n, Seed: 5, Period: 200})
	if err != nil {
		t.Fatal(err)
	}
	frames := map[string]*image.RGBA{}
	var truth []tracker.Box
	for i := range n {
		var f tracker.Frame
		if err := v.Next(&f); err != nil {
			t.Fatal(err)
		}
		frames[fmt.Sprintf("/seq/%d.jpg", i)] = f.Image
		truth = append(truth, v.Truth(i).Box)
	}
	return func(path string) (*image.RGBA, error) {
		if img, ok := frames[path]; ok {
			return img, nil
		}
		return nil, fmt.Errorf("no file %s", path)
	}, truth
}

// newTracker is the project's own tracker on plain pixels.
func newTracker(t *testing.T) tracker.Tracker {
	t.Helper()
	m := siamfc.PixelsManifest()
	tr, err := siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// converse feeds lines to a server and returns what it answers.
func converse(t *testing.T, o Options, lines ...string) ([]Message, error) {
	t.Helper()
	var out bytes.Buffer
	err := Serve(context.Background(), strings.NewReader(strings.Join(lines, "\n")+"\n"), &out, newTracker(t), o)
	var got []Message
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		m, ok, perr := Parse(l)
		if perr != nil || !ok {
			t.Fatalf("server wrote %q: %v", l, perr)
		}
		got = append(got, m)
	}
	return got, err
}

// TestVersion4 follows the transcript of libtrax 4.0.2: a target, its frame, more frames, forgetting, a new target.
func TestVersion4(t *testing.T) {
	read, truth := video(t, 4)
	region := fmt.Sprintf("%.4f,%.4f,%.4f,%.4f", truth[0].X, truth[0].Y, truth[0].W, truth[0].H)
	got, err := converse(t, Options{Name: "X", Identifier: "id", ReadImage: read},
		`@@TRAX:initialize "`+region+`" `,
		`@@TRAX:frame "file:///seq/0.jpg" `,
		`other output`,
		`@@TRAX:frame "file:///seq/1.jpg" `,
		`@@TRAX:initialize `,
		`@@TRAX:initialize "`+region+`" `,
		`@@TRAX:frame "file:///seq/0.jpg" `,
		`@@TRAX:quit `)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Name != "hello" || !slices.Contains(got[0].Args, "trax.version=4") ||
		!slices.Contains(got[0].Args, "trax.channels=color;") {
		t.Errorf("hello: %v", got[0])
	}
	if len(got) != 4 {
		t.Fatalf("%d messages, want hello and three states: %v", len(got), got)
	}
	for i, m := range got[1:] {
		if m.Name != "state" || len(m.Args) != 2 {
			t.Fatalf("message %d: %v", i+1, m)
		}
	}
	if got[1].Args[0] != region || got[3].Args[0] != region {
		t.Errorf("a start is confirmed with the region given: %v, %v, want %s", got[1].Args[0], got[3].Args[0], region)
	}
	box, err := tracker.ParseBox(got[2].Args[0])
	if err != nil || box.IoU(truth[1]) < 0.5 {
		t.Errorf("frame 1: %v (%v), the truth is %v", box, err, truth[1])
	}
}

// TestVersion1To3: initialize carries image and region and is answered at once.
func TestVersion1To3(t *testing.T) {
	read, truth := video(t, 2)
	poly := fmt.Sprintf("%g,%g,%g,%g,%g,%g,%g,%g", truth[0].X, truth[0].Y, truth[0].X+truth[0].W, truth[0].Y,
		truth[0].X+truth[0].W, truth[0].Y+truth[0].H, truth[0].X, truth[0].Y+truth[0].H)
	for version := 1; version <= 3; version++ {
		got, err := converse(t, Options{Version: version, ReadImage: read},
			`@@TRAX:initialize "file:///seq/0.jpg" "`+poly+`" "key=value"`, `@@TRAX:frame /seq/1.jpg`, `@@TRAX:quit`)
		if err != nil || len(got) != 3 || got[1].Name != "state" {
			t.Errorf("version %d: %v %v", version, got, err)
		}
	}
}

// TestImages: pictures inside the message, as raw memory and as PNG, track as files do.
func TestImages(t *testing.T) {
	read, truth := video(t, 2)
	region := truth[0].String()
	img0, _ := read("/seq/0.jpg")
	img1, _ := read("/seq/1.jpg")
	var rgb []byte
	for i := 0; i < len(img0.Pix); i += 4 {
		rgb = append(rgb, img0.Pix[i:i+3]...)
	}
	memory := "image:160;120;rgb;" + base64.StdEncoding.EncodeToString(rgb)
	var file bytes.Buffer
	if err := png.Encode(&file, img1); err != nil {
		t.Fatal(err)
	}
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(file.Bytes())
	want, err := converse(t, Options{ReadImage: read}, `@@TRAX:initialize "`+region+`"`,
		`@@TRAX:frame "file:///seq/0.jpg"`, `@@TRAX:frame "file:///seq/1.jpg"`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := converse(t, Options{ReadImage: read}, `@@TRAX:initialize "`+region+`"`,
		`@@TRAX:frame "`+memory+`"`, `@@TRAX:frame "`+data+`"`)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestIllegal: what ends a session, with the line in the error and a quit for the client.
func TestIllegal(t *testing.T) {
	read, _ := video(t, 1)
	for name, lines := range map[string][]string{
		"unknown message":     {`@@TRAX:begin`},
		"open quote":          {`@@TRAX:frame "file:///seq/0.jpg`},
		"bad escape":          {`@@TRAX:frame "a\qb"`},
		"frame first":         {`@@TRAX:frame "file:///seq/0.jpg"`},
		"state from a client": {`@@TRAX:state "1,2,3,4"`},
		"no region":           {`@@TRAX:initialize "one,two"`},
		"second target":       {`@@TRAX:initialize "1,2,30,40" "5,6,70,80"`},
		"image's scheme":      {`@@TRAX:initialize "1,2,30,40"`, `@@TRAX:frame "ftp://x"`},
		"raw image too short": {`@@TRAX:initialize "1,2,30,40"`, `@@TRAX:frame "image:10;10;rgb;AAAA"`},
		"bad named argument":  {`@@TRAX:initialize "1,2,30,40"`, `@@TRAX:frame "file:///seq/0.jpg" "no value"`},
	} {
		got, err := converse(t, Options{ReadImage: read}, lines...)
		if !errors.Is(err, ErrMessage) || !strings.Contains(err.Error(), fmt.Sprintf("line %d", len(lines))) {
			t.Errorf("%s: %v", name, err)
		}
		if last := got[len(got)-1]; last.Name != "quit" {
			t.Errorf("%s: the client was told %v", name, last)
		}
	}
	for name, lines := range map[string][]string{
		"missing file":      {`@@TRAX:initialize "1,2,30,40"`, `@@TRAX:frame "file:///nowhere.jpg"`},
		"outside the frame": {`@@TRAX:initialize "900,900,30,40"`, `@@TRAX:frame "file:///seq/0.jpg"`},
	} {
		if _, err := converse(t, Options{ReadImage: read}, lines...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestCancel: a server that waits for a client ends when it is told to.
func TestCancel(t *testing.T) {
	in, client := io.Pipe()
	defer client.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Serve(ctx, in, io.Discard, newTracker(t), Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`@@TRAX:frame "file:///a b.jpg" "k=v"`, `@@TRAX:initialize`, `@@TRAX:state "a\"b\\c\nd"`,
		`x`,
		`@@TRAX:quit "`, "@@TRAX:hello a\tb", `@@TRAX:frame "a"b`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\n") {
			return
		}
		m, ok, err := Parse(line)
		if err != nil || !ok {
			return
		}
		again, ok, err := Parse(m.String())
		if err != nil || !ok || again.Name != m.Name || !slices.Equal(again.Args, m.Args) {
			t.Errorf("%q -> %q -> %q (%v)", line, m, again, err)
		}
	})
}

// still is a tracker that costs nothing.
type still struct{}

func (still) Init(*image.RGBA, tracker.Box) error { return nil }
func (still) Update(*image.RGBA) (tracker.Result, error) {
	return tracker.Result{Box: tracker.Box{X: 1, Y: 2, W: 3, H: 4}, Score: 0.5}, nil
}

// FuzzServe: whatever a client sends, the session ends, and what the server says is the protocol's.
func FuzzServe(f *testing.F) {
	picture := `"image:8;8;gray8;` + base64.StdEncoding.EncodeToString(make([]byte, 64)) + `"`
	f.Add(4, `@@TRAX:initialize "1,1,4,4"`+"\n@@TRAX:frame "+picture+"\n@@TRAX:frame "+picture+"\n@@TRAX:quit")
	f.Add(1, `@@TRAX:initialize `+picture+` "1,1,4,4"`+"\n@@TRAX:frame "+picture)
	f.Add(3, `@@TRAX:initialize "a" "m0,0,2,2,0,4" "k=v"`)
	f.Add(2, "noise\n@@TRAX:state\n")
	f.Fuzz(func(t *testing.T, version int, text string) {
		var out bytes.Buffer
		o := Options{Version: version, ReadImage: func(string) (*image.RGBA, error) { return nil, errors.New("none") }}
		err := Serve(context.Background(), strings.NewReader(text), &out, still{}, o)
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if version < 0 || version > MaxVersion {
			if err == nil {
				t.Errorf("version %d was served", version)
			}
			return
		}
		for _, l := range lines {
			if _, ok, perr := Parse(l); perr != nil || !ok {
				t.Errorf("%q: server wrote %q: %v", text, l, perr)
			}
		}
		if told := strings.HasPrefix(lines[len(lines)-1], prefix+"quit"); told != (err != nil) {
			t.Errorf("%q: the session ended with %v, the client was told %q", text, err, lines[len(lines)-1])
		}
	})
}

func FuzzPicture(f *testing.F) {
	f.Add("image:2;1;gray8;AAA=")
	f.Add("image:1;1;rgb;AAAA")
	f.Add("data:image/png;base64,iVBORw0KGgo=")
	f.Fuzz(func(t *testing.T, arg string) {
		s := &session{Options: Options{ReadImage: func(string) (*image.RGBA, error) { return nil, errors.New("none") }}}
		if img, err := s.picture(arg); (img == nil) == (err == nil) {
			t.Errorf("%q: %v %v", arg, img, err)
		}
	})
}
