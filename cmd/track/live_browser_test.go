//go:build heavy

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// frameNow asks the server which frame is shown.
func frameNow(t *testing.T, page string) int {
	t.Helper()
	r, err := http.Get(page + "state")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var s struct{ Frame int }
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s.Frame
}

// TestBrowserFollowsWhatIsDrawn draws a box in a real browser on the playing clip, with the mouse and with a finger.
func TestBrowserFollowsWhatIsDrawn(t *testing.T) {
	needTools(t, "chromium")
	truth := readTrack(t, clipTruth)
	page, d := served(t, absolute(t, clip), "-m", goodModel(t), "--jsonl", "t.jsonl",
		"--fps", "3") // slower than it was: a busy machine has the time to start a browser, and to follow
	pause := func(on bool) { // the woman stands still while a box is drawn
		t.Helper()
		ask[struct{}](t, http.MethodPost, page+"pause", fmt.Sprintf(`{"on":%v}`, on))
	}
	d.eventually("picture", func() bool {
		return ask[struct{ Width int }](t, http.MethodGet, page+"state", "").Width > 0
	})
	pause(true)
	ctx := browse(t, page)
	drawMouse(t, ctx, truthAt(t, truth, frameNow(t, page)))
	pause(false)
	awaitJS(t, ctx, `last.target && last.state == "tracking" && by("state").textContent.startsWith("tracking")`)
	d.eventually("20 rows", func() bool { return len(d.rows("t.jsonl")) > 20 })
	keepScreenshot(t, ctx, "browser-followed")
	mouse := len(d.rows("t.jsonl"))

	pause(true)
	drawFinger(t, ctx, truthAt(t, truth, frameNow(t, page)))
	pause(false)
	d.eventually("15 more rows", func() bool { return len(d.rows("t.jsonl")) > mouse+15 })
	rows := d.rows("t.jsonl")
	chosen := 0
	for _, r := range rows {
		if r.Score == 1 && r.Elapsed > 0 && sameDrawing(r.Box, truthAt(t, truth, r.Frame)) {
			chosen++
		}
	}
	if chosen == 0 {
		t.Error("no row is the box that was drawn")
	}
	meanIoU(t, rows[:mouse], truth, "mouse")
	meanIoU(t, rows[mouse+2:], truth, "finger")

	press := func(key string) {
		if err := chromedp.Run(ctx, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"m", "o", "p", "g"} {
		press(key)
	}
	awaitJS(t, ctx, `last.show.heat_map && last.show.search && last.show.panel && last.show.scores`)
	awaitJS(t, ctx, `document.getElementById("picture").naturalHeight > 576`)
	keepScreenshot(t, ctx, "browser-all")
	selectInBrowser(t, ctx)
	press("c")
	awaitJS(t, ctx, `!last.target && document.getElementById("targets").hidden`)
	press(" ")
	awaitJS(t, ctx, `last.paused || last.ended`)
	if code, _ := d.interrupt(); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
	awaitJS(t, ctx, `document.getElementById("state").textContent.includes("connection is lost")`)
	keepScreenshot(t, ctx, "browser-gone")
}

// selectInBrowser draws a third box on the grass, selects by the list and by a click, and removes by the key.
func selectInBrowser(t *testing.T, ctx context.Context) {
	t.Helper()
	grass := tracker.Box{X: 100, Y: 480, W: 60, H: 60}
	drawMouse(t, ctx, grass)
	awaitJS(t, ctx, `last.targets.length == 3 && last.selected == 3 && by("targets").children.length == 3`)
	keepScreenshot(t, ctx, "browser-three")
	if err := chromedp.Run(ctx, chromedp.Click(`#targets li:nth-child(2) .pick`)); err != nil {
		t.Fatal(err)
	}
	awaitJS(t, ctx, `last.selected == 2`)
	x, y := place(t, ctx, grass.X+30, grass.Y+30)
	if err := chromedp.Run(ctx, chromedp.MouseClickXY(x, y)); err != nil {
		t.Fatal(err)
	}
	awaitJS(t, ctx, `last.selected == 3`)
	if err := chromedp.Run(ctx, chromedp.KeyEvent(kb.Delete)); err != nil {
		t.Fatal(err)
	}
	awaitJS(t, ctx, `last.targets.length == 2 && last.targets.every((t) => t.id != 3)`)
	if err := chromedp.Run(ctx, chromedp.Click(`#targets li:nth-child(1) .drop`)); err != nil {
		t.Fatal(err)
	}
	awaitJS(t, ctx, `last.targets.length == 1 && last.targets[0].id == 2`)
}

// sameDrawing reports whether a box is about where it was meant to be drawn.
func sameDrawing(a, b tracker.Box) bool { return a.IoU(b) > 0.7 }

func meanIoU(t *testing.T, rows, truth []record.Row, name string) {
	t.Helper()
	sum := 0.0
	for _, r := range rows {
		sum += r.Box.IoU(truthAt(t, truth, r.Frame))
	}
	if mean := sum / float64(len(rows)); mean < 0.5 {
		t.Errorf("%s: mean IoU %.3f with the clip's truth over %d frames", name, mean, len(rows))
	} else {
		t.Logf("%s: mean IoU %.3f over %d frames", name, mean, len(rows))
	}
}

// TestBrowserNeedsTheToken opens the page without and with the token.
func TestBrowserNeedsTheToken(t *testing.T) {
	needTools(t, "chromium")
	page, _ := served(t, absolute(t, clip), "-m", absolute(t, tiny), "--token", "s3cret")
	r, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %s", r.Status)
	}
	ctx := browse(t, page+"?token=s3cret")
	var where string
	if err := chromedp.Run(ctx, chromedp.Location(&where)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(where, "s3cret") {
		t.Errorf("the token stays in the address: %s", where)
	}
}

// TestBrowserColors chooses the colours of the response map: in the menu, by the key, and in the menu by keys.
func TestBrowserColors(t *testing.T) {
	needTools(t, "chromium")
	page, d := served(t, absolute(t, clip), "-m", goodModel(t), "--init", clipInit, "--colormap", "turbo", "--fps", "2")
	ctx := browse(t, page)
	run := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	awaitJS(t, ctx, `last.target && by("colors").value == "turbo" && by("colors").length == last.color_maps.length`)
	// hues sums up the differences of the picture's channels: two pictures of one moment differ by them.
	const hues = `window.hues = () => {
		const c = document.createElement("canvas"), g = c.getContext("2d");
		c.width = picture.naturalWidth; c.height = picture.naturalHeight; g.drawImage(picture, 0, 0);
		const p = g.getImageData(0, 0, c.width, c.height).data;
		let sum = 0;
		for (let i = 0; i < p.length; i += 4) sum += Math.max(p[i], p[i+1], p[i+2]) - Math.min(p[i], p[i+1], p[i+2]);
		return sum;
	}; true`
	run(chromedp.Evaluate(hues, new(bool)), chromedp.KeyEvent("p"), chromedp.KeyEvent("m"))
	awaitJS(t, ctx, `picture.naturalHeight > 576`)
	run(chromedp.KeyEvent(" "))
	awaitJS(t, ctx, `(() => { // the picture stands still
		const sum = hues(), now = Date.now();
		if (sum !== window.turbo) { window.turbo = sum; window.since = now; }
		return last.paused && now - since > 1500;
	})()`)
	run(chromedp.KeyEvent("k"))
	awaitJS(t, ctx, `last.show.color_map == "gray" && by("colors").value == "gray" && hues() != turbo`)
	keepScreenshot(t, ctx, "browser-gray")
	run(chromedp.Focus("#colors"), chromedp.KeyEvent("t"), chromedp.KeyEvent("u"))
	awaitJS(t, ctx, `last.show.color_map == "turbo" && hues() == turbo && !last.show.search`)
	run(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("k"), chromedp.KeyEvent("k"))
	awaitJS(t, ctx, `last.show.color_map == "viridis" && by("colors").value == "viridis"`)
	if code, _ := d.interrupt(); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
}

// TestBrowserSaves records and takes a snapshot with the page's buttons, draws a box by keys alone, and opens the page
// anew while the source is paused.
func TestBrowserSaves(t *testing.T) {
	needTools(t, "chromium")
	page, d := served(t, absolute(t, clip), "-m", goodModel(t), "--jsonl", "t.jsonl", "--fps", "2")
	ctx := browse(t, page)
	run := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	run(chromedp.KeyEvent(" "))
	awaitJS(t, ctx, `last.paused`)
	run(chromedp.Reload())
	awaitJS(t, ctx, `picture.naturalWidth == 768 && last.paused`)
	run(chromedp.KeyEvent(" "))
	awaitJS(t, ctx, `!last.paused`)
	run(chromedp.Click("#record"))
	awaitJS(t, ctx, `last.recording && by("record").textContent == "Stop recording" && !by("rec").hidden`)
	run(chromedp.Evaluate(`stage.focus()`, nil), chromedp.KeyEvent(kb.Enter))
	awaitJS(t, ctx, `!still.hidden && still.naturalWidth > 0 && !box.hidden`)
	run(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowUp))
	keepScreenshot(t, ctx, "browser-keys")
	run(chromedp.KeyEvent(kb.Enter))
	awaitJS(t, ctx, `last.target && still.hidden`)
	d.eventually("rows of what was drawn by keys", func() bool { return len(d.rows("t.jsonl")) > 3 })
	if b := d.rows("t.jsonl")[0].Box; math.Abs(b.W-0.16*768) > 2 || math.Abs(b.X-0.42*768) > 10 || b.X >= 0.42*768 {
		t.Errorf("drawn by keys: %v", b)
	}
	run(chromedp.Click("#snapshot"))
	awaitJS(t, ctx, `by("notice").className == "good" && by("notice").querySelectorAll("a").length == 2`)
	run(chromedp.Click("#record"))
	awaitJS(t, ctx, `!last.recording && by("notice").textContent.includes("recorded ")`)
	keepScreenshot(t, ctx, "browser-saved")
	run(chromedp.KeyEvent("h"))
	awaitJS(t, ctx, `by("help").open && by("help").querySelectorAll("dt").length > 12`)
	run(chromedp.KeyEvent("h"))
	awaitJS(t, ctx, `!by("help").open`)
	run(emulation.SetDeviceMetricsOverride(360, 640, 2, true))
	awaitJS(t, ctx, `picture.dataset.size == "narrow" && picture.naturalWidth == 720 &&
		document.documentElement.scrollWidth <= innerWidth`)
	keepScreenshot(t, ctx, "browser-narrow")
	if code, _ := d.interrupt(); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
	for pattern, want := range map[string]int{"snapshot-*.png": 1, "snapshot-*.json": 1, "track-*.mp4": 1} {
		if files, _ := filepath.Glob(filepath.Join(d.dir, pattern)); len(files) != want {
			t.Errorf("%s: %v", pattern, files)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(d.dir, "track-*.mp4")); len(files) == 1 {
		if frames, w, h := video(t, files[0]); frames < 2 || w != 768 || h != 576 {
			t.Errorf("recorded %d frames of %dx%d", frames, w, h)
		}
	}
}

// TestBrowserSaysThatAVideoEnded records onto a full disk, as /dev/full plays it: the page says it, and goes on.
func TestBrowserSaysThatAVideoEnded(t *testing.T) {
	needTools(t, "chromium")
	out := filepath.Join(t.TempDir(), "out.mp4")
	if err := os.Symlink("/dev/full", out); err != nil {
		t.Fatal(err)
	}
	page, _ := served(t, absolute(t, clip), "-m", absolute(t, tiny), "--init", clipInit, "--record", out, "--fps", "3")
	ctx := browse(t, page)
	awaitJS(t, ctx, `!last.recording && by("rec").hidden && !by("notice").hidden && by("notice").className == "" &&
		by("notice").textContent.includes("o space left on device")`)
	keepScreenshot(t, ctx, "browser-full")
	frame := frameNow(t, page)
	awaitJS(t, ctx, fmt.Sprintf(`last.frame > %d && picture.naturalWidth > 0`, frame+3))
}
