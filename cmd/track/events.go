package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"siamtrack/internal/events"
	"siamtrack/internal/follow"
	"siamtrack/internal/redact"
	"siamtrack/tracker"
)

// eventFlags say who is told what a run sees.
type eventFlags struct{ receivers []string }

// register adds the flag to a command.
func (f *eventFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.receivers, "events", nil,
		"send each box and each change of state as JSON to this `receiver`: udp://host:port,\n"+
			"mqtt://[user:password@]host[:port]/topic, or mqtts:// with ?ca=FILE for a broker's own authority; may be "+
			"repeated.\n"+
			"What a receiver does not take in time is dropped")
}

// check refuses what is no receiver.
func (f *eventFlags) check() error {
	for _, r := range f.receivers {
		if err := events.Check(r); err != nil {
			return usagef("--events: %w", err)
		}
	}
	return nil
}

// files lists the files that the receivers name.
func (f *eventFlags) files() (files []given) {
	for _, r := range f.receivers {
		if ca := events.Authorities(r); ca != "" {
			files = append(files, given{ca, "the ca of --events"})
		}
	}
	return files
}

// open makes a sink for each receiver. Close what it returns.
func (f *eventFlags) open(cmd *cobra.Command, source string) (eventSinks, error) {
	var all eventSinks
	for _, r := range f.receivers {
		s, err := events.Open(r, events.Options{Source: redact.Source(source), Log: logger(cmd)})
		if errors.Is(err, events.ErrReceiver) {
			err = wrongUse(err)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--events: %w", err), all.Close())
		}
		all = append(all, s)
	}
	return all, nil
}

// eventSinks are those of several receivers.
type eventSinks []follow.Sink

// Put implements follow.Sink.
func (e eventSinks) Put(s tracker.Step) error {
	for _, sink := range e {
		if err := sink.Put(s); err != nil {
			return err
		}
	}
	return nil
}

// Close implements follow.Sink.
func (e eventSinks) Close() error {
	var errs []error
	for _, sink := range e {
		errs = append(errs, sink.Close())
	}
	return errors.Join(errs...)
}
