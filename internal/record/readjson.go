package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"siamtrack/tracker"
)

// coordinate is a number that may be null, which is NaN, and tells whether it was there.
type coordinate struct {
	value float64
	given bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *coordinate) UnmarshalJSON(text []byte) error {
	c.given, c.value = true, math.NaN()
	if string(text) == "null" {
		return nil
	}
	return json.Unmarshal(text, &c.value)
}

// corners are the sides of a box, as both kinds of object have them.
type corners struct{ X, Y, W, H coordinate }

// box returns the box, or an error that names the side that is not there.
func (c corners) box() (tracker.Box, error) {
	for _, s := range []struct {
		name string
		coordinate
	}{{"x", c.X}, {"y", c.Y}, {"w", c.W}, {"h", c.H}} {
		if !s.given {
			return tracker.Box{}, fmt.Errorf("no %q", s.name)
		}
	}
	return tracker.Box{X: c.X.value, Y: c.Y.value, W: c.W.value, H: c.H.value}, nil
}

// target is the number or the name of a target, as both kinds of object have it under "id".
type target struct {
	id   int
	name string
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *target) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		err := json.Unmarshal(text, &t.name)
		t.name = strings.TrimSpace(t.name) // as a table's fields are read
		return err
	}
	if err := json.Unmarshal(text, &t.id); err != nil || t.id < 0 || t.id > maxID {
		return fmt.Errorf("id: %.20s is no number of a target", text)
	}
	if t.id == 0 {
		t.name = "0" // numbers count from 1
	}
	return nil
}

// decodeObject reads the one object of a file: a row for each target of a snapshot of several.
func decodeObject(text string) ([]Row, error) {
	first, _, err := decodeJSON(text)
	if err != nil {
		return nil, err
	}
	var o struct {
		Targets []struct {
			ID    target
			Name  string
			Box   corners
			Score float64
			State tracker.State
		}
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return nil, err
	}
	if len(o.Targets) == 0 {
		return []Row{first}, nil
	}
	var rows []Row
	for _, t := range o.Targets {
		r := first
		if r.Box, err = t.Box.box(); err != nil {
			return nil, err
		}
		r.ID, r.Name, r.Score, r.State = t.ID.id, strings.TrimSpace(t.Name), t.Score, t.State
		rows = append(rows, r)
	}
	return rows, nil
}

// decodeJSON reads one object: a line of JSON Lines, or what the live command writes beside a picture.
func decodeJSON(line string) (Row, bool, error) {
	var o struct {
		Frame *int64
		ID    target
		TimeS float64 `json:"time_s"`
		corners
		Score *float64
		State tracker.State
		MS    float64
		// A snapshot's.
		Name   string
		Target *bool
		Box    *corners
	}
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		return Row{}, false, err
	}
	switch {
	case o.Frame == nil || *o.Frame < 0 || *o.Frame > maxFrame:
		return Row{}, false, errors.New("no frame, or one that cannot be")
	case !plausible(o.TimeS) || !plausible(o.MS/1000):
		return Row{}, false, errors.New("a time that cannot be")
	case o.Target != nil && o.Box == nil:
		return Row{}, false, errors.New("a snapshot without a target")
	}
	if o.Box != nil {
		o.corners = *o.Box
	}
	box, err := o.box()
	if err != nil {
		return Row{}, false, err
	}
	r := Row{
		Frame: int(*o.Frame), ID: o.ID.id, Name: o.ID.name, Time: span(o.TimeS, time.Second), State: o.State,
		Score: math.NaN(),
		Box:   box, Elapsed: span(o.MS, time.Millisecond),
	}
	if name := strings.TrimSpace(o.Name); name != "" {
		r.Name = name
	}
	if o.Score != nil {
		r.Score = *o.Score
	}
	return r, true, nil
}
