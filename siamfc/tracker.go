package siamfc

import (
	"errors"
	"fmt"
	"image"
	"math"
	"time"

	"siamtrack/tracker"
)

// ErrNotStarted is returned by an Update before the first Init.
var ErrNotStarted = errors.New("siamfc: update before init: mark a target first")

// Tracker follows one target with a Network. It implements tracker.Tracker, tracker.StageTimer, tracker.Thresholder and
// tracker.CropViewer. After the first Update it allocates nothing.
type Tracker struct {
	net    Network
	m      Manifest
	judge  judge
	scales []float64

	cropZ        *Cropper
	exemplar     []float32
	near, wide   *view // what is searched, and what is while the target is lost
	looked       *view // the one of the last update
	viewZ, viewX *image.RGBA
	stages       tracker.Stages
	cutter       cutter
	started      bool
	size         image.Point // of the frames
	x, y, w, h   float64     // the target's centre and size in the frame
	bias         boxError
	roam         int // frames searched since the target was lost
	refresh      refresh
	motion       motion
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
	if err := t.refresh.prepare(net, m, t.cropZ.Len()); err != nil {
		return nil, err
	}
	t.motion = newMotion(m.Loop)
	t.near = newView(m, m.Search.Size, len(t.scales))
	t.wide = t.near
	if m.Search.Wide > 0 {
		t.wide = newView(m, m.Search.Wide, len(t.scales))
	}
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
	t.cutter = t.cutter.filled(img)
	mark := t.cutExemplar(t.exemplar, img, box)
	cropped := time.Now()
	if err := t.net.Exemplar(t.exemplar, mark); err != nil {
		return fmt.Errorf("siamfc: init: embed the exemplar: %w", err)
	}
	if err := t.calibrate(img); err != nil {
		return fmt.Errorf("siamfc: init: %w", err)
	}
	t.stages = tracker.Stages{Crop: cropped.Sub(begin), Embed: time.Since(cropped)}
	t.judge = judge{spec: t.m.State}
	t.motion.begin(img, box)
	t.started, t.looked, t.roam, t.size, t.refresh.frames = true, nil, 0, size, 0
	return nil
}

// cutExemplar crops the square about the target as it is now into dst, and returns its box in the crop's pixels.
func (t *Tracker) cutExemplar(dst []float32, img *image.RGBA, target tracker.Box) tracker.Box {
	square := t.cutter.square(t.x, t.y, t.m.Exemplar.Side(t.w, t.h))
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
	zx, zy := t.cutter.place(0, 0) // what the manifest counts as the frame's corner
	t.x, t.y = zx+(t.x-zx)*kx, zy+(t.y-zy)*ky
	t.w, t.h = t.w*kx, t.h*ky
	t.size = size
}

// Update implements tracker.Tracker.
func (t *Tracker) Update(img *image.RGBA) (tracker.Result, error) {
	if !t.started {
		return tracker.Result{}, ErrNotStarted
	}
	size := img.Bounds().Size()
	t.resize(size)
	v := t.near
	if t.judge.lost {
		v = t.wide
	}
	side := t.searchSide(v, t.w, t.h)
	cx, cy, roam := t.lookAt(size, side)
	if dx, dy := t.motion.foresee(img, tracker.FromCenter(t.x, t.y, t.w, t.h)); dx != 0 || dy != 0 {
		cx, cy = min(max(cx+dx, 0), float64(size.X)), min(max(cy+dy, 0), float64(size.Y))
	}

	begin := time.Now()
	v.see(t.cutter, img, cx, cy, side, t.scales)
	cropped := time.Now()
	maps, err := t.search(v)
	if err != nil {
		return tracker.Result{}, fmt.Errorf("siamfc: embed the search region: %w", err)
	}
	embedded := time.Now()
	crop := float64(v.size) / side // crop pixels a frame pixel
	f := t.bias.correct(v.locate.locate(maps, t.w*crop, t.h*crop))
	v.respond(t.m.Kind, maps, f.scale, cx, cy, crop/t.scales[f.scale])
	before := *t
	state := t.judge.judge(f.score, &v.response)
	t.roam = roam
	t.follow(f, state, cx, cy, crop, size)
	t.motion.learn(state, t.x-before.x, t.y-before.y)
	located := time.Now()
	if err := t.takeView(img, f.score, state); err != nil {
		*t = before
		return tracker.Result{}, fmt.Errorf("siamfc: embed the target as it looks now: %w", err)
	}
	embed := embedded.Sub(cropped) - maps.Correlate + time.Since(located)
	t.stages = tracker.Stages{Crop: cropped.Sub(begin), Embed: embed, Correlate: maps.Correlate,
		Locate: located.Sub(embedded)}
	t.looked = v
	return tracker.Result{Box: tracker.FromCenter(t.x, t.y, t.w, t.h), Score: f.score, State: state,
		Search: t.cutter.square(cx, cy, side*t.scales[f.scale]), Response: &v.response}, nil
}

// search runs the network on what a view saw.
func (t *Tracker) search(v *view) (Maps, error) {
	maps, err := t.net.Search(v.pixels, v.size)
	if err == nil {
		err = maps.check(t.m.Kind)
	}
	return maps, err
}

// lookAt returns the centre of the square to search: the target's last place, or, every second frame while it is
// lost and the manifest says so, the next place of a spiral about it; and how far the spiral is then.
func (t *Tracker) lookAt(size image.Point, side float64) (x, y float64, roam int) {
	if !t.judge.lost || !t.m.State.Redetect {
		return t.x, t.y, t.roam
	}
	roam = t.roam + 1
	if roam%2 == 0 {
		return t.x, t.y, roam
	}
	step := side / 2
	reach := int(math.Ceil(float64(max(size.X, size.Y)) / step))
	total := (2*reach + 1) * (2*reach + 1)
	for range total { // places outside the frame are passed over
		dx, dy := spiral(roam / 2 % total)
		x, y = t.x+float64(dx)*step, t.y+float64(dy)*step
		if x >= 0 && y >= 0 && x < float64(size.X) && y < float64(size.Y) {
			return x, y, roam
		}
		roam += 2
	}
	return t.x, t.y, roam
}

// spiral returns the i-th cell of a square spiral about (0, 0), which is its cell 0.
func spiral(i int) (x, y int) {
	if i == 0 {
		return 0, 0
	}
	ring := int(math.Ceil((math.Sqrt(float64(i)+1) - 1) / 2))
	i -= (2*ring - 1) * (2*ring - 1)
	side, along := i/(2*ring), i%(2*ring)
	switch side {
	case 0:
		return ring, along - ring + 1
	case 1:
		return ring - along - 1, ring
	case 2:
		return -ring, ring - along - 1
	default:
		return along - ring + 1, -ring
	}
}

// follow moves the target to where it was found. A lost target with re-detection stays at its last place.
func (t *Tracker) follow(f found, state tracker.State, cx, cy, crop float64, size image.Point) {
	if state == tracker.Lost && t.m.State.Redetect {
		return
	}
	if state != tracker.Lost {
		t.roam = 0
	}
	if f.score < t.m.Loop.Hold {
		f.rate = 0
	}
	w, h := float64(size.X), float64(size.Y)
	if t.m.Loop.Clip == ClipBox {
		t.x, t.w = t.cut(cx+f.x/crop, t.w*(1-f.rate)+f.w/crop*f.rate, w)
		t.y, t.h = t.cut(cy+f.y/crop, t.h*(1-f.rate)+f.h/crop*f.rate, h)
		return
	}
	t.x = min(max(cx+f.x/crop, 0), w)
	t.y = min(max(cy+f.y/crop, 0), h)
	floor := max(t.m.Loop.MinSide, tracker.MinSide)
	t.w = min(max(t.w*(1-f.rate)+f.w/crop*f.rate, floor), w)
	t.h = min(max(t.h*(1-f.rate)+f.h/crop*f.rate, floor), h)
}

// cut returns the centre and length of the part of an interval that lies in [0, limit], at least MinSide of it.
func (t *Tracker) cut(centre, length, limit float64) (float64, float64) {
	floor := min(max(t.m.Loop.MinSide, tracker.MinSide), limit)
	begin := min(max(centre-length/2, 0), limit-floor)
	length = max(min(max(centre+length/2, floor), limit)-begin, floor)
	return begin + length/2, length
}

// Place implements tracker.Placer.
func (t *Tracker) Place(b tracker.Box) {
	t.x, t.y = b.Center()
	t.w, t.h, t.roam = b.W, b.H, 0
	t.motion.stop()
}

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
