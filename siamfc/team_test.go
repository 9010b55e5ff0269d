package siamfc

import (
	"errors"
	"image"
	"strings"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// inTurn is a Batch that runs its networks one after the other, or says why not, and notes of how many crops, of which
// size, it was given.
type inTurn struct {
	err   error
	calls [][2]int
}

func (b *inTurn) Search(nets []Network, crops [][]float32, size int, results []Maps) error {
	b.calls = append(b.calls, [2]int{len(nets), size})
	if err := (OneByOne{}).Search(nets, crops, size, results); err != nil {
		return err
	}
	return b.err
}

// stranger is a member of a team that is not this package's.
type stranger struct{ tracker.TeamMember }

// TestTeamSearches: what trackers of a team locate is what they find alone, in frames of two sizes; what goes wrong
// leaves them as they were.
func TestTeamSearches(t *testing.T) {
	v, err := synth.New(synth.Scene{Width: 320, Height: 240, Frames: 6, Seed: 5, Distractor: true})
	if err != nil {
		t.Fatal(err)
	}
	batch := &inTurn{}
	team := NewTeam(batch)
	var alone, members [2]*Tracker
	var list []tracker.TeamMember
	for i := range members {
		alone[i], members[i] = pixelTracker(t), pixelTracker(t)
		list = append(list, members[i])
	}
	var f tracker.Frame
	for i := 0; v.Next(&f) == nil; i++ {
		img := f.Image
		if i == 0 {
			if err := team.Search(img, list); !errors.Is(err, ErrNotStarted) {
				t.Errorf("a search before init: %v", err)
			}
			for k, b := range []tracker.Box{v.Truth(0).Box, v.LookAlike(0)} {
				if err := errors.Join(alone[k].Init(img, b), members[k].Init(img, b)); err != nil {
					t.Fatal(err)
				}
			}
			continue
		}
		if i == 3 { // frames of another size
			img = image.NewRGBA(image.Rect(0, 0, 300, 240))
			copy(img.Pix, f.Image.Pix)
		}
		batch.err = errors.New("no more")
		if err := team.Search(img, list); !errors.Is(err, batch.err) {
			t.Errorf("frame %d: %v, want the batch's error", i, err)
		}
		if _, err := members[0].Locate(img); !errors.Is(err, errNotSearched) {
			t.Errorf("frame %d: locate after a search that failed: %v", i, err)
		}
		batch.err = nil
		if err := team.Search(img, list); err != nil {
			t.Fatal(err)
		}
		for k := range members {
			got, err := members[k].Locate(img)
			want, e := alone[k].Update(img)
			if err != nil || e != nil || got.Box != want.Box || got.Score != want.Score || got.Search != want.Search {
				t.Errorf("frame %d: %+v, %v; alone %+v, %v", i, got, err, want, e)
			}
			if s := members[k].Stages(); s.Crop <= 0 || s.Correlate <= 0 {
				t.Errorf("frame %d: stages %+v", i, s)
			}
		}
	}
	if _, err := members[0].Locate(f.Image); !errors.Is(err, errNotSearched) {
		t.Errorf("a second locate: %v", err)
	}
	if err := team.Search(f.Image, []tracker.TeamMember{stranger{}}); err == nil || !strings.Contains(err.Error(),
		"siamfc.stranger") {
		t.Errorf("a member that is no tracker of this package: %v", err)
	}
}
