package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"siamtrack/internal/memory"
)

// batchedGraph is a model's search graph for several crops, which all its Batches share. It is made in a goroutine of
// its own, so that no frame waits for it.
type batchedGraph struct {
	done  chan struct{} // closed once it is made
	graph *graph
	err   error
}

// ready reports whether wait returns at once.
func (b *batchedGraph) ready() bool {
	select {
	case <-b.done:
		return true
	default:
		return false
	}
}

// wait returns the graph, or why there is none.
func (b *batchedGraph) wait() (*graph, error) {
	<-b.done
	return b.graph, b.err
}

// batched returns the model's search graph for n crops, in the making or made.
func (m *Model) batched(n int) *batchedGraph {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.batches[n]
	if b == nil {
		b = &batchedGraph{done: make(chan struct{})}
		m.batches[n] = b
		on := m.runtime.provider
		go func() {
			defer close(b.done)
			b.graph, b.err = m.loadBatched(n, on)
		}()
	}
	return b
}

// loadBatched reads the model's search graph again and loads it for n crops.
func (m *Model) loadBatched(n int, on Provider) (*graph, error) {
	file := m.files[slices.IndexFunc(m.files, func(f File) bool { return f.Role == roleModel })]
	data, err := m.runtime.read(file.Path, maxBytes)
	if err == nil {
		err = memory.Room(3 * int64(len(data))) // what is made of it, ONNX Runtime's own copy, and what that makes of it
	}
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != file.SHA256 {
		return nil, fmt.Errorf("onnx: %s: it was changed since the model was opened", file.Path)
	}
	var targets []string
	for _, in := range m.graphs[roleModel].inputs {
		if in.Name != inputImage {
			targets = append(targets, in.Name)
		}
	}
	if data, err = batched(data, n, targets, []string{"response", "sides"}); err != nil {
		return nil, fmt.Errorf("onnx: %s: for %d crops: %w: %w", file.Path, n, ErrModel, err)
	}
	return m.runtime.loadOn(on, fmt.Sprintf("%s (for %d crops)", file.Path, n), data)
}

// closeBatches waits for the graphs that are in the making, and frees all.
func (m *Model) closeBatches() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var errs []error
	for _, b := range m.batches {
		if g, err := b.wait(); err == nil {
			errs = append(errs, g.close())
		}
	}
	clear(m.batches)
	return errors.Join(errs...)
}
