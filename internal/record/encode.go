package record

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"siamtrack/tracker"
)

// csvHeader names the columns of a CSV file, in the order in which they are written; csvHeaderIDs those of several
// targets.
const (
	csvHeader    = "frame,time_s,x,y,w,h,score,state,ms\n"
	csvHeaderIDs = "frame,id,time_s,x,y,w,h,score,state,ms\n"
)

// encoding returns the first line of a format, which may be empty, and a new encoder of its rows.
func encoding(f Format, o Options) (header string, _ encoder, _ error) {
	switch f {
	case CSV:
		if o.IDs {
			return csvHeaderIDs, o.appendCSV, nil
		}
		return csvHeader, o.appendCSV, nil
	case JSONL:
		return "", o.appendJSON, nil
	case OTB:
		return "", newLines(appendOTB), nil
	case GOT:
		return "", newLines(appendGOT), nil
	case VOT:
		return "", newLines(appendVOT), nil
	case Times:
		return "", newLines(appendTime), nil
	case Confidence:
		return "", newLines(appendConfidence), nil
	case MOT:
		return "", appendMOT, nil
	}
	return "", nil, fmt.Errorf("record: no format %q: there are %s, %s, %s, %s, %s, %s, %s and %s",
		string(f), CSV, JSONL, MOT, OTB, GOT, Times, VOT, Confidence)
}

func (o Options) appendCSV(b []byte, r Row) []byte {
	b = strconv.AppendInt(b, int64(r.Frame), 10)
	if o.IDs {
		b = append(b, ',')
		if strings.ContainsAny(r.Name, "\",\r\n") {
			b = append(append(append(b, '"'), strings.ReplaceAll(r.Name, `"`, `""`)...), '"')
		} else {
			b = label(b, r)
		}
	}
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

// label appends the target's name, or its number, or nothing where it has neither: 0 would be a name.
func label(b []byte, r Row) []byte {
	if r.Name != "" {
		return append(b, r.Name...)
	}
	if r.ID == 0 {
		return b
	}
	return strconv.AppendInt(b, int64(r.ID), 10)
}

func (o Options) appendJSON(b []byte, r Row) []byte {
	field := func(name string, v float64, decimals int) {
		b = append(append(append(b, `,"`...), name...), `":`...)
		if math.IsNaN(v) || math.IsInf(v, 0) { // JSON has no such numbers
			b = append(b, "null"...)
			return
		}
		b = number(b, v, decimals)
	}
	b = strconv.AppendInt(append(b, `{"frame":`...), int64(r.Frame), 10)
	if o.IDs && r.Name != "" {
		b = text(append(b, `,"id":`...), r.Name)
	} else if o.IDs && r.ID != 0 {
		b = strconv.AppendInt(append(b, `,"id":`...), int64(r.ID), 10)
	}
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
	if r.Size.X > 0 {
		b = fmt.Appendf(b, `,"size":[%d,%d]`, r.Size.X, r.Size.Y)
	}
	return append(b, "}\n"...)
}

// text appends s as JSON writes it.
func text(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// newLines returns an encoder that writes a line for every frame of one target: frames that were passed over, as a live
// run drops them, get the line before.
func newLines(line encoder) encoder {
	var last Row
	begun := false
	return func(b []byte, r Row) []byte {
		for begun && last.Frame+1 < r.Frame {
			last.Frame++
			last.First = false
			b = append(line(b, last), '\n')
		}
		begun, last = true, r
		return append(line(b, r), '\n')
	}
}

func appendOTB(b []byte, r Row) []byte { return box(b, r, 0) }

// appendGOT writes three decimals each, as the toolkit's numpy.savetxt(fmt="%.3f") does.
func appendGOT(b []byte, r Row) []byte {
	for i, v := range [...]float64{r.Box.X, r.Box.Y, r.Box.W, r.Box.H} {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, v, 'f', 3, 64)
	}
	return b
}

// appendVOT writes the box, or the code of a frame on which the tracker was started.
func appendVOT(b []byte, r Row) []byte {
	if r.First {
		return append(b, '1')
	}
	return box(b, r, 0)
}

// appendTime writes seconds with eight decimals, as the GOT-10k toolkit does.
func appendTime(b []byte, r Row) []byte {
	return strconv.AppendFloat(b, r.Elapsed.Seconds(), 'f', 8, 64)
}

// appendConfidence writes the score; a start has none.
func appendConfidence(b []byte, r Row) []byte {
	if r.First {
		return b
	}
	return strconv.AppendFloat(b, r.Score, 'f', 6, 64)
}

// appendMOT writes nothing for a frame in which the target is lost.
func appendMOT(b []byte, r Row) []byte {
	if r.State == tracker.Lost {
		return b
	}
	b = strconv.AppendInt(b, int64(r.Frame)+1, 10)
	b = strconv.AppendInt(append(b, ','), int64(max(1, r.ID)), 10)
	b = box(append(b, ','), r, 1)
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
