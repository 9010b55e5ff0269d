package run

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/bench/folder"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/readfile"
)

// Merge joins the shards of one run into out, as if one machine had done them all. The shards must be of one run, none
// missing, none twice.
func Merge(shards []string, out string) (folder.About, error) {
	all, err := join(shards)
	if err != nil {
		return all, err
	}
	if _, err := all.Claim(out); err != nil {
		return all, err
	}
	for _, dir := range shards {
		if err := copyRun(dir, out); err != nil {
			return all, err
		}
	}
	return all, incomplete(all, out)
}

// join makes one description of those of the shards.
func join(shards []string) (folder.About, error) {
	var all folder.About
	if len(shards) == 0 {
		return all, fmt.Errorf("bench: merge of nothing: %w", folder.ErrUse)
	}
	seen := map[int]string{}
	for i, dir := range shards {
		a, err := folder.ReadAbout(dir)
		if err != nil {
			return all, err
		}
		other := func(format string, args ...any) (folder.About, error) {
			return all, fmt.Errorf("bench: merge: %s: %w", fmt.Sprintf(format, args...), folder.ErrOtherRun)
		}
		first, twice := seen[a.Shard.Index]
		switch {
		case a.Shard.Count == 0:
			return other("%s is no shard", dir)
		case twice:
			return other("%s and %s are both shard %v", first, dir, a.Shard)
		case a.Shard.Count != len(shards):
			return other("%s is one of %d shards, %d are given", dir, a.Shard.Count, len(shards))
		}
		seen[a.Shard.Index] = dir
		a.Shard = folder.Shard{}
		if i == 0 {
			all = a
			continue
		}
		if diff := a.Differences(all); len(diff) > 0 {
			return other("%s and %s: %s", shards[0], dir, strings.Join(diff, "; "))
		}
		maps.Copy(all.Sequences, a.Sequences)
		all.Differing = append(all.Differing, a.Differing...)
	}
	return all, nil
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
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || rel == folder.AboutFile || rel == folder.TimingFile {
			return nil
		}
		raw, err := readfile.Plain(path, readfile.Large)
		if err != nil {
			return fmt.Errorf("bench: merge: %w", err)
		}
		return atomicfile.WriteUnder(to, rel, raw)
	})
}

// incomplete is an error that names the sequences of a run that have no result.
func incomplete(a folder.About, dir string) error {
	files, err := folder.NewPaths(dir, a.Format, a.Experiment)
	if err != nil {
		return err
	}
	var missing []string
	for name := range a.Sequences {
		if !files.Whole(name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("bench: %s: no result of %s: run the shard again, it goes on where it stopped", dir,
		strings.Join(missing, ", "))
}
