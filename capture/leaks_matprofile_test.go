//go:build matprofile

package capture

import (
	"bytes"
	"fmt"
	"time"

	"gocv.io/x/gocv"
)

// leaks reports the Mats that are left, with the places that made them. A stalled read that Close left behind frees
// its own within the read time-out.
func leaks() string {
	deadline := time.Now().Add(2 * defaultReadTimeout)
	for gocv.MatProfile.Count() > 0 {
		if time.Now().After(deadline) {
			var b bytes.Buffer
			_ = gocv.MatProfile.WriteTo(&b, 1)
			return fmt.Sprintf("%d Mats left:\n%s", gocv.MatProfile.Count(), b.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
	return ""
}
