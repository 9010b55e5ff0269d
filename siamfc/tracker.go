package siamfc

import (
	"errors"
	"fmt"
	"image"
	"time"

	"siamtrack/tracker"
)

// ErrNotStarted is returned by an Update before the first Init.
var ErrNotStarted = errors.New("siamfc: update before init: mark a target first")

// Tracker follows one target with a Network. It implements tracker.Tracker, tracker.StageTimer, tracker.Thresholder,
// tracker.CropViewer, tracker.Placer and tracker.Avoider. After the first Update it allocates nothing.
type Tracker struct {
	net    Network
	m      Manifest
	judge  judge
	scales []float64

	cropZ        *Cropper
	exemplar     []float32
	near, calm   *view // what is searched, mostly, and while the target moves little
	sweep        *view // the larger crops in which a lost target is looked for
	looked       *view // the one of the last update
	viewZ, viewX *image.RGBA
	stages       tracker.Stages
	cutter       cutter
	started      bool
	size         image.Point // of the frames
	spot                     // of the target
	first        spot        // where the user marked it, its size in pixels of the last frame
	bias         boxError
	motion       motion
	pace         pace
	known        recognition
	again        redetection
	others       []tracker.Box // where other targets are
	seen         glance        // of the last Search of a Team
}

// New returns a tracker over a network and its manifest, which it validates. It does not own the network.
func New(net Network, m Manifest) (*Tracker, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	t := &Tracker{net: net, m: m, cropZ: NewCropper(m.Exemplar.Size, m.Input), cutter: cutter{spec: m.Search}}
	switch m.Kind {
	case Peak:
		t.scales = scaleFactors(m.Loop)
	case Box:
		t.scales = []float64{1}
	default:
		return nil, fmt.Errorf("siamfc: model %q is of kind %q: it cannot track, only peak and box models can", m.Name,
			m.Kind)
	}
	t.exemplar = make([]float32, t.cropZ.Len())
	if err := t.known.prepare(net, m, t.cropZ.Len()); err != nil {
		return nil, err
	}
	t.motion = newMotion(m.Loop)
	t.near = newView(m, m.Search.Size, len(t.scales))
	t.sweep, t.calm = t.near.resized(m, m.Search.Sweep), t.near.resized(m, m.Search.Calm)
	return t, nil
}

// Manifest returns the manifest of the tracker's model.
func (t *Tracker) Manifest() Manifest { return t.m }

// searchSide is the side in the frame of the square that becomes a view's search crop, for a target of w x h.
func (t *Tracker) searchSide(v *view, w, h float64) float64 {
	return t.cutter.side(t.m.Exemplar.Side(w, h) * float64(v.size) / float64(t.m.Exemplar.Size))
}

// Init implements tracker.Tracker.
func (t *Tracker) Init(img *image.RGBA, target tracker.Box) error {
	size := img.Bounds().Size()
	box, err := target.Trackable(size.X, size.Y)
	if err != nil {
		return fmt.Errorf("siamfc: init: %w", err)
	}
	begin := time.Now()
	t.x, t.y = t.cutter.place(box.Center())
	t.w, t.h = box.W, box.H
	t.first = t.spot
	t.cutter = t.cutter.filled(img)
	mark := t.cutExemplar(t.exemplar, img, t.spot, box)
	cropped := time.Now()
	if err := t.net.Exemplar(t.exemplar, mark); err != nil {
		return fmt.Errorf("siamfc: init: embed the exemplar: %w", err)
	}
	if err := t.calibrate(img); err != nil {
		return fmt.Errorf("siamfc: init: %w", err)
	}
	t.stages = tracker.Stages{Crop: cropped.Sub(begin), Embed: time.Since(cropped)}
	t.judge = judge{spec: t.m.State}
	if err := t.known.begin(t.exemplar, mark); err != nil {
		return fmt.Errorf("siamfc: init: embed the exemplar: %w", err)
	}
	t.started, t.looked, t.size, t.seen, t.pace = true, nil, size, glance{}, unknownPace()
	t.motion.begin(img, box)
	t.again.begin(t.spot)
	return nil
}

// spot is where a target is in a frame: its centre, as the manifest counts it, and its size, in pixels.
type spot struct{ x, y, w, h float64 }

// scaled is the spot in frames that are kx times as wide and ky times as high.
func (s spot) scaled(c cutter, kx, ky float64) spot {
	zx, zy := c.place(0, 0) // what the manifest counts as the frame's corner
	return spot{zx + (s.x-zx)*kx, zy + (s.y-zy)*ky, s.w * kx, s.h * ky}
}

// box is the spot as a box.
func (s spot) box() tracker.Box { return tracker.FromCenter(s.x, s.y, s.w, s.h) }

// cutExemplar crops the square about a target at s into dst, and returns its box in the crop's pixels.
func (t *Tracker) cutExemplar(dst []float32, img *image.RGBA, s spot, target tracker.Box) tracker.Box {
	square := t.cutter.square(s.x, s.y, t.m.Exemplar.Side(s.w, s.h))
	t.cutter.crop(t.cropZ, dst, img, square)
	return inCrop(target, square, t.m.Exemplar.Size)
}

// resize scales the target to frames of another size than those before: a stream that was set up anew shows the same
// scene in other pixels.
func (t *Tracker) resize(size image.Point) {
	if size == t.size || size.X <= 0 || size.Y <= 0 {
		return
	}
	kx, ky := float64(size.X)/float64(t.size.X), float64(size.Y)/float64(t.size.Y)
	t.spot, t.first = t.spot.scaled(t.cutter, kx, ky), t.first.scaled(t.cutter, kx, ky)
	t.again.scale(t.cutter, kx, ky)
	t.size = size
}

// Update implements tracker.Tracker.
func (t *Tracker) Update(img *image.RGBA) (tracker.Result, error) {
	if err := t.begin(img); err != nil {
		return tracker.Result{}, err
	}
	before := *t
	r, err := t.update(img)
	if err != nil {
		*t = before
		return tracker.Result{}, err
	}
	return r, nil
}

// begin prepares for an update with a frame.
func (t *Tracker) begin(img *image.RGBA) error {
	if !t.started {
		return ErrNotStarted
	}
	t.resize(img.Bounds().Size())
	t.stages, t.seen, t.motion.looked = tracker.Stages{}, glance{}, false
	return nil
}

// update is Update; after an error the tracker is in no state to go on.
func (t *Tracker) update(img *image.RGBA) (tracker.Result, error) {
	g, err := t.look(img, t.ahead(img), t.nextView())
	if err != nil {
		return tracker.Result{}, err
	}
	return t.find(img, g)
}

// find ends an update with what was seen where the target was supposed; after an error the tracker is in no state to go
// on.
func (t *Tracker) find(img *image.RGBA, g glance) (tracker.Result, error) {
	s := t.locate(g)
	before := t.spot
	state := t.judge.judge(s.score, &g.view.response)
	t.spot = t.moved(t.spot, s)
	t.motion.learn(state, t.x-before.x, t.y-before.y)
	t.pace.learn(s.found, &t.m)
	r := tracker.Result{Box: t.told(before, s).box(), Score: s.score, State: state, Search: s.square,
		Response: &g.view.response}
	looked, err := t.regard(img, &r)
	switch {
	case err != nil:
		return tracker.Result{}, err
	case r.State == tracker.Tracking:
		t.again.begin(t.spot)
	case t.m.State.Redetect && !looked && (t.judge.lost || t.known.doubt):
		return t.seek(img, r)
	}
	return r, nil
}

// moved is where a target that was at a spot is by what was found, kept in the frame as the manifest says.
func (t *Tracker) moved(at spot, s sight) spot {
	w, h := float64(t.size.X), float64(t.size.Y)
	if t.m.Loop.Clip == ClipBox {
		at.x, at.w = t.clip(s.cx+s.x/s.crop, at.w*(1-s.rate)+s.w/s.crop*s.rate, w)
		at.y, at.h = t.clip(s.cy+s.y/s.crop, at.h*(1-s.rate)+s.h/s.crop*s.rate, h)
		return at
	}
	at.x = min(max(s.cx+s.x/s.crop, 0), w)
	at.y = min(max(s.cy+s.y/s.crop, 0), h)
	floor := max(t.m.Loop.MinSide, tracker.MinSide)
	at.w = min(max(at.w*(1-s.rate)+s.w/s.crop*s.rate, floor), w)
	at.h = min(max(at.h*(1-s.rate)+s.h/s.crop*s.rate, floor), h)
	return at
}

// clip returns the centre and length of the part of an interval that lies in [0, limit], at least MinSide of it.
func (t *Tracker) clip(centre, length, limit float64) (float64, float64) {
	floor := min(max(t.m.Loop.MinSide, tracker.MinSide), limit)
	begin := min(max(centre-length/2, 0), limit-floor)
	length = max(min(max(centre+length/2, floor), limit)-begin, floor)
	return begin + length/2, length
}

// Place implements tracker.Placer.
func (t *Tracker) Place(b tracker.Box) {
	t.x, t.y = b.Center()
	t.w, t.h = b.W, b.H
	t.motion.stop()
	if t.judge.lost || t.known.doubt {
		t.again.sure = t.spot
	} else {
		t.again.begin(t.spot)
	}
}

// Avoid implements tracker.Avoider.
func (t *Tracker) Avoid(others []tracker.Box) { t.others = others }

// Stages implements tracker.StageTimer. The correlation is part of Embed where the network's graph holds both.
func (t *Tracker) Stages() tracker.Stages { return t.stages }

// Thresholds returns the scores of the manifest's states.
func (t *Tracker) Thresholds() tracker.Thresholds {
	return tracker.Thresholds{Uncertain: t.m.State.Uncertain, Lost: t.m.State.Lost}
}

// Crops implements tracker.CropViewer.
func (t *Tracker) Crops() (exemplar, search *image.RGBA) {
	if !t.started {
		return nil, nil
	}
	t.viewZ = t.cropZ.Picture(t.viewZ, t.exemplar)
	if t.looked == nil {
		return t.viewZ, nil
	}
	t.viewX = t.looked.picture(t.viewX)
	return t.viewZ, t.viewX
}
