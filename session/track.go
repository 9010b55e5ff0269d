package session

import (
	"context"
	"fmt"
	"time"

	"siamtrack/tracker"
)

// track is the goroutine that owns the trackers: it answers choices and follows fresh frames until no more come.
func (s *Session) track(ctx context.Context) {
	defer close(s.done)
	defer s.gate.end()
	defer s.update(func(st *Status) { st.Ended = true })
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-s.chosen:
			err = s.choicesMade()
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

// choicesMade does what persons have asked for since it was called last.
func (s *Session) choicesMade() error {
	s.mu.Lock()
	choices := s.choices
	s.choices = nil
	s.mu.Unlock()
	s.begun = true
	for _, c := range choices {
		switch {
		case c.on != nil:
			if err := s.start(c.on, tracker.Start{Box: c.box}); err != nil {
				return err
			}
		case c.id != 0:
			s.targets.Remove(c.id)
		default:
			s.targets.Clear()
		}
		s.update(func(st *Status) { st.Targets = len(s.targets.Targets()) })
	}
	return nil
}

// follow moves the trackers on to v's frame, and publishes v.
func (s *Session) follow(v *View) error {
	defer s.gate.landed()
	s.targets.ShowCrops(s.crops.Load())
	if !s.begun {
		s.begun = true
		for _, first := range s.o.Init {
			if _, err := s.targets.Add(v.Frame.Image, first); err != nil {
				return fmt.Errorf("session: frame %d: %w", v.Frame.Index, err)
			}
		}
		v.keep(s.targets.Targets())
		return s.publish(v)
	}
	targets, err := s.targets.Update(v.Frame.Image)
	if err != nil {
		return fmt.Errorf("session: frame %d: %w", v.Frame.Index, err)
	}
	v.keep(targets)
	return s.publish(v)
}

// start begins to follow one more target in v's frame and publishes v. Of the others v says what it said before, as
// far as they are still followed: where they are in v's frame, which need not be the newest.
func (s *Session) start(v *View, first tracker.Start) error {
	s.targets.ShowCrops(s.crops.Load())
	id, err := s.targets.Add(v.Frame.Image, first)
	if err != nil {
		return fmt.Errorf("session: frame %d: %w", v.Frame.Index, err)
	}
	now := tracker.Step{Targets: s.targets.Targets()}
	said := make([]tracker.Target, 0, len(now.Targets))
	for _, t := range v.Targets {
		if now.Target(t.ID) != nil {
			said = append(said, t)
		}
	}
	v.keep(append(said, *now.Target(id)))
	return s.publish(v)
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
	s.status.Targets = len(s.targets.Targets())
	if displaced != nil {
		s.status.Unshown++
	}
	s.tracking.Tick(time.Now())
	s.mu.Unlock()
	s.free.put(displaced)
	return nil
}
