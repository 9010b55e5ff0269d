package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"siamtrack/bench/dataset"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/filename"
	"siamtrack/internal/readfile"
)

// AboutFile is the name of the file in which a run's folder says what it is.
const AboutFile = "manifest.json"

// About says what made the files of a run: enough to tell whether another run may add to them.
type About struct {
	// Tracker is the name in tables. Model is the network's file, SHA256 its contents' hash.
	Tracker string `json:"tracker"`
	Model   string `json:"model,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	// Parameters are the tracker's, as its manifest has them. Versions are those of the program and its libraries.
	Parameters json.RawMessage   `json:"parameters,omitempty"`
	Versions   map[string]string `json:"versions,omitempty"`
	// Overrides are those of Parameters that a flag gave in place of the model's own, as given.
	Overrides map[string]string `json:"overrides,omitempty"`

	Dataset    string         `json:"dataset"`
	Format     dataset.Format `json:"format"`
	Experiment Experiment     `json:"experiment"`
	Repeat     int            `json:"repeat"`
	// Timing says that the run was timed: one sequence at a time, frames decoded ahead.
	Timing bool  `json:"timing"`
	Shard  Shard `json:"shard"`

	// Machine and Created are for the reader: another machine may go on with a run that is not timed.
	Machine Machine   `json:"machine"`
	Created time.Time `json:"created"`
	// Sequences has a digest of each sequence's truth, of those that were asked for so far.
	Sequences map[string]string `json:"sequences"`
	// Differing names the sequences whose repetitions were found to differ.
	Differing []string `json:"differing,omitempty"`
}

// Digest is a short hash of a sequence's annotation.
func Digest(s *dataset.Sequence) string {
	h := sha256.New()
	for _, b := range s.Truth {
		fmt.Fprintf(h, "%v %v %v %v\n", b.X, b.Y, b.W, b.H)
	}
	for i, objects := range s.Objects {
		for _, o := range objects {
			fmt.Fprintf(h, "%d %d %d %v %v %v %v\n", i, o.ID, o.Role, o.Box.X, o.Box.Y, o.Box.W, o.Box.H)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// ReadAbout reads what a run's folder says of itself. The error wraps fs.ErrNotExist where it says nothing, as results
// of other programs do.
func ReadAbout(dir string) (About, error) {
	path := filepath.Join(dir, AboutFile)
	raw, err := readfile.Plain(path, readfile.Small)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return About{}, fmt.Errorf("folder: %s is no run of track bench: %w", dir, err)
	case err != nil:
		return About{}, fmt.Errorf("folder: %w", err)
	}
	a, err := parseAbout(raw)
	if err != nil {
		return About{}, fmt.Errorf("folder: %s: %w; remove it, or choose another folder", path, err)
	}
	return a, nil
}

// parseAbout reads the file and refuses what no run has written. Sequences is never nil.
func parseAbout(raw []byte) (About, error) {
	var a About
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, err
	}
	if err := a.checkTracker(); err != nil {
		return a, err
	}
	if s := a.Shard; s.Count < 0 || s.Index < 0 || s.Index >= max(s.Count, 1) {
		return a, fmt.Errorf("shard %d of %d", s.Index, s.Count)
	}
	if a.Sequences == nil {
		a.Sequences = map[string]string{}
	}
	for _, name := range append(slices.Collect(maps.Keys(a.Sequences)), a.Differing...) {
		if err := filename.Check("sequence", name); err != nil {
			return a, err
		}
	}
	return a, nil
}

// checkTracker refuses a tracker's name that cannot be a folder's, since results lie in folders of that name.
func (a About) checkTracker() error {
	if a.Tracker == "" {
		return nil
	}
	return filename.Check("tracker", a.Tracker)
}

// Write writes it into a run's folder.
func (a About) Write(dir string) error {
	raw, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return fmt.Errorf("folder: %s: %w", AboutFile, err)
	}
	return atomicfile.WriteUnder(dir, AboutFile, append(raw, '\n'))
}

// Claim makes dir this run's: it writes the file where there is none, and where there is one checks that it is of the
// same run, adding the sequences that are new. It returns what is in the folder then.
func (a About) Claim(dir string) (About, error) {
	if err := a.checkTracker(); err != nil {
		return a, fmt.Errorf("folder: %w", err)
	}
	old, err := ReadAbout(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if a.Created.IsZero() {
			a.Created = time.Now().UTC().Truncate(time.Second)
		}
		return a, a.Write(dir)
	}
	if err != nil {
		return a, err
	}
	if diff := a.Differences(old); len(diff) > 0 {
		return a, fmt.Errorf("folder: %s: %s: %w; choose another folder with --out, or remove it",
			filepath.Join(dir, AboutFile), strings.Join(diff, "; "), ErrOtherRun)
	}
	for name, d := range a.Sequences {
		old.Sequences[name] = d
	}
	return old, old.Write(dir)
}

// Differences lists what keeps a from going on with old.
func (a About) Differences(old About) []string {
	var out []string
	check := func(what string, now, was any) {
		if !reflect.DeepEqual(now, was) {
			out = append(out, fmt.Sprintf("%s is %v there, %v now", what, was, now))
		}
	}
	check("tracker", a.Tracker, old.Tracker)
	check("model's hash", a.SHA256, old.SHA256)
	check("versions", a.Versions, old.Versions)
	if !maps.Equal(a.Overrides, old.Overrides) { // of which one may be nil
		check("overrides", a.Overrides, old.Overrides)
	}
	check("dataset", a.Dataset, old.Dataset)
	check("layout", a.Format, old.Format)
	check("experiment", a.Experiment, old.Experiment)
	check("repeat", a.Repeat, old.Repeat)
	check("timing", a.Timing, old.Timing)
	check("shard", a.Shard, old.Shard)
	if a.Timing {
		check("machine", a.Machine, old.Machine)
	}
	if !sameJSON(a.Parameters, old.Parameters) {
		out = append(out, "the tracker's parameters differ")
	}
	for name, d := range a.Sequences {
		if was, ok := old.Sequences[name]; ok && was != d {
			out = append(out, "the truth of "+name+" has changed")
		}
	}
	return out
}

// sameJSON compares values, not their spacing.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return len(a) == len(b)
	}
	return reflect.DeepEqual(x, y)
}
