package session

import (
	"context"
	"fmt"
	"time"

	"siamtrack/tracker"
)

// track is the goroutine that owns the tracker: it answers choices and follows fresh frames until no more come.
func (s *Session) track(ctx context.Context) {
	defer close(s.done)
	defer s.update(func(st *Status) { st.Ended = true })
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-s.chosen:
			err = s.choiceMade()
		case v := <-s.fresh:
			err = s.follow(v)
		case <-s.dry:
			select {
			case v := <-s.fresh:
				if err = s.follow(v); err == nil {
					return
				}
			default:
				return
			}
		}
		if err != nil {
			s.fail(ctx, err)
			return
		}
	}
}

// choiceMade starts the tracker on the target that was chosen, or forgets the target.
func (s *Session) choiceMade() error {
	s.mu.Lock()
	c := s.choice
	s.choice = choice{}
	s.mu.Unlock()
	s.begun = true
	if c.on == nil {
		s.following = false
		return nil
	}
	return s.start(c.on, c.box)
}

// follow moves the tracker on to v's frame, where there is a target, and publishes v.
func (s *Session) follow(v *View) error {
	if !s.begun && s.o.Init != nil {
		s.begun = true
		size := v.Frame.Image.Rect
		target, err := s.o.Init.Trackable(size.Dx(), size.Dy())
		if err != nil {
			return fmt.Errorf("session: frame %d: %w", v.Frame.Index, err)
		}
		return s.start(v, target)
	}
	if s.following {
		began := time.Now()
		r, err := s.tracker.Update(v.Frame.Image)
		if err != nil {
			return fmt.Errorf("session: frame %d: %w", v.Frame.Index, err)
		}
		v.Elapsed, v.Target = time.Since(began), true
		v.setResult(r)
		s.addCrops(v)
	}
	return s.publish(v)
}

// start starts the tracker on target in v's frame and publishes v.
func (s *Session) start(v *View, target tracker.Box) error {
	began := time.Now()
	if err := s.tracker.Init(v.Frame.Image, target); err != nil {
		return fmt.Errorf("session: frame %d: %w", v.Frame.Index, err)
	}
	s.following = true
	v.Elapsed, v.Target, v.Initial = time.Since(began), true, true
	v.Result = tracker.Result{Box: target, Score: 1}
	s.addCrops(v)
	return s.publish(v)
}

// addCrops adds the network's view where it is asked for and known.
func (s *Session) addCrops(v *View) {
	if viewer, ok := s.tracker.(tracker.CropViewer); ok && s.crops.Load() {
		v.setCrops(viewer.Crops())
	}
}

// publish shows v to Each and leaves it for the consumer.
func (s *Session) publish(v *View) error {
	if s.o.Each != nil {
		if err := s.o.Each(v); err != nil {
			return err
		}
	}
	displaced := s.results.put(v)
	s.mu.Lock()
	s.status.Tracked++
	if displaced != nil {
		s.status.Unshown++
	}
	s.tracking.Tick(time.Now())
	s.mu.Unlock()
	s.free.put(displaced)
	return nil
}
