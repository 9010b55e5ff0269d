package folder

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"siamtrack/bench/region"
	"siamtrack/tracker"
)

// nan marks a value that is not there.
func nan() float64 { return math.NaN() }

// WriteBoxes writes x,y,w,h a line with three decimals, as got10k does.
func WriteBoxes(to File, boxes []tracker.Box) error {
	var b bytes.Buffer
	for _, x := range boxes {
		fmt.Fprintf(&b, "%s\n", x)
	}
	return to.Write(b.Bytes())
}

// WriteTimes writes seconds, a line a frame and a column a repetition, with eight decimals.
func WriteTimes(to File, repeats ...[]float64) error {
	var b bytes.Buffer
	for i := range repeats[0] {
		for r, col := range repeats {
			if r > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.FormatFloat(col[i], 'f', 8, 64))
		}
		b.WriteByte('\n')
	}
	return to.Write(b.Bytes())
}

// WriteRegions writes a VOT trajectory, a region or a code a line.
func WriteRegions(to File, regions []region.Region) error {
	var b bytes.Buffer
	for _, r := range regions {
		fmt.Fprintf(&b, "%s\n", r)
	}
	return to.Write(b.Bytes())
}

// WriteConfidence writes a number a line, a blank one for NaN.
func WriteConfidence(to File, scores []float64) error {
	var b bytes.Buffer
	for _, s := range scores {
		if !math.IsNaN(s) {
			b.WriteString(strconv.FormatFloat(s, 'f', 6, 64))
		}
		b.WriteByte('\n')
	}
	return to.Write(b.Bytes())
}
