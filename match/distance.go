package match

import (
	"fmt"
	"math"
	"strings"
)

// Distance is the comparison layer of the twin networks: 0 for two embeddings that are the same, more the less they
// resemble each other.
type Distance string

// The distances. On embeddings of length one, as networks of kind embedding give them, Euclidean and Cosine order
// pairs alike (the square of the first is twice the second), so they differ in scale only.
const (
	// Euclidean is the length of the difference of two vectors, as the network gives them.
	Euclidean Distance = "euclidean"
	// Cosine is 1 - cos of the angle between two vectors, in [0, 2].
	Cosine Distance = "cosine"
	// Correlation is 1 - Pearson's correlation coefficient, in [0, 2]. Networks that give feature maps are compared map
	// against map: it is the cross-correlation of a tracker at zero displacement, normalised to zero mean and length one.
	Correlation Distance = "correlation"
)

// Distances lists all distances.
func Distances() []Distance { return []Distance{Euclidean, Cosine, Correlation} }

// ParseDistance reads a distance's name.
func ParseDistance(s string) (Distance, error) {
	var names []string
	for _, d := range Distances() {
		if string(d) == s {
			return d, nil
		}
		names = append(names, string(d))
	}
	return "", fmt.Errorf("distance %q: %s expected", s, strings.Join(names, ", "))
}

// Prepare brings an embedding, in place, into the form that Between compares, so that the part that depends on one
// embedding alone is paid once: Cosine brings it to length one, Correlation to zero mean first. A vector without
// direction (zero, or constant for Correlation) becomes zero, which is at distance 1 of everything.
func (d Distance) Prepare(v []float32) {
	if d == Euclidean {
		return
	}
	var mean float64
	if d == Correlation {
		for _, x := range v {
			mean += float64(x)
		}
		mean /= float64(max(1, len(v)))
	}
	var squares, largest float64
	for _, x := range v {
		squares += (float64(x) - mean) * (float64(x) - mean)
		largest = max(largest, math.Abs(float64(x)))
	}
	scale := 0.0
	if length := math.Sqrt(squares); length > 1e-6*largest { // what remains below is rounding, not direction
		scale = 1 / length
	}
	for i, x := range v {
		v[i] = float32((float64(x) - mean) * scale)
	}
}

// Between returns the distance of two prepared embeddings of one length.
func (d Distance) Between(a, b []float32) float64 {
	if d == Euclidean {
		return math.Sqrt(float64(squaredDifference(a, b)))
	}
	return min(max(1-float64(dot(a, b)), 0), 2)
}

// Similarity maps a distance to (0, 1], where 1 is the same: 1 - d/2 for the distances in [0, 2], 1/(1+d) for
// Euclidean, which has no upper end. It is for people to read; verdicts are made on distances.
func (d Distance) Similarity(distance float64) float64 {
	if d == Euclidean {
		return 1 / (1 + distance)
	}
	return 1 - distance/2
}

// dot and squaredDifference add up in eight partial sums, which lets the processor overlap the additions and keeps the
// rounding error of long vectors small.
func dot(a, b []float32) float32 {
	var s [8]float32
	n := len(a) &^ 7
	b = b[:len(a)]
	for i := 0; i < n; i += 8 {
		p, q := a[i:i+8:i+8], b[i:i+8:i+8]
		s[0] += p[0] * q[0]
		s[1] += p[1] * q[1]
		s[2] += p[2] * q[2]
		s[3] += p[3] * q[3]
		s[4] += p[4] * q[4]
		s[5] += p[5] * q[5]
		s[6] += p[6] * q[6]
		s[7] += p[7] * q[7]
	}
	for i := n; i < len(a); i++ {
		s[0] += a[i] * b[i]
	}
	return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
}

func squaredDifference(a, b []float32) float32 {
	var s [4]float32
	n := len(a) &^ 3
	b = b[:len(a)]
	for i := 0; i < n; i += 4 {
		p, q := a[i:i+4:i+4], b[i:i+4:i+4]
		d0, d1, d2, d3 := p[0]-q[0], p[1]-q[1], p[2]-q[2], p[3]-q[3]
		s[0] += d0 * d0
		s[1] += d1 * d1
		s[2] += d2 * d2
		s[3] += d3 * d3
	}
	for i := n; i < len(a); i++ {
		s[0] += (a[i] - b[i]) * (a[i] - b[i])
	}
	return (s[0] + s[1]) + (s[2] + s[3])
}
