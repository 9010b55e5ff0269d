// Package events tells other programs what a run sees while it sees it: JSON messages over UDP or MQTT.
//
// A message is one JSON object (see Message), by UDP one datagram. Tracking never waits for who receives: messages
// stand in a queue of bounded length, and what does not fit is dropped, the oldest first, changes of state last. The
// numbers of messages (seq) count what was dropped, too, so that a receiver sees gaps.
package events

import (
	"encoding/json"
	"math"
	"strconv"

	"siamtrack/tracker"
)

// Schema names the form of a message and its version, which changes when a field is taken away or means something
// else. New fields may come without.
const Schema = "siamtrack.events/1"

// Type says why a message was sent.
type Type string

// The types of messages.
const (
	// FrameType is sent for each target in each frame.
	FrameType Type = "frame"
	// StateType is sent before it where the target's state is another than in the frame before: first when it is marked,
	// and last when it is not followed any more, because it was removed or the run ended.
	StateType Type = "state"
)

// Ended is the state of a target that is not followed any more. The others are those of tracker.State.
const Ended = "ended"

// Message is what is told of one target in one frame. Boxes are in pixels of the frame, continuous and 0-based.
type Message struct {
	Schema string  `json:"schema" jsonschema:"the form of the message and its version: siamtrack.events/1"`
	Type   Type    `json:"type" jsonschema:"why it was sent: for a frame, or for a change of state"`
	Seq    uint64  `json:"seq" jsonschema:"number of the message for this receiver, from 1; a gap is what was dropped"`
	Source string  `json:"source" jsonschema:"the video, camera or stream, without passwords"`
	Frame  int     `json:"frame" jsonschema:"number of the frame, from 0"`
	Time   Seconds `json:"time_s" jsonschema:"the frame's time since the start of the video, in seconds"`
	Width  int     `json:"width" jsonschema:"width of the frame in pixels"`
	Height int     `json:"height" jsonschema:"height of the frame in pixels"`
	ID     int     `json:"id" jsonschema:"number of the target, from 1"`
	Name   string  `json:"name,omitempty" jsonschema:"name of the target, where it has one"`
	X      Number  `json:"x" jsonschema:"left edge of the box in pixels; while lost it is a guess"`
	Y      Number  `json:"y" jsonschema:"top edge of the box in pixels"`
	W      Number  `json:"w" jsonschema:"width of the box in pixels"`
	H      Number  `json:"h" jsonschema:"height of the box in pixels"`
	Score  Number  `json:"score" jsonschema:"how much the target looks like the exemplar, 0 to 1"`
	State  string  `json:"state" jsonschema:"tracking, uncertain or lost; ended when it is not followed any more"`
	// Previous is the state before, in messages of StateType alone; "" for a target that is new.
	Previous string `json:"previous,omitempty" jsonschema:"the state before, in messages of type state"`
}

// Number is a number with at most four decimals, or null for what is none.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) { return decimals(float64(n), 1e4), nil }

// Seconds is a time in seconds, to the microsecond.
type Seconds float64

// MarshalJSON implements json.Marshaler.
func (s Seconds) MarshalJSON() ([]byte, error) { return decimals(float64(s), 1e6), nil }

func decimals(v, unit float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null")
	}
	return strconv.AppendFloat(nil, math.Round(v*unit)/unit, 'f', -1, 64)
}

// encode returns a message as it is sent.
func (m *Message) encode() ([]byte, error) { return json.Marshal(m) }

// fill says what a step says of a target.
func (m *Message) fill(s *tracker.Step, t *tracker.Target) {
	size := s.Frame.Image.Rect.Size()
	m.Frame, m.Time, m.Width, m.Height = s.Frame.Index, Seconds(s.Frame.Time.Seconds()), size.X, size.Y
	m.ID, m.Name, m.State = t.ID, t.Name, t.Result.State.String()
	b := t.Result.Box
	m.X, m.Y, m.W, m.H, m.Score = Number(b.X), Number(b.Y), Number(b.W), Number(b.H), Number(t.Result.Score)
}
