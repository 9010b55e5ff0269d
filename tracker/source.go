package tracker

// SourceFunc is a Source made of a function that does what Source.Next says: fill dst.Image, of the same size in each
// call or not, and dst.Index, which counts from 0; and return io.EOF after the last frame.
type SourceFunc func(dst *Frame) error

// Next implements Source.
func (f SourceFunc) Next(dst *Frame) error { return f(dst) }

// Close implements Source. There is nothing to free; what the function uses is closed by who made it.
func (f SourceFunc) Close() error { return nil }
