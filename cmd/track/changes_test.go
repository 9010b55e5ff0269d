package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// changing makes a stream of moving pictures whose kind changes in the middle, and back.
func changing(t *testing.T, name string, parts ...[]string) string {
	t.Helper()
	dir := t.TempDir()
	var all []byte
	for i, args := range parts {
		path := filepath.Join(dir, fmt.Sprint(i)+filepath.Ext(name))
		args = append([]string{"-v", "error", "-i", clip, "-frames:v", "12"}, append(args, path)...)
		if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
			t.Skipf("ffmpeg: %v\n%s", err, out)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, all, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// fullHD is motion JPEG whose pixel format changes at the size at which a stale converter read past its planes.
func fullHD(t *testing.T) string {
	kind := func(format string) []string {
		return []string{"-vf", "scale=1920:1080", "-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", format, "-f", "mjpeg"}
	}
	return changing(t, "mixed.mjpg", kind("yuvj422p"), kind("yuvj420p"), kind("yuvj422p"))
}

const fullHDInit = "872,802,125,278" // clipInit in 1920x1080

// A stream that changes its pixel format is followed through, every frame of it.
func TestFileFollowsAChangeOfPixelFormat(t *testing.T) {
	csv := in(t, "t.csv")
	mustTrack(t, fullHD(t), "-m", tiny, "--init", fullHDInit, "--csv", csv, "-o", in(t, "t.mp4"))
	if rows := readTrack(t, csv); len(rows) != 36 {
		t.Errorf("%d rows of 36", len(rows))
	}
}

// A stream that changes its size is followed in the new pixels; it is said, and the video keeps its size.
func TestFileFollowsAChangeOfSize(t *testing.T) {
	kind := func(size string) []string {
		return []string{"-vf", "scale=" + size, "-bf", "0", "-pix_fmt", "yuv420p", "-f", "mpegts"}
	}
	csv, mp4, jsonl, coco := in(t, "t.csv"), in(t, "t.mp4"), in(t, "t.jsonl"), in(t, "t.json")
	_, stderr := mustTrack(t, changing(t, "sizes.ts", kind("768:576"), kind("384:288"), kind("768:576")),
		"-m", goodModel(t), "--init", clipInit, "--csv", csv, "-o", mp4, "--jsonl", jsonl, "--coco", coco)
	rows := readTrack(t, csv)
	lines := strings.Split(read(t, jsonl), "\n")
	for i, line := range lines {
		want := map[int]string{12: `"size":[384,288]}`, 24: `"size":[768,576]}`}[i]
		if strings.Contains(line, "size") != (want != "") || !strings.HasSuffix(line, want) {
			t.Errorf("line %d: %s", i, line)
		}
	}
	if n := strings.Count(read(t, coco), `"width":384,"height":288`); n != 12 {
		t.Errorf("%d images of 12 are said to be small", n)
	}
	if len(readTrack(t, jsonl)) != 36 || len(rows) != 36 || strings.Count(stderr, "change their size") != 2 {
		t.Fatalf("%d rows of 36; %s", len(rows), stderr)
	}
	for i, r := range rows {
		least, most := 100.0, 200.0 // the height of a person
		if i >= 12 && i < 24 {
			least, most = 50, 100
		}
		if r.Box.H < least || r.Box.H > most {
			t.Errorf("frame %d: the box is %v", i, r.Box)
		}
	}
	if frames, w, h := video(t, mp4); frames != 36 || w != 768 || h != 576 {
		t.Errorf("the video has %d frames of %dx%d", frames, w, h)
	}
}

// The same live, from a camera that sends it over and over.
func TestLiveFollowsAChangeOfPixelFormat(t *testing.T) {
	data, err := os.ReadFile(fullHD(t))
	if err != nil {
		t.Fatal(err)
	}
	url := camera(t, bytes.SplitAfter(data, []byte("\xff\xd9")))
	_, d := served(t, url, "-m", absolute(t, tiny), "--init", fullHDInit, "--jsonl", "t.jsonl", "--timeout", "5s")
	d.eventually("rows of three rounds", func() bool {
		rows := d.rows("t.jsonl")
		return len(rows) > 0 && rows[len(rows)-1].Frame > 108
	})
	if code, stderr := d.interrupt(); code != exitInterrupted {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

// camera serves pictures as motion JPEG, for ever.
func camera(t *testing.T, pictures [][]byte) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return cameraOn(t, l, pictures)
}

func cameraOn(t *testing.T, l net.Listener, pictures [][]byte) (url string) {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		send(w, pictures, func() bool { return r.Context().Err() == nil })
	})}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + l.Addr().String() + "/camera"
}

// send answers with pictures as motion JPEG, while more is so.
func send(w http.ResponseWriter, pictures [][]byte, more func() bool) {
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
	for i := 0; more(); i++ {
		if p := pictures[i%len(pictures)]; len(p) > 2 {
			fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(p), p)
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// A source that is off at the start is waited for where --reconnect is given, and only then.
func TestLiveWaitsForASourceThatIsOff(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	url := "http://" + address + "/camera"
	code, _, stderr := track(t, "live", url, "-m", tiny, "--http", "127.0.0.1:0")
	if code != exitFailed || !strings.Contains(stderr, "refused") {
		t.Errorf("without --reconnect: exit %d, %q", code, stderr)
	}
	code, _, stderr = track(t, "live", url, "-m", tiny, "--http", "127.0.0.1:0", "--reconnect", "1")
	if code != exitFailed || !strings.Contains(stderr, "waiting for it") {
		t.Errorf("with one attempt: exit %d, %q", code, stderr)
	}
	data, err := os.ReadFile(changing(t, "a.mjpg", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "mjpeg"}))
	if err != nil {
		t.Fatal(err)
	}
	d := begun(t, "live", url, "-m", absolute(t, tiny), "--reconnect", "-1", "--init", "100,100,60,60",
		"--jsonl", "t.jsonl")
	d.eventually("waiting", func() bool { return strings.Contains(d.stderr.String(), "waiting for it") })
	l, err = net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	cameraOn(t, l, bytes.SplitAfter(data, []byte("\xff\xd9")))
	d.page()
	d.eventually("rows", func() bool { return len(d.rows("t.jsonl")) > 5 })
	if code, stderr := d.interrupt(); code != exitInterrupted || !strings.Contains(stderr, "waiting for it") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}
