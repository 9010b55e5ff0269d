package tracker

import (
	"fmt"
	"image"
	"strconv"
	"time"
)

// Start says where a target is first marked, as a person gave it; Box.Trackable is applied to Box.
type Start struct {
	// ID is the number by which the target is known, above 0; 0 gives it the next one that is free.
	ID int
	// Name is what the user calls the target; empty: it is called by its number.
	Name string
	// Frame is the index of the frame on which Box was drawn.
	Frame int
	Box   Box
}

// Label returns the target's name, or its number where it has none.
func (s Start) Label() string { return label(s.ID, s.Name) }

func label(id int, name string) string {
	if name != "" {
		return name
	}
	return strconv.Itoa(id)
}

// Target is what was said of one target in one frame.
type Target struct {
	// ID is the target's number, the same in every frame and of no other target in the run.
	ID int
	// Name is what the user calls it, empty where by its number.
	Name   string
	Result Result
	// Initial marks the frame that the tracker was started on: its Result repeats the given box with score 1.
	Initial bool
	// Elapsed is the time that Init or Update took, and Stages where it went; zero where the Tracker is no StageTimer.
	Elapsed time.Duration
	Stages  Stages
	// Thresholds are those of the Tracker, zero where it is no Thresholder.
	Thresholds Thresholds
	// Exemplar and Search are what the network saw; nil unless they were asked for and the Tracker is a CropViewer.
	Exemplar, Search *image.RGBA
}

// Label returns the target's name, or its number where it has none.
func (t *Target) Label() string { return label(t.ID, t.Name) }

// Step is one frame of a run and what was said of the targets in it.
type Step struct {
	Frame Frame
	// Targets are those that were followed in the frame, in the order in which they were marked.
	Targets []Target
}

// Elapsed is the time that the trackers took, without decoding.
func (s Step) Elapsed() time.Duration {
	var sum time.Duration
	for i := range s.Targets {
		sum += s.Targets[i].Elapsed
	}
	return sum
}

// Target returns what was said of the target with a number, nil where it is not followed.
func (s Step) Target(id int) *Target {
	for i := range s.Targets {
		if s.Targets[i].ID == id {
			return &s.Targets[i]
		}
	}
	return nil
}

// errTaken says that a target's number is another's.
func errTaken(id int) error { return fmt.Errorf("target %d: another one has that number", id) }
