package gallery

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"

	"siamtrack/internal/atomicfile"
	"siamtrack/match"
)

// Options say how a gallery is opened.
type Options struct {
	// Read reads a picture.
	Read func(path string) (*image.RGBA, error)
	// Cache is the path of the cache; empty for CachePath of the folder.
	Cache string
	// Progress is called before each picture is embedded, with how many are done and how many there are; nil: nobody.
	Progress func(done, total int)
}

// Open lists a gallery and embeds its pictures with m, as far as the cache does not have them. The cache is written
// anew only where something changed, and only when all pictures are embedded; a cache that cannot be used is an error
// before anything is embedded. Cancelling ctx ends it between two pictures, and nothing is written.
func Open(ctx context.Context, dir string, m *match.Matcher, o Options) (*Gallery, error) {
	examples, err := List(dir)
	if err != nil {
		return nil, err
	}
	path := o.Cache
	if path == "" {
		path = CachePath(dir)
	}
	old, err := ReadCache(path, m)
	if err != nil {
		return nil, err
	}
	o.Cache = path
	c, changed, err := refresh(ctx, dir, m, examples, old, o)
	if err != nil {
		return nil, err
	}
	if changed {
		data, err := c.Bytes()
		if err != nil {
			return nil, err
		}
		if err := atomicfile.Write(path, data); err != nil {
			return nil, fmt.Errorf("gallery: write the cache: %w; name another file with --cache", err)
		}
	}
	embeddings := make([][]float32, len(examples))
	for i := range embeddings {
		embeddings[i] = c.vector(i)
	}
	return New(m.Distance(), examples, embeddings)
}

// refresh returns a cache of exactly the examples, in their order, and whether it differs from the old one.
func refresh(ctx context.Context, dir string, m *match.Matcher, examples []Example, old *Cache,
	o Options) (*Cache, bool, error) {
	known := make(map[Entry]int, len(old.Files))
	for i, e := range old.Files {
		known[e] = i
	}
	c := &Cache{Model: old.Model, Hash: old.Hash, Form: old.Form}
	writable := false // known only once it matters
	for i, e := range examples {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		path := filepath.Join(dir, filepath.FromSlash(e.Path))
		s, err := os.Stat(path)
		if err != nil {
			return nil, false, fmt.Errorf("gallery: %w", err)
		}
		entry := Entry{Path: e.Path, Size: s.Size(), Modified: s.ModTime().UnixNano()}
		var embedding []float32
		if at, ok := known[entry]; ok {
			embedding = old.vector(at)
		} else {
			if !writable {
				if err := tryWriting(o.Cache); err != nil {
					return nil, false, err
				}
				writable = true
			}
			if o.Progress != nil {
				o.Progress(i, len(examples))
			}
			if embedding, err = embed(m, path, o.Read); err != nil {
				return nil, false, fmt.Errorf("gallery: %s: %w", path, err)
			}
		}
		if err := c.add(entry, embedding); err != nil {
			return nil, false, err
		}
	}
	return c, !slices.Equal(c.Files, old.Files), nil
}

// tryWriting finds out whether a cache can be written beside its place, before pictures are embedded for it.
func tryWriting(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("gallery: write the cache: %w; name another file with --cache", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func embed(m *match.Matcher, path string, read func(string) (*image.RGBA, error)) ([]float32, error) {
	img, err := read(path)
	if err != nil {
		return nil, err
	}
	return m.Embed(match.Picture{Image: img})
}
