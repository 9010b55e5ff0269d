package tracker

import (
	"fmt"
	"image"
	"time"
)

// Frame is one picture of a video.
type Frame struct {
	// Image is opaque; its Stride may exceed 4*width. Its bounds start at (0, 0).
	Image *image.RGBA
	// Index counts the source's frames from 0.
	Index int
	// Time is the frame's own time since the source's start, as the container or the clock of a camera gives it.
	Time time.Duration
}

// Source gives the frames of a video, in order.
type Source interface {
	// Next fills dst, reusing its image where the size fits. It returns io.EOF after the last frame; any other error
	// is final too, and dst then holds nothing of use. The image belongs to the caller until it passes dst again.
	Next(dst *Frame) error
	// Close frees the source. It may be called twice, and, to end a blocked Next, from another goroutine.
	Close() error
}

// Tracker follows one target. It is used by one goroutine at a time and never keeps img.
type Tracker interface {
	// Init starts (or starts anew) on target, which must lie in img as Box.Trackable leaves it.
	Init(img *image.RGBA, target Box) error
	// Update finds the target in the next frame. Result.Response is valid until the next call. After an error the
	// tracker's state is as before the call.
	Update(img *image.RGBA) (Result, error)
}

// Team searches a frame for several trackers in one go, where that is faster than one after the other.
type Team interface {
	// Search does the first part of each member's Update with img; the second is its Locate with the same frame. After an
	// error all of them are as before the call.
	Search(img *image.RGBA, members []TeamMember) error
}

// TeamMember is a Tracker that can be in a Team.
type TeamMember interface {
	Tracker
	// Locate returns what Update would, of a frame that the Team has searched. After an error the tracker's state is as
	// before the Search.
	Locate(img *image.RGBA) (Result, error)
}

// State says how far a result can be trusted.
type State int

// The states of a track, from the best to the worst. Uncertain results are to be shown as such; where the target is
// Lost the box is only a guess near its last place, and must not be drawn as if it were sure.
const (
	Tracking State = iota
	Uncertain
	Lost
)

var stateNames = [...]string{"tracking", "uncertain", "lost"}

// String returns "tracking", "uncertain" or "lost".
func (s State) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return fmt.Sprintf("State(%d)", int(s))
	}
	return stateNames[s]
}

// MarshalText writes the state's name.
func (s State) MarshalText() ([]byte, error) {
	if s < 0 || int(s) >= len(stateNames) {
		return nil, fmt.Errorf("tracker: no state %d", int(s))
	}
	return []byte(stateNames[s]), nil
}

// UnmarshalText reads the state's name.
func (s *State) UnmarshalText(text []byte) error {
	for i, n := range stateNames {
		if n == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("tracker: no state %q", text)
}

// Result is what a tracker says of one frame.
type Result struct {
	// Box is the target, in pixels of the frame.
	Box Box
	// Score is the confidence in [0, 1], the model's own at the place chosen, before window and penalties.
	Score float64
	State State
	// Search is the square of the frame that was searched, in pixels of the frame; it may reach outside.
	Search Box
	// Response is the map behind the result, nil where the tracker has none. It is valid until the next Update.
	Response *Response
}

// Response is a response map: how much each place of the search region looks like the exemplar.
type Response struct {
	// Values holds Height rows of Width values in [0, 1], row by row.
	Values        []float32
	Width, Height int
	// Area is the rectangle of the frame that the map covers, edge to edge: the cell in column i and row j covers
	// [X + i*W/Width, X + (i+1)*W/Width) and so on.
	Area Box
	// Peak is the largest value. PSR is the peak-to-sidelobe ratio (Bolme et al., CVPR 2010), APCE the average
	// peak-to-correlation energy (Wang et al., "Large Margin Object Tracking with Circulant Feature Maps", 2017).
	Peak, PSR, APCE float64
}

// Stages are the times that one update spent, part by part.
type Stages struct{ Crop, Embed, Correlate, Locate time.Duration }

// StageTimer is a Tracker that can say where the time of the last Update went.
type StageTimer interface{ Stages() Stages }

// Thresholds are the scores below which a frame is uncertain, or a sign of loss; 0 where there is none.
type Thresholds struct{ Uncertain, Lost float64 }

// Thresholder is a Tracker that can say by which scores it judges. They stay as they are.
type Thresholder interface{ Thresholds() Thresholds }

// CropViewer is a Tracker that can show what its network saw.
type CropViewer interface {
	// Crops returns the exemplar of the last Init and the search region of the last Update as pictures. They are the
	// caller's to read until the next Init or Update; search is nil before the first Update.
	Crops() (exemplar, search *image.RGBA)
}

// PartReader is a Tracker that says which parts of a frame it reads: making RGBA of all of a large picture is dear, and
// a tracker looks at one place.
type PartReader interface {
	// ReadParts has Init and Update call fill before they read a part of a frame, whose pixels are undefined until then;
	// nil: they are there.
	ReadParts(fill func(img *image.RGBA, part image.Rectangle))
}
