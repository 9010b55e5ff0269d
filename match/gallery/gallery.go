// Package gallery recognises a picture among many: one example an identity is enough (one-shot recognition). The
// gallery is a folder; its embeddings are computed once and kept in a cache that is bound to the model.
package gallery

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/match"
)

// The reasons for which a folder cannot serve as a gallery.
var (
	// ErrEmpty is wrapped by the error of a gallery without pictures, or an identity without any.
	ErrEmpty = errors.New("no pictures")
	// ErrTwice is wrapped by the error of two identities with one name.
	ErrTwice = errors.New("two identities with one name")
)

// Example is one picture of a gallery.
type Example struct {
	// Identity is the name of what it shows; Path is relative to the gallery, with slashes.
	Identity, Path string
}

// List reads which examples a gallery has: a picture in the folder is one identity, named as the file without its
// suffix; a folder in it is one identity, with all pictures in it as examples. Names that begin with a dot are passed
// over; anything else must be a picture, which shows when it is read. The order is that of the names.
func List(dir string) ([]Example, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("gallery: %w", err)
	}
	var out []Example
	from := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		isDir, err := folder(dir, e)
		if err != nil {
			return nil, err
		}
		identity := name
		if !isDir {
			identity = strings.TrimSuffix(name, filepath.Ext(name))
		}
		if other, ok := from[identity]; ok {
			return nil, fmt.Errorf("gallery %s: %w: %q is both %s and %s; rename one, or put both into a folder %s/",
				dir, ErrTwice, identity, other, name, identity)
		}
		from[identity] = name
		if !isDir {
			out = append(out, Example{identity, name})
			continue
		}
		inside, err := pictures(dir, name)
		if err != nil {
			return nil, err
		}
		out = append(out, inside...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("gallery %s: %w: put one picture an identity into it, or one folder an identity", dir,
			ErrEmpty)
	}
	return out, nil
}

// folder reports whether an entry is a folder, or a link to one.
func folder(dir string, e os.DirEntry) (bool, error) {
	if e.Type()&os.ModeSymlink == 0 {
		return e.IsDir(), nil
	}
	s, err := os.Stat(filepath.Join(dir, e.Name()))
	if err != nil {
		return false, fmt.Errorf("gallery: %w", err)
	}
	return s.IsDir(), nil
}

// pictures lists the examples of the identity that has a folder of its own.
func pictures(dir, identity string) ([]Example, error) {
	entries, err := os.ReadDir(filepath.Join(dir, identity))
	if err != nil {
		return nil, fmt.Errorf("gallery: %w", err)
	}
	var out []Example
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			out = append(out, Example{identity, identity + "/" + e.Name()})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("gallery %s: identity %q: %w in its folder", dir, identity, ErrEmpty)
	}
	return out, nil
}

// Gallery holds the embeddings of all examples, ready to be searched. It is read-only and may be shared by goroutines.
type Gallery struct {
	distance match.Distance
	examples []Example
	dim      int
	vectors  []float32 // prepared, one example after the other
}

// New returns a gallery over the embeddings of examples, one each, all of one length. It copies them.
func New(d match.Distance, examples []Example, embeddings [][]float32) (*Gallery, error) {
	if len(examples) == 0 || len(examples) != len(embeddings) {
		return nil, fmt.Errorf("gallery: %d embeddings of %d examples: %w", len(embeddings), len(examples), ErrEmpty)
	}
	g := &Gallery{distance: d, examples: slices.Clone(examples), dim: len(embeddings[0])}
	g.vectors = make([]float32, 0, len(examples)*g.dim)
	for i, e := range embeddings {
		if len(e) != g.dim || g.dim == 0 {
			return nil, fmt.Errorf("gallery: %s: an embedding of %d numbers, %d expected", examples[i].Path, len(e), g.dim)
		}
		at := len(g.vectors)
		g.vectors = append(g.vectors, e...)
		d.Prepare(g.vectors[at:])
	}
	return g, nil
}

// Len returns the number of examples.
func (g *Gallery) Len() int { return len(g.examples) }

// Answer is one identity of a ranking, by its example nearest to the query.
type Answer struct {
	Identity string `json:"identity"`
	Path     string `json:"example"`
	match.Score
}

// Search ranks the identities by their distance from an embedding, which it does not change, nearest first; identities
// at one distance stay in the gallery's order. It returns at most n answers, all where n is 0 or less.
func (g *Gallery) Search(embedding []float32, n int) ([]Answer, error) {
	if len(embedding) != g.dim {
		return nil, fmt.Errorf("gallery: a query of %d numbers, the gallery has %d: not one network", len(embedding), g.dim)
	}
	query := slices.Clone(embedding)
	g.distance.Prepare(query)
	best := g.nearest(query)
	slices.SortStableFunc(best, func(a, b found) int { return cmp.Compare(a.distance, b.distance) })
	if n > 0 && n < len(best) {
		best = best[:n]
	}
	out := make([]Answer, len(best))
	for i, f := range best {
		e := g.examples[f.example]
		out[i] = Answer{e.Identity, e.Path, match.Score{Distance: f.distance, Similarity: g.distance.Similarity(f.distance)}}
	}
	return out, nil
}

// found is one identity's example nearest to a query.
type found struct {
	distance float64
	example  int
}

// nearest returns each identity's nearest example, in the gallery's order, in which those of one identity follow each
// other.
func (g *Gallery) nearest(query []float32) []found {
	out := make([]found, 0, len(g.examples))
	for i, e := range g.examples {
		d := g.distance.Between(query, g.vectors[i*g.dim:(i+1)*g.dim])
		switch {
		case i == 0 || g.examples[i-1].Identity != e.Identity:
			out = append(out, found{d, i})
		case d < out[len(out)-1].distance:
			out[len(out)-1] = found{d, i}
		}
	}
	return out
}
