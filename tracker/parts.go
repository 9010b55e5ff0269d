package tracker

import "image"

// parts has frames get their pixels where trackers read them.
type parts struct {
	fill func(img *image.RGBA, part image.Rectangle) // nil where frames have all their pixels
	err  error                                       // the first one of filling
}

// ReadParts tells that frames have no pixels but where fill was called, whose error then ends Add or Update. It is to
// be called before the first target is added.
func (m *Multi) ReadParts(fill func(img *image.RGBA, part image.Rectangle) error) {
	m.parts.fill = func(img *image.RGBA, part image.Rectangle) {
		if err := fill(img, part); err != nil && m.parts.err == nil {
			m.parts.err = err
		}
	}
}

// ask has a tracker fill what it reads, and reports whether it cannot.
func (p *parts) ask(t Tracker) (whole bool) {
	if p.fill == nil {
		return false
	}
	r, ok := t.(PartReader)
	if ok {
		r.ReadParts(p.fill)
	}
	return !ok
}

// read fills a frame that a tracker may read all of.
func (p *parts) read(img *image.RGBA, whole bool) {
	if whole && p.fill != nil {
		p.fill(img, img.Rect)
	}
}
