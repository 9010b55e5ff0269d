package siamfc

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"time"

	"siamtrack/tracker"
)

// errNotSearched is returned by a Locate without a Team's Search before it.
var errNotSearched = errors.New("siamfc: locate before search: it ends what a team's search of the frame began")

// Team searches frames for several trackers of one model: they give their crops to a Batch together, and the
// camera's motion, where it is foreseen, is measured once a frame, on what is none of their targets.
// It implements tracker.Team and belongs to one goroutine. It allocates nothing once as many were in it.
type Team struct {
	batch   Batch
	members []*Tracker
	alike   []*Tracker // those of the members whose crops are of one size
	boxes   []tracker.Box
	nets    []Network
	crops   [][]float32
	results []Maps
}

// NewTeam returns a Team that uses a Batch, which it does not own; nil is OneByOne.
func NewTeam(b Batch) *Team {
	if b == nil {
		b = OneByOne{}
	}
	return &Team{batch: b}
}

// member is a Tracker, or what one is embedded in.
type member interface{ itself() *Tracker }

func (t *Tracker) itself() *Tracker { return t }

// Search implements tracker.Team.
func (t *Team) Search(img *image.RGBA, members []tracker.TeamMember) error {
	t.members = t.members[:0]
	for _, each := range members {
		m, ok := each.(member)
		if !ok {
			return fmt.Errorf("siamfc: search for a team: %T is no tracker of this package", each)
		}
		t.members = append(t.members, m.itself())
	}
	for _, m := range t.members {
		if err := m.begin(img); err != nil {
			return err
		}
	}
	t.foresee(img)
	for _, m := range t.members {
		m.aim(img)
	}
	return t.together()
}

// together runs the members' networks, in one go where the crops are of one size.
func (t *Team) together() error {
	for i, m := range t.members {
		size := m.seen.view.size
		of := func(m *Tracker) bool { return m.seen.view.size == size }
		if slices.ContainsFunc(t.members[:i], of) {
			continue // it was among the others of its size
		}
		t.alike = t.alike[:0]
		for _, other := range t.members[i:] {
			if of(other) {
				t.alike = append(t.alike, other)
			}
		}
		if err := t.searchAll(t.alike, size); err != nil {
			return err
		}
	}
	return nil
}

// searchAll runs networks on their trackers' crops, which are of one size.
func (t *Team) searchAll(members []*Tracker, size int) error {
	begin := time.Now()
	t.nets, t.crops = t.nets[:0], t.crops[:0]
	for _, m := range members {
		t.nets, t.crops = append(t.nets, m.net), append(t.crops, m.seen.view.pixels)
	}
	t.results = slices.Grow(t.results[:0], len(members))[:len(members)]
	if err := t.batch.Search(t.nets, t.crops, size, t.results); err != nil {
		return errSearch(err)
	}
	share := time.Since(begin) / time.Duration(len(members))
	for i, m := range members {
		m.seen.maps = t.results[i]
		m.stages.Embed += share - t.results[i].Correlate
		m.stages.Correlate += t.results[i].Correlate
	}
	return nil
}

// foresee measures how far the camera moved, for those members that foresee where their targets will be. The camera of
// one that has seen all frames is all members' from then on, so that it matters not which of them leave.
func (t *Team) foresee(img *image.RGBA) {
	if len(t.members) == 0 || t.members[0].motion.camera == nil {
		return
	}
	t.boxes = t.boxes[:0]
	for _, m := range t.members {
		t.boxes = append(t.boxes, m.spot.box())
	}
	shared := t.members[0].motion.camera
	dx, dy := shared.shift(img, t.boxes...)
	for _, m := range t.members {
		if m.motion.camera != nil {
			m.motion.share(shared, dx, dy)
		}
	}
}

// aim crops what an update searches first.
func (t *Tracker) aim(img *image.RGBA) {
	at, v := t.ahead(img), t.nextView()
	t.seen = glance{view: v, at: at, side: t.searchSide(v, at.w, at.h)}
	t.cut(v, img, at.x, at.y, t.seen.side)
}

// Locate implements tracker.TeamMember.
func (t *Tracker) Locate(img *image.RGBA) (tracker.Result, error) {
	g := t.seen
	if t.seen = (glance{}); g.maps.Response == nil {
		return tracker.Result{}, errNotSearched
	}
	if err := g.maps.check(t.m.Kind); err != nil {
		return tracker.Result{}, errSearch(err)
	}
	before := *t
	r, err := t.find(img, g)
	if err != nil {
		*t = before
		return tracker.Result{}, err
	}
	return r, nil
}
