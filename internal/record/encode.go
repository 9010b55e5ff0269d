package record

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"siamtrack/tracker"
)

// csvHeader names the columns of a CSV file, in the order in which they are written.
const csvHeader = "frame,time_s,x,y,w,h,score,state,ms"

// encoding returns the first line of a format, which may be empty, and a new encoder of its rows.
func encoding(f Format) (header string, _ encoder, _ error) {
	switch f {
	case CSV:
		return csvHeader + "\n", appendCSV, nil
	case JSONL:
		return "", appendJSON, nil
	case OTB:
		return "", newOTB(), nil
	case MOT:
		return "", appendMOT, nil
	}
	return "", nil, fmt.Errorf("record: no format %q: there are %s, %s, %s and %s", string(f), CSV, JSONL, OTB, MOT)
}

func appendCSV(b []byte, r Row) []byte {
	b = strconv.AppendInt(b, int64(r.Frame), 10)
	b = number(append(b, ','), r.Time.Seconds(), 6)
	b = box(append(b, ','), r, 0)
	b = number(append(b, ','), r.Score, 4)
	b = append(append(b, ','), r.State.String()...)
	b = append(b, ',')
	if r.Elapsed > 0 {
		b = number(b, milliseconds(r.Elapsed), 3)
	}
	return append(b, '\n')
}

func appendJSON(b []byte, r Row) []byte {
	field := func(name string, v float64, decimals int) {
		b = append(append(append(b, `,"`...), name...), `":`...)
		if math.IsNaN(v) || math.IsInf(v, 0) { // JSON has no such numbers
			b = append(b, "null"...)
			return
		}
		b = number(b, v, decimals)
	}
	b = strconv.AppendInt(append(b, `{"frame":`...), int64(r.Frame), 10)
	field("time_s", r.Time.Seconds(), 6)
	field("x", r.Box.X, 3)
	field("y", r.Box.Y, 3)
	field("w", r.Box.W, 3)
	field("h", r.Box.H, 3)
	field("score", r.Score, 4)
	b = append(append(append(b, `,"state":"`...), r.State.String()...), '"')
	if r.Elapsed > 0 {
		field("ms", milliseconds(r.Elapsed), 3)
	}
	return append(b, "}\n"...)
}

// newOTB returns an encoder that writes a line for every frame: frames that were passed over, as a live run drops
// them, get the box before.
func newOTB() encoder {
	var last Row
	begun := false
	return func(b []byte, r Row) []byte {
		for begun && last.Frame+1 < r.Frame {
			b = append(box(b, last, 0), '\n')
			last.Frame++
		}
		begun, last = true, r
		return append(box(b, r, 0), '\n')
	}
}

// appendMOT writes nothing for a frame in which the target is lost.
func appendMOT(b []byte, r Row) []byte {
	if r.State == tracker.Lost {
		return b
	}
	b = strconv.AppendInt(b, int64(r.Frame)+1, 10)
	b = box(append(b, ",1,"...), r, 1)
	b = number(append(b, ','), r.Score, 4)
	return append(b, ",-1,-1,-1\n"...)
}

// box appends x,y,w,h, the corner moved by shift.
func box(b []byte, r Row, shift float64) []byte {
	b = number(b, r.Box.X+shift, 3)
	b = number(append(b, ','), r.Box.Y+shift, 3)
	b = number(append(b, ','), r.Box.W, 3)
	return number(append(b, ','), r.Box.H, 3)
}

// number appends v with at most the given decimals, without zeros at the end: 12.5, 3, NaN.
func number(b []byte, v float64, decimals int) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', decimals, 64)
	if math.IsNaN(v) || math.IsInf(v, 0) || decimals == 0 {
		return b
	}
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if string(b[start:]) == "-0" {
		b = append(b[:start], '0')
	}
	return b
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
