//go:build heavy

package report

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestPageInChromium opens the page in a real browser: every picture loads, nothing is fetched, a click on a column's
// head sorts the table. SIAMTRACK_SCREENSHOT names a file for a picture of the page.
func TestPageInChromium(t *testing.T) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skipf("SKIPPED: no chromium to try the page in: %v", err)
	}
	_, ev := world(t)
	dir := t.TempDir()
	if err := WriteHTML(dir, ev, "Made by a test"); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.WindowSize(1200, 1500), chromedp.Flag("force-color-profile", "srgb"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var pictures, fetched int
	var up, down []string
	first := `[...document.querySelectorAll("#seq0 tbody td:first-child")].map(c => c.textContent.trim())`
	shot := []byte{}
	err = chromedp.Run(ctx,
		chromedp.Navigate("file://"+filepath.Join(dir, "index.html")),
		chromedp.WaitVisible("#trackers"),
		chromedp.Evaluate(`document.querySelectorAll(".frame image").length`, &pictures),
		chromedp.Evaluate(`performance.getEntriesByType("resource").filter(e => !e.name.startsWith("data:")).length`,
			&fetched),
		chromedp.Click("#seq0 thead th:nth-child(1)"), chromedp.Evaluate(first, &up),
		chromedp.Click("#seq0 thead th:nth-child(1)"), chromedp.Evaluate(first, &down),
		chromedp.Evaluate(`window.scrollTo(0, 0)`, nil),
		chromedp.CaptureScreenshot(&shot))
	if err != nil {
		t.Fatal(err)
	}
	if pictures < 6 || fetched != 0 {
		t.Errorf("%d pictures, %d things fetched", pictures, fetched)
	}
	if len(up) != 3 || up[0] != "Calm" || up[2] != "Hidden" || down[0] != "Hidden" || down[2] != "Calm" {
		t.Errorf("sorted by name: %v, again: %v", up, down)
	}
	if file := os.Getenv("SIAMTRACK_SCREENSHOT"); file != "" {
		if err := os.WriteFile(file, shot, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
