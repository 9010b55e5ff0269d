package bench

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/internal/atomicfile"
)

// Merge joins the shards of one run into out, as if one machine had done them all. The shards must be of one run, none
// missing, none twice.
func Merge(shards []string, out string) (Manifest, error) {
	if len(shards) == 0 {
		return Manifest{}, fmt.Errorf("bench: merge of nothing: %w", ErrUse)
	}
	var all Manifest
	seen := map[int]string{}
	for i, dir := range shards {
		m, err := ReadManifest(dir)
		if err != nil {
			return all, err
		}
		if m.Shard.Count == 0 {
			return all, fmt.Errorf("bench: merge: %s is no shard: %w", dir, ErrManifest)
		}
		if other, ok := seen[m.Shard.Index]; ok {
			return all, fmt.Errorf("bench: merge: %s and %s are both shard %v: %w", other, dir, m.Shard, ErrManifest)
		}
		seen[m.Shard.Index] = dir
		count := m.Shard.Count
		m.Shard = Shard{}
		if i == 0 {
			all = m
		} else if diff := m.differences(all); len(diff) > 0 {
			return all, fmt.Errorf("bench: merge: %s and %s: %s: %w", shards[0], dir, strings.Join(diff, "; "), ErrManifest)
		}
		for name, d := range m.Sequences {
			all.Sequences[name] = d
		}
		if i > 0 {
			all.Differing = append(all.Differing, m.Differing...)
		}
		if count != len(shards) {
			return all, fmt.Errorf("bench: merge: %s is one of %d shards, %d are given: %w", dir, count, len(shards), ErrManifest)
		}
	}
	if _, err := all.claim(out); err != nil {
		return all, err
	}
	for _, dir := range shards {
		if err := copyRun(dir, out); err != nil {
			return all, err
		}
	}
	return all, all.incomplete(out)
}

// copyRun copies a shard's files; summaries of one shard alone are left behind.
func copyRun(from, to string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("bench: merge: %w", err)
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return fmt.Errorf("bench: merge: %w", err)
		}
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || slices.Contains([]string{ManifestFile, "timing.json"}, rel) {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("bench: merge: %w", err)
		}
		return atomicfile.Write(filepath.Join(to, rel), raw)
	})
}

// incomplete is an error that names the sequences of a run that have no result.
func (m Manifest) incomplete(dir string) error {
	var missing []string
	for name := range m.Sequences {
		if !hasResult(m, dir, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("bench: %s: no result of %s: run the shard again, it goes on where it stopped", dir, strings.Join(missing, ", "))
}
