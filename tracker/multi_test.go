package tracker_test

import (
	"errors"
	"image"
	"testing"

	"siamtrack/tracker"
)

// counting is a tracker whose score is the number of its updates, so that it can be told which one was asked.
type counting struct {
	box     tracker.Box
	updates int
	err     error
	crop    *image.RGBA
}

func (c *counting) Init(_ *image.RGBA, b tracker.Box) error {
	c.box, c.updates = b, 0
	return nil
}

func (c *counting) Update(*image.RGBA) (tracker.Result, error) {
	c.updates++
	return tracker.Result{Box: c.box, Score: float64(c.updates)}, c.err
}

func (c *counting) Crops() (exemplar, search *image.RGBA) { return c.crop, c.crop }

func at(x float64) tracker.Box { return tracker.Box{X: x, Y: 5, W: 10, H: 10} }

// several is a Multi, and the trackers that it has opened.
func several() (*tracker.Multi, *[]*counting) {
	var opened []*counting
	return tracker.NewMulti(func() (tracker.Tracker, error) {
		c := &counting{crop: image.NewRGBA(image.Rect(0, 0, 4, 4))}
		opened = append(opened, c)
		return c, nil
	}), &opened
}

func TestMultiKeepsTargetsApart(t *testing.T) {
	m, opened := several()
	img := image.NewRGBA(image.Rect(0, 0, 100, 50))
	add := func(s tracker.Start, want int) {
		t.Helper()
		if id, err := m.Add(img, s); err != nil || id != want {
			t.Fatalf("added as %d, %v; want %d", id, err, want)
		}
	}
	add(tracker.Start{Box: at(0)}, 1)
	add(tracker.Start{ID: 7, Name: "goal", Box: at(20)}, 7)
	if _, err := m.Update(img); err != nil {
		t.Fatal(err)
	}
	add(tracker.Start{Box: at(40)}, 8)
	if !m.Remove(1) || m.Remove(1) {
		t.Error("target 1 was not removed once")
	}
	add(tracker.Start{Box: at(60)}, 9) // with the tracker that target 1 had
	targets, err := m.Update(img)
	if err != nil || len(targets) != 3 || len(*opened) != 3 {
		t.Fatalf("%d targets, %d trackers, %v; want 3 and 3", len(targets), len(*opened), err)
	}
	for i, want := range []tracker.Target{
		{ID: 7, Name: "goal", Result: tracker.Result{Box: at(20), Score: 2}},
		{ID: 8, Result: tracker.Result{Box: at(40), Score: 1}},
		{ID: 9, Result: tracker.Result{Box: at(60), Score: 1}},
	} {
		got := targets[i]
		if got.ID != want.ID || got.Result != want.Result || got.Initial || got.Label() == "" || got.Name != want.Name {
			t.Errorf("target %d: %+v, want %+v", i, got, want)
		}
	}
	m.Clear()
	if targets, err = m.Update(img); err != nil || len(targets) != 0 {
		t.Errorf("cleared: %v, %v", targets, err)
	}
	add(tracker.Start{Box: at(0)}, 10)
}

func TestMultiRefuses(t *testing.T) {
	m, opened := several()
	img := image.NewRGBA(image.Rect(0, 0, 100, 50))
	if _, err := m.Add(img, tracker.Start{Box: at(500)}); !errors.Is(err, tracker.ErrBox) || len(*opened) != 0 {
		t.Errorf("a box outside: %v, %d trackers opened", err, len(*opened))
	}
	if _, err := m.Add(img, tracker.Start{ID: 3, Box: at(0)}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Add(img, tracker.Start{ID: 3, Box: at(20)}); err == nil {
		t.Error("two targets of one number")
	}
	(*opened)[0].err = errors.New("broken")
	if _, err := m.Update(img); !errors.Is(err, (*opened)[0].err) {
		t.Errorf("a tracker that fails: %v", err)
	}
	none := errors.New("no memory")
	m = tracker.NewMulti(func() (tracker.Tracker, error) { return nil, none })
	if _, err := m.Add(img, tracker.Start{Box: at(0)}); !errors.Is(err, none) || len(m.Targets()) != 0 {
		t.Errorf("no tracker: %v, %v", err, m.Targets())
	}
}

func TestMultiShowsCropsWhereAsked(t *testing.T) {
	m, opened := several()
	img := image.NewRGBA(image.Rect(0, 0, 100, 50))
	if _, err := m.Add(img, tracker.Start{Box: at(0)}); err != nil || m.Targets()[0].Exemplar != nil {
		t.Errorf("not asked for: %v, %v", m.Targets()[0].Exemplar, err)
	}
	m.ShowCrops(true)
	update := func() {
		if _, err := m.Update(img); err != nil {
			t.Fatal(err)
		}
	}
	update()
	if got := m.Targets()[0]; got.Exemplar != (*opened)[0].crop || got.Search != (*opened)[0].crop {
		t.Errorf("asked for: %v, %v", got.Exemplar, got.Search)
	}
	if n := testing.AllocsPerRun(20, update); n > 0 {
		t.Errorf("%v allocations an update", n)
	}
}

func TestRunMultiStartsEachInItsFrame(t *testing.T) {
	m, _ := several()
	starts := []tracker.Start{
		{ID: 2, Frame: 9, Box: at(20)}, {ID: 5, Frame: 4, Box: at(0)}, {ID: 1, Frame: 9, Box: at(40)},
	}
	next := 4
	err := tracker.RunMulti(t.Context(), video(t, 20), m, starts, 14, func(s tracker.Step) error {
		want := []int{5}
		if s.Frame.Index >= 9 {
			want = []int{5, 2, 1}
		}
		if s.Frame.Index != next || len(s.Targets) != len(want) {
			t.Fatalf("frame %d with %d targets, want frame %d with %v", s.Frame.Index, len(s.Targets), next, want)
		}
		for i, id := range want {
			begun := map[int]int{5: 4, 2: 9, 1: 9}[id]
			if got := s.Targets[i]; got.ID != id || got.Initial != (s.Frame.Index == begun) || s.Target(id) == nil {
				t.Errorf("frame %d, target %d: %+v", s.Frame.Index, id, got)
			}
		}
		next++
		return nil
	})
	if err != nil || next != 15 {
		t.Errorf("ended before frame %d: %v", next, err)
	}
	late := []tracker.Start{{Box: at(0)}, {Frame: 30, Box: at(20)}}
	m, _ = several()
	frames := 0
	err = tracker.RunMulti(t.Context(), video(t, 20), m, late, 0, func(tracker.Step) error { frames++; return nil })
	if !errors.Is(err, tracker.ErrNoFrame) || frames != 20 {
		t.Errorf("a target that begins after the end: %v after %d frames", err, frames)
	}
}

// judged is a tracker that says by which scores it judges.
type judged struct{ *counting }

func (judged) Thresholds() tracker.Thresholds { return tracker.Thresholds{Uncertain: 0.6, Lost: 0.3} }

// TestMultiTellsThresholds: a target has its tracker's, from the first frame on.
func TestMultiTellsThresholds(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 100, 50))
	m := tracker.NewMulti(func() (tracker.Tracker, error) { return judged{new(counting)}, nil })
	if _, err := m.Add(img, tracker.Start{Box: at(10)}); err != nil {
		t.Fatal(err)
	}
	said, err := m.Update(img)
	if err != nil {
		t.Fatal(err)
	}
	if want := (tracker.Thresholds{Uncertain: 0.6, Lost: 0.3}); said[0].Thresholds != want {
		t.Errorf("%+v, want %+v", said[0].Thresholds, want)
	}
}

// searching is a tracker that a team searches for.
type searching struct {
	counting
	searched, located int
}

func (s *searching) Locate(*image.RGBA) (tracker.Result, error) {
	s.located++
	return tracker.Result{Box: at(float64(s.searched))}, nil
}

// squad is a team of them.
type squad struct {
	searches int
	err      error
}

func (q *squad) Search(_ *image.RGBA, members []tracker.TeamMember) error {
	q.searches++
	for _, m := range members {
		m.(*searching).searched += len(members)
	}
	return q.err
}

// TestMultiSearchesAsATeam where there are several targets, once a frame; a tracker that cannot be in a team does its
// own update, and a search that fails moves no target.
func TestMultiSearchesAsATeam(t *testing.T) {
	var made []*searching
	alone := &counting{}
	m := tracker.NewMulti(func() (tracker.Tracker, error) {
		if len(made) == 2 {
			return alone, nil
		}
		made = append(made, &searching{})
		return made[len(made)-1], nil
	})
	team := &squad{}
	m.SearchAs(team)
	img := image.NewRGBA(image.Rect(0, 0, 100, 60))
	var said []tracker.Target
	for i := range 3 {
		if _, err := m.Add(img, tracker.Start{Box: at(float64(20 * i))}); err != nil {
			t.Fatal(err)
		}
		var err error
		if said, err = m.Update(img); err != nil {
			t.Fatal(err)
		}
	}
	if team.searches != 2 || made[0].located != 2 || made[1].located != 2 || made[0].updates != 1 || alone.updates != 1 {
		t.Errorf("%d searches of the team; %+v, %+v; %d updates of the one that is in none", team.searches, made[0], made[1],
			alone.updates)
	}
	if said[0].Result.Box != at(4) || said[1].Result.Box != at(4) {
		t.Errorf("the team's members are at %v and %v", said[0].Result.Box, said[1].Result.Box)
	}
	team.err = errors.New("no more")
	if _, err := m.Update(img); !errors.Is(err, team.err) || made[0].located != 2 || m.Targets()[0].Result.Box != at(4) {
		t.Errorf("%v after a search that failed; %+v", err, made[0])
	}
}
