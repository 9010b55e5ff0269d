package main

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"siamtrack/internal/notes"
	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// desktop is a real window of the program on a real display, driven as a person drives it.
type desktop struct {
	t      *testing.T
	dir    string // the program's working folder
	cmd    *exec.Cmd
	ended  chan struct{} // closed once the program has ended
	err    error         // how, once it has
	stderr notes.Log
	origin image.Point // its place on the screen
	size   image.Point
}

// openDesktop starts `track live` in a folder of its own and waits for its window to show pictures.
func openDesktop(t *testing.T, args ...string) *desktop {
	t.Helper()
	needDesktop(t)
	args = append([]string{"live", "--log-level", "debug"}, args...) // what told reads
	d := launch(t, program(t, args...))
	d.eventually("a window with pictures", func() bool { return d.locate() && d.size == image.Pt(768, 576) }) // the clip's
	return d
}

// launch starts the program in a folder of its own.
func launch(t *testing.T, cmd *exec.Cmd) *desktop {
	t.Helper()
	d := &desktop{t: t, dir: t.TempDir(), cmd: cmd, ended: make(chan struct{})}
	cmd.Dir, cmd.Stderr = d.dir, &d.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		d.err = cmd.Wait()
		close(d.ended)
	}()
	t.Cleanup(d.kill)
	return d
}

// locate finds the window and where it is.
func (d *desktop) locate() bool {
	out, err := exec.Command("xdotool", "search", "--onlyvisible", "--class", "siamtrack",
		"getwindowgeometry", "--shell").Output()
	if err != nil {
		return false
	}
	v := map[string]int{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		v[name], _ = strconv.Atoi(value)
	}
	d.origin, d.size = image.Pt(v["X"], v["Y"]), image.Pt(v["WIDTH"], v["HEIGHT"])
	return true
}

// kill ends the program if the test has not.
func (d *desktop) kill() {
	_ = d.cmd.Process.Kill() // it may have ended
	<-d.ended
}

// eventually waits until what is so. A program that has ended may have made it so first: it is asked once more.
func (d *desktop) eventually(what string, so func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case <-d.ended:
			if so() {
				return
			}
			d.t.Fatalf("the program ended while the test waited for %s: %v\n%s", what, d.err, d.stderr.String())
		default:
		}
		if so() {
			return
		}
	}
	d.t.Fatalf("no %s within a minute\n%s", what, d.stderr.String())
}

// xdotool does what a hand does.
func (d *desktop) xdotool(args ...string) {
	d.t.Helper()
	if out, err := exec.Command("xdotool", args...).CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// press presses keys, one after the other, as people do.
func (d *desktop) press(keys ...string) {
	d.t.Helper()
	names := map[string]string{"space": "Space", "period": ".", "Escape": "Esc"}
	for _, k := range keys {
		name := k
		if names[k] != "" {
			name = names[k]
		}
		d.told("msg=key name="+name+"\n", func() { d.xdotool("key", k) })
	}
}

// told does something and waits until the program's log says that the window has taken it. People see that on the
// screen; on a busy machine a hand that does not look is too fast.
func (d *desktop) told(line string, do func()) {
	d.t.Helper()
	before := strings.Count(d.stderr.String(), line)
	do()
	said := func() bool { return strings.Count(d.stderr.String(), line) > before }
	d.eventually("word of "+strings.TrimSpace(line), said)
}

// move moves the pointer to a point of the window.
func (d *desktop) move(x, y float64) {
	d.t.Helper()
	d.xdotool("mousemove", strconv.Itoa(d.origin.X+int(x)), strconv.Itoa(d.origin.Y+int(y)))
}

// begin presses the left button at a point of the window.
func (d *desktop) begin(x, y float64) {
	d.t.Helper()
	d.locate()
	d.move(x, y)
	d.told(`msg="box begun"`, func() { d.xdotool("mousedown", "1") })
}

// drag draws a box given in the window's pixels, from its right lower corner. A press on the window's last row and
// beyond is not the window's: the box is held inside.
func (d *desktop) drag(b tracker.Box) {
	d.t.Helper()
	d.locate()
	b = b.Clip(d.size.X-1, d.size.Y-1)
	d.begin(b.X+b.W, b.Y+b.H)
	for _, part := range []float64{0.9, 0.5, 0.2, 0} {
		d.move(b.X+part*b.W, b.Y+part*b.H)
	}
	d.told(`msg="box drawn"`, func() { d.xdotool("mouseup", "1") })
}

// steady photographs the screen once it has come to rest: some pictures in a row are the same.
func (d *desktop) steady(name string) *image.RGBA {
	d.t.Helper()
	last, same := d.picture(name), 0
	d.eventually("picture at rest", func() bool {
		now := d.picture(name)
		if same++; !bytes.Equal(now.Pix, last.Pix) {
			same = 0
		}
		last = now
		return same >= 3
	})
	return last
}

// shows waits until the screen looks as a picture does, or no longer does.
func (d *desktop) shows(name string, p *image.RGBA, same bool) {
	d.t.Helper()
	d.eventually("picture as it should be: "+name, func() bool { return bytes.Equal(d.picture(name).Pix, p.Pix) == same })
}

// picture photographs the screen. With SIAMTRACK_SCREENSHOTS it keeps the pictures in that folder, to be looked at.
func (d *desktop) picture(name string) *image.RGBA {
	d.t.Helper()
	time.Sleep(300 * time.Millisecond) // drawn by now
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-i", os.Getenv("DISPLAY"),
		"-frames:v", "1", "-pix_fmt", "rgba", "-c:v", "png", "-f", "image2pipe", "-").Output()
	if err != nil {
		d.t.Fatalf("ffmpeg cannot photograph the screen: %v", err)
	}
	if folder := os.Getenv("SIAMTRACK_SCREENSHOTS"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".png"), out, 0o644); err != nil {
			d.t.Fatal(err)
		}
	}
	decoded, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		d.t.Fatal(err)
	}
	img := image.NewRGBA(decoded.Bounds())
	draw.Draw(img, img.Rect, decoded, img.Rect.Min, draw.Src)
	return img
}

// rows reads the track so far. The last row may be half written.
func (d *desktop) rows(name string) []record.Row {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.dir, name+".part")) // until the session ends
	if err != nil {
		data, err = os.ReadFile(filepath.Join(d.dir, name))
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		d.t.Fatal(err)
	}
	if data = data[:bytes.LastIndexByte(data, '\n')+1]; len(data) == 0 {
		return nil
	}
	rows, err := record.Read(bytes.NewReader(data), name)
	if err != nil {
		d.t.Fatal(err)
	}
	return rows
}

// quit presses q and returns the exit code and what the program said.
func (d *desktop) quit() (code int, stderr string) {
	d.t.Helper()
	d.xdotool("key", "q")
	return d.wait()
}

// interrupt ends the program by Ctrl-C.
func (d *desktop) interrupt() (code int, stderr string) {
	d.t.Helper()
	return d.signal(syscall.SIGINT)
}

// signal ends the program by a signal.
func (d *desktop) signal(s os.Signal) (code int, stderr string) {
	d.t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil {
		d.t.Fatalf("it has ended: %v\n%s", err, d.stderr.String())
	}
	return d.wait()
}

// wait waits for the program's end.
func (d *desktop) wait() (code int, stderr string) {
	d.t.Helper()
	select {
	case <-d.ended:
		return d.cmd.ProcessState.ExitCode(), d.stderr.String()
	case <-time.After(time.Minute):
		d.t.Fatalf("the program does not end\n%s", d.stderr.String())
		return 0, ""
	}
}
