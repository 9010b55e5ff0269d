package gallery

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"

	"siamtrack/internal/readfile"
	"siamtrack/match"
)

// The reasons for which a cache is refused. Neither is ever written over.
var (
	// ErrOtherModel is wrapped by the error of a cache that another model, or another form of embedding, filled.
	ErrOtherModel = errors.New("cache of another model")
	// ErrDamaged is wrapped by the error of a file that is no whole cache.
	ErrDamaged = errors.New("not a whole embedding cache")
)

// magic begins every cache file and names its version.
const magic = "siamtrack embeddings 1\n"

// Cache holds the embeddings of a gallery's pictures as the network gave them, and of which files, by size and time
// of change, so that a picture that was changed is embedded anew.
//
// The file is: magic; the length of the header as uint32; the header, JSON; the embeddings, float32, Dim each, in the
// header's order; SHA-256 of all before it. Numbers are little-endian.
type Cache struct {
	Model string  `json:"model"`  // the model's name, for messages
	Hash  string  `json:"sha256"` // the model's hash
	Form  string  `json:"form"`   // match.Matcher.Form of it
	Dim   int     `json:"dim"`
	Files []Entry `json:"files"`

	vectors []float32
}

// Entry is one embedded file.
type Entry struct {
	Path     string `json:"path"` // as in Example
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // nanoseconds since 1970
}

// CachePath returns where the cache of a gallery lies: DIR.embeddings beside the folder.
func CachePath(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil { // "." has its name in the working folder's path alone
		dir = abs
	}
	return strings.TrimRight(filepath.Clean(dir), string(filepath.Separator)) + ".embeddings"
}

// ReadCache reads a cache file for a matcher; where there is none it returns an empty one. One of another model or form
// is an error that wraps ErrOtherModel, anything else that is not a whole cache one that wraps ErrDamaged.
func ReadCache(path string, m *match.Matcher) (*Cache, error) {
	n := m.Network()
	c := &Cache{Model: n.Manifest.Name, Hash: n.Hash, Form: m.Form()}
	data, err := readfile.Plain(path, readfile.Large)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	} else if err != nil {
		return nil, fmt.Errorf("gallery: %w", err)
	}
	old, err := ParseCache(data)
	if err != nil {
		return nil, fmt.Errorf("gallery: %s: %w; nothing was overwritten: delete it, or name another file with --cache",
			path, err)
	}
	if old.Hash != c.Hash || old.Form != c.Form {
		return nil, fmt.Errorf("gallery: %s: %w: it has each picture's %s of model %q (%.12s), the %s of %q (%.12s) is "+
			"needed; nothing was overwritten: delete it, or name another file with --cache",
			path, ErrOtherModel, old.Form, old.Model, old.Hash, c.Form, c.Model, c.Hash)
	}
	return old, nil
}

// ParseCache reads a cache file's content. Its errors wrap ErrDamaged.
func ParseCache(data []byte) (*Cache, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok || len(rest) < 4+sha256.Size {
		return nil, fmt.Errorf("%w: it does not begin as one, or is cut off", ErrDamaged)
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:]) {
		return nil, fmt.Errorf("%w: its checksum does not fit", ErrDamaged)
	}
	length := int64(binary.LittleEndian.Uint32(rest))
	rest = rest[4 : len(rest)-sha256.Size]
	if length > int64(len(rest)) {
		return nil, fmt.Errorf("%w: a header of %d bytes, %d are there", ErrDamaged, length, len(rest))
	}
	c := &Cache{}
	if err := json.Unmarshal(rest[:length], c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	numbers := rest[length:]
	if c.Dim < 0 || c.Dim > len(numbers) || len(numbers) != 4*c.Dim*len(c.Files) || (c.Dim == 0 && len(c.Files) > 0) {
		return nil, fmt.Errorf("%w: %d bytes of embeddings, %d files of %d numbers expected", ErrDamaged, len(numbers),
			len(c.Files), c.Dim)
	}
	c.vectors = make([]float32, len(numbers)/4)
	for i := range c.vectors {
		c.vectors[i] = math.Float32frombits(binary.LittleEndian.Uint32(numbers[4*i:]))
	}
	return c, nil
}

// Bytes returns the content of the cache's file.
func (c *Cache) Bytes() ([]byte, error) {
	header, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("gallery: cache: %w", err)
	}
	if len(header) > math.MaxUint32 {
		return nil, fmt.Errorf("gallery: cache: a header of %d bytes does not fit the format", len(header))
	}
	data := make([]byte, 0, len(magic)+4+len(header)+4*len(c.vectors)+sha256.Size)
	data = append(data, magic...)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(header)))
	data = append(data, header...)
	for _, v := range c.vectors {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	sum := sha256.Sum256(data)
	return append(data, sum[:]...), nil
}

// add appends an embedding. Those of one cache have one length.
func (c *Cache) add(e Entry, embedding []float32) error {
	if len(c.Files) > 0 && len(embedding) != c.Dim {
		return fmt.Errorf("gallery: %s: an embedding of %d numbers, %d expected", e.Path, len(embedding), c.Dim)
	}
	c.Dim = len(embedding)
	c.Files = append(c.Files, e)
	c.vectors = append(c.vectors, embedding...)
	return nil
}

// vector returns the embedding of file i; it is the cache's own.
func (c *Cache) vector(i int) []float32 { return c.vectors[i*c.Dim : (i+1)*c.Dim] }
