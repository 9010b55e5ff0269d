package tracker

import "image"

// Memory is what copies of targets are made in; its zero value is ready. It is used again by the next copy.
type Memory struct{ each []memory }

// memory is what one target's pictures and response map are copied into.
type memory struct {
	response         Response
	exemplar, search *image.RGBA
}

// Keep makes dst copies of targets, whose pictures and response maps are the trackers', and returns it, longer or
// shorter. They are valid until the next Keep.
func (m *Memory) Keep(dst, targets []Target) []Target {
	dst = append(dst[:0], targets...)
	for len(m.each) < len(targets) {
		m.each = append(m.each, memory{})
	}
	for i := range dst {
		t, own := &dst[i], &m.each[i]
		if r := t.Result.Response; r != nil {
			values := append(own.response.Values[:0], r.Values...)
			own.response = *r
			own.response.Values = values
			t.Result.Response = &own.response
		}
		if t.Exemplar != nil {
			own.exemplar = CopyImage(own.exemplar, t.Exemplar)
			t.Exemplar = own.exemplar
		}
		if t.Search != nil {
			own.search = CopyImage(own.search, t.Search)
			t.Search = own.search
		}
	}
	return dst
}

// CopyImage copies src into dst, or into a new image where dst does not fit, and returns it.
func CopyImage(dst, src *image.RGBA) *image.RGBA {
	if dst == nil || dst.Rect != src.Rect {
		dst = image.NewRGBA(src.Rect)
	}
	row := 4 * src.Rect.Dx()
	for y := range src.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:y*dst.Stride+row], src.Pix[y*src.Stride:])
	}
	return dst
}
