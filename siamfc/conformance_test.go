package siamfc_test

import (
	"testing"

	"siamtrack/siamfc"
	"siamtrack/tracker"
	"siamtrack/tracker/trackertest"
)

func TestPixelsKeepTheInterface(t *testing.T) {
	trackertest.Run(t, func(t *testing.T) tracker.Tracker {
		m := siamfc.PixelsManifest()
		tr, err := siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	})
}
