package events

import "sync"

// ring is a queue that holds so many messages at most, in memory that is taken once.
type ring struct {
	messages    []Message
	first, held int
}

// push appends a message. Where there is no room the oldest goes, and it reports that.
func (r *ring) push(m *Message) (dropped bool) {
	if r.held == len(r.messages) {
		r.pop()
		dropped = true
	}
	r.messages[(r.first+r.held)%len(r.messages)] = *m
	r.held++
	return dropped
}

// peek returns the oldest message, nil where there is none.
func (r *ring) peek() *Message {
	if r.held == 0 {
		return nil
	}
	return &r.messages[r.first]
}

func (r *ring) pop() {
	r.first = (r.first + 1) % len(r.messages)
	r.held--
}

// queue holds messages in order. Changes of state have places of their own, so that frames never push them out.
type queue struct {
	mu             sync.Mutex
	some           sync.Cond // something came, or the queue was closed
	frames, states ring
	seq            uint64
	dropped        uint64
	closed         bool
}

func newQueue(length int) *queue {
	q := &queue{frames: ring{messages: make([]Message, length)}, states: ring{messages: make([]Message, length)}}
	q.some.L = &q.mu
	return q
}

// put appends a message and gives it its number.
func (q *queue) put(m *Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seq++
	m.Seq = q.seq
	to := &q.frames
	if m.Type == StateType {
		to = &q.states
	}
	if to.push(m) {
		q.dropped++
	}
	q.some.Signal()
}

// take waits for a message and moves it into m. It returns false when the queue is closed and empty, or cut.
func (q *queue) take(m *Message) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.frames.held == 0 && q.states.held == 0 && !q.closed {
		q.some.Wait()
	}
	from := &q.frames
	f, s := q.frames.peek(), q.states.peek()
	if f == nil && s == nil {
		return false
	}
	if f == nil || s != nil && s.Seq < f.Seq {
		from = &q.states
	}
	*m = *from.peek()
	from.pop()
	return true
}

// close lets take return false once the queue is empty.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
}

// cut drops what is still in the queue.
func (q *queue) cut() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.dropped += uint64(q.frames.held + q.states.held)
	q.frames.held, q.states.held = 0, 0
}

// counts returns how many messages were put, and how many of them dropped.
func (q *queue) counts() (put, dropped uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.seq, q.dropped
}
