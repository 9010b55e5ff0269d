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

// Team searches frames for several trackers of this package: those whose crops are of one size give them to a Batch
// together. It implements tracker.Team and belongs to one goroutine. It allocates nothing once as many were in it.
type Team struct {
	batch   Batch
	members []*Tracker
	nets    []Network
	crops   [][]float32
	results []Maps
}

// NewTeam returns a Team that uses a Batch, which it does not own.
func NewTeam(b Batch) *Team { return &Team{batch: b} }

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
		own := m.itself()
		if err := own.aim(img); err != nil {
			return err
		}
		t.members = append(t.members, own)
	}
	size := func(t *Tracker) int { return t.seen.view.size }
	slices.SortStableFunc(t.members, func(a, b *Tracker) int { return size(a) - size(b) })
	for rest := t.members; len(rest) > 0; {
		n := 1
		for n < len(rest) && size(rest[n]) == size(rest[0]) {
			n++
		}
		if err := t.together(rest[:n], size(rest[0])); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// together runs the networks of members whose crops are of one size.
func (t *Team) together(members []*Tracker, size int) error {
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

// aim crops what an update searches first.
func (t *Tracker) aim(img *image.RGBA) error {
	if err := t.begin(img); err != nil {
		return err
	}
	v, at := t.ahead(img)
	t.seen = glance{view: v, at: at, side: t.searchSide(v, at.w, at.h)}
	t.cut(v, img, at.x, at.y, t.seen.side)
	return nil
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
