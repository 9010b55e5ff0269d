//go:build heavy

package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"siamtrack/tracker"
)

// browse opens a page in a headless browser.
func browse(t *testing.T, page string) context.Context {
	t.Helper()
	needTools(t, "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1100, 850))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, close := chromedp.NewContext(ctx)
	t.Cleanup(close)
	ctx, late := context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(late)
	if err := chromedp.Run(ctx, chromedp.Navigate(page)); err != nil {
		t.Fatal(err)
	}
	awaitJS(t, ctx, `document.getElementById("picture").naturalWidth == 768 && last.width == 768`)
	return ctx
}

// awaitJS waits until an expression is true in the page.
func awaitJS(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	if err := chromedp.Run(ctx, chromedp.Poll(expression, nil, chromedp.WithPollingInterval(50*time.Millisecond),
		chromedp.WithPollingTimeout(time.Minute))); err != nil {
		t.Fatalf("never true in the page: %s: %v", expression, err)
	}
}

// keepScreenshot writes a picture of the page where SIAMTRACK_SCREENSHOTS says.
func keepScreenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("SIAMTRACK_SCREENSHOTS")
	if folder == "" {
		return
	}
	var png []byte
	if err := chromedp.Run(ctx, chromedp.CaptureScreenshot(&png)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// place returns where a point of the frame is in the page.
func place(t *testing.T, ctx context.Context, x, y float64) (px, py float64) {
	t.Helper()
	var r struct{ X, Y, K float64 }
	if err := chromedp.Run(ctx, chromedp.Evaluate(
		`(() => { const r = stage.getBoundingClientRect(); return {X: r.left, Y: r.top, K: r.width / last.width}; })()`,
		&r)); err != nil {
		t.Fatal(err)
	}
	return r.X + x*r.K, r.Y + y*r.K
}

// drawMouse draws a box with the mouse, from its left lower corner.
func drawMouse(t *testing.T, ctx context.Context, b tracker.Box) {
	t.Helper()
	b = insideClip(b)
	x0, y0 := place(t, ctx, b.X, b.Y+b.H)
	x1, y1 := place(t, ctx, b.X+b.W, b.Y)
	left := chromedp.ButtonType(input.Left)
	if err := chromedp.Run(ctx,
		chromedp.MouseEvent(input.MousePressed, x0, y0, left, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.MouseMoved, (x0+x1)/2, (y0+y1)/2, left),
		chromedp.MouseEvent(input.MouseMoved, x1, y1, left),
		chromedp.Poll(`!still.hidden && still.naturalWidth > 0`, nil)); err != nil {
		t.Fatal(err)
	}
	keepScreenshot(t, ctx, "browser-drawing")
	if err := chromedp.Run(ctx, chromedp.MouseEvent(input.MouseReleased, x1, y1, left,
		chromedp.ClickCount(1))); err != nil {
		t.Fatal(err)
	}
}

// insideClip holds a box within the clip's picture: a press on its edge or beyond is not the picture's, and in some
// frames the woman's feet reach it.
func insideClip(b tracker.Box) tracker.Box { return b.Clip(768-1, 576-1) }

// drawFinger draws a box with a finger.
func drawFinger(t *testing.T, ctx context.Context, b tracker.Box) {
	t.Helper()
	b = insideClip(b)
	x0, y0 := place(t, ctx, b.X, b.Y)
	x1, y1 := place(t, ctx, b.X+b.W, b.Y+b.H)
	touch := func(kind input.TouchType, points ...*input.TouchPoint) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) error { return input.DispatchTouchEvent(kind, points).Do(ctx) })
	}
	if err := chromedp.Run(ctx, emulation.SetTouchEmulationEnabled(true),
		touch(input.TouchStart, &input.TouchPoint{X: x0, Y: y0}),
		touch(input.TouchMove, &input.TouchPoint{X: (x0 + x1) / 2, Y: (y0 + y1) / 2}),
		touch(input.TouchMove, &input.TouchPoint{X: x1, Y: y1}),
		touch(input.TouchEnd)); err != nil {
		t.Fatal(err)
	}
}
