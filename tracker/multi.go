package tracker

import (
	"cmp"
	"fmt"
	"image"
	"slices"
	"time"
)

// Multi follows several targets, each with a Tracker of its own. It is used by one goroutine at a time and never keeps
// a frame. What it returns is valid until the next call.
type Multi struct {
	open    func() (Tracker, error)
	crops   bool
	parts   parts
	lanes   []lane
	targets []Target // what was said last of each lane's target
	pairs   map[[2]int]pair
	idle    []Tracker // of targets that were removed
	others  []Box     // where the other targets are, for one
	team    Team      // nil where each tracker searches for itself
	members []TeamMember
	last    int // the highest number given
}

// lane is the tracker of one target and what it can do beside.
type lane struct {
	tracker Tracker
	crops   CropViewer // nil where it cannot show them
	stages  StageTimer // nil where it cannot say
	placer  Placer     // nil where it cannot be told
	avoider Avoider    // likewise
	member  TeamMember // nil where it cannot be in a team
	whole   bool       // it may read all of a frame
	path    path
}

// NewMulti returns a Multi without a target. It calls open for each target that no tracker is idle for; whoever gave
// open closes what it opened.
func NewMulti(open func() (Tracker, error)) *Multi {
	return &Multi{open: open, pairs: map[[2]int]pair{}}
}

// SearchAs has a Team search the frames for those trackers that can be in one, from the next Update on.
func (m *Multi) SearchAs(t Team) { m.team = t }

// ShowCrops asks for the Exemplar and Search of each target from the next call on, or stops that.
func (m *Multi) ShowCrops(on bool) { m.crops = on }

// Targets returns what was said last of each target, in the order in which they were added.
func (m *Multi) Targets() []Target { return m.targets }

// Add starts to follow one more target on img and returns its number. The error wraps ErrBox where the box cannot be
// tracked; the other targets are then as before.
func (m *Multi) Add(img *image.RGBA, s Start) (id int, err error) {
	size := img.Bounds()
	box, err := s.Box.Trackable(size.Dx(), size.Dy())
	if err != nil {
		return 0, err
	}
	if s.ID == 0 {
		s.ID = m.last + 1
	}
	if (Step{Targets: m.targets}).Target(s.ID) != nil {
		return 0, errTaken(s.ID)
	}
	t, err := m.tracker()
	if err != nil {
		return 0, fmt.Errorf("target %d: %w", s.ID, err)
	}
	l := lane{tracker: t}
	l.crops, _ = t.(CropViewer)
	l.stages, _ = t.(StageTimer)
	l.placer, _ = t.(Placer)
	l.avoider, _ = t.(Avoider)
	l.member, _ = t.(TeamMember)
	l.whole = m.parts.ask(t)
	begin := time.Now()
	m.parts.read(img, l.whole)
	if err := cmp.Or(t.Init(img, box), m.parts.err); err != nil {
		m.idle = append(m.idle, t)
		return 0, err
	}
	said := Target{ID: s.ID, Name: s.Name, Result: Result{Box: box, Score: 1}, Initial: true, Elapsed: time.Since(begin)}
	if judge, ok := t.(Thresholder); ok {
		said.Thresholds = judge.Thresholds()
	}
	m.lanes, m.targets = append(m.lanes, l), append(m.targets, said)
	m.look(len(m.lanes) - 1)
	m.last = max(m.last, s.ID)
	return s.ID, nil
}

// ready opens a tracker before there is a frame to Add a target on, which then need not wait for it. Where that fails,
// Add says why.
func (m *Multi) ready() {
	if t, err := m.tracker(); err == nil {
		m.idle = append(m.idle, t)
	}
}

// tracker returns one that follows nothing.
func (m *Multi) tracker() (Tracker, error) {
	if n := len(m.idle); n > 0 {
		t := m.idle[n-1]
		m.idle = m.idle[:n-1]
		return t, nil
	}
	return m.open()
}

// Update finds every target in the next frame. An error is that of the first tracker that failed; the targets before
// it have then been found, the others are as before; after that of a Team all are.
func (m *Multi) Update(img *image.RGBA) ([]Target, error) {
	m.parts.read(img, slices.ContainsFunc(m.lanes, func(l lane) bool { return l.whole }))
	share, err := m.search(img)
	if err != nil {
		return nil, err
	}
	for i := range m.lanes {
		m.avoid(i)
		begin := time.Now()
		r, err := m.find(i, img)
		if err != nil {
			return nil, err
		}
		t := &m.targets[i]
		t.Result, t.Initial, t.Elapsed = r, false, time.Since(begin)
		if m.searched(i) {
			t.Elapsed += share
		}
		m.look(i)
	}
	if len(m.lanes) > 1 {
		m.meet(img.Rect.Size())
	}
	if m.parts.err != nil {
		return nil, m.parts.err
	}
	return m.targets, nil
}

// search has the team search a frame for its members, where there are several, and returns the time that it took a
// member.
func (m *Multi) search(img *image.RGBA) (share time.Duration, err error) {
	m.members = m.members[:0]
	if m.team == nil || len(m.lanes) < 2 {
		return 0, nil
	}
	for _, l := range m.lanes {
		if l.member != nil {
			m.members = append(m.members, l.member)
		}
	}
	if len(m.members) == 0 {
		return 0, nil
	}
	begin := time.Now()
	err = m.team.Search(img, m.members)
	return time.Since(begin) / time.Duration(len(m.members)), err
}

// searched reports whether the team has searched this frame for the i-th tracker.
func (m *Multi) searched(i int) bool { return len(m.members) > 0 && m.lanes[i].member != nil }

// find has the i-th tracker find its target.
func (m *Multi) find(i int, img *image.RGBA) (Result, error) {
	if m.searched(i) {
		return m.lanes[i].member.Locate(img)
	}
	return m.lanes[i].tracker.Update(img)
}

// look adds what the i-th tracker can say beside its result.
func (m *Multi) look(i int) {
	t, l := &m.targets[i], m.lanes[i]
	if l.stages != nil {
		t.Stages = l.stages.Stages()
	}
	t.Exemplar, t.Search = nil, nil
	if m.crops && l.crops != nil {
		t.Exemplar, t.Search = l.crops.Crops()
	}
}

// Remove forgets a target and reports whether there was one of that number, which is not given again.
func (m *Multi) Remove(id int) bool {
	i := slices.IndexFunc(m.targets, func(t Target) bool { return t.ID == id })
	if i < 0 {
		return false
	}
	m.idle = append(m.idle, m.lanes[i].tracker)
	m.forget(id)
	m.lanes, m.targets = slices.Delete(m.lanes, i, i+1), slices.Delete(m.targets, i, i+1)
	return true
}

// Clear forgets all targets.
func (m *Multi) Clear() {
	for _, l := range m.lanes {
		m.idle = append(m.idle, l.tracker)
	}
	m.lanes, m.targets = m.lanes[:0], m.targets[:0]
	clear(m.pairs)
}
