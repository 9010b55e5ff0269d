package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"time"

	"siamtrack/bench/dataset"
	"siamtrack/internal/atomicfile"
)

// ManifestFile is the manifest's name in a run's folder.
const ManifestFile = "manifest.json"

// Manifest says what made the files of a run: enough to tell whether another run may add to them.
type Manifest struct {
	// Tracker is the name in tables. Model is the network's file, SHA256 its contents' hash.
	Tracker string `json:"tracker"`
	Model   string `json:"model,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	// Parameters are the tracker's, as its manifest has them. Versions are those of the program and its libraries.
	Parameters json.RawMessage   `json:"parameters,omitempty"`
	Versions   map[string]string `json:"versions,omitempty"`

	Dataset    string     `json:"dataset"`
	Format     string     `json:"format"`
	Experiment Experiment `json:"experiment"`
	Repeat     int        `json:"repeat"`
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

// Machine is what a run was made on.
type Machine struct {
	System string `json:"system"`
	CPU    string `json:"cpu,omitempty"`
	Cores  int    `json:"cores"`
}

// ThisMachine describes the machine that runs the program.
func ThisMachine() Machine {
	m := Machine{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU()}
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m // another system: the processor's name is a nicety
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}

// digest is a short hash of a sequence's annotation.
func digest(s *dataset.Sequence) string {
	h := sha256.New()
	for _, b := range s.Truth {
		fmt.Fprintf(h, "%v %v %v %v\n", b.X, b.Y, b.W, b.H)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// ReadManifest reads a run's manifest.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	path := filepath.Join(dir, ManifestFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		return m, fmt.Errorf("bench: %w", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("bench: %s: %w", path, err)
	}
	return m, nil
}

// write writes the manifest.
func (m Manifest) write(dir string) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("bench: manifest: %w", err)
	}
	return atomicfile.Write(filepath.Join(dir, ManifestFile), append(raw, '\n'))
}

// claim makes dir this run's: it writes the manifest where there is none, and where there is one checks that it is of
// the same run, adding the sequences that are new. It returns what is in the folder then.
func (m Manifest) claim(dir string) (Manifest, error) {
	old, err := ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if m.Created.IsZero() {
			m.Created = time.Now().UTC().Truncate(time.Second)
		}
		return m, m.write(dir)
	}
	if err != nil {
		return m, err
	}
	if diff := m.differences(old); len(diff) > 0 {
		return m, fmt.Errorf("bench: %s: %s: %w; choose another folder with --out, or remove it",
			filepath.Join(dir, ManifestFile), strings.Join(diff, "; "), ErrManifest)
	}
	for name, d := range m.Sequences {
		old.Sequences[name] = d
	}
	return old, old.write(dir)
}

// differences lists what keeps m from going on with old.
func (m Manifest) differences(old Manifest) []string {
	var out []string
	check := func(what string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			out = append(out, fmt.Sprintf("%s is %v there, %v now", what, b, a))
		}
	}
	check("tracker", m.Tracker, old.Tracker)
	check("model's hash", m.SHA256, old.SHA256)
	check("versions", m.Versions, old.Versions)
	check("dataset", m.Dataset, old.Dataset)
	check("layout", m.Format, old.Format)
	check("experiment", m.Experiment, old.Experiment)
	check("repeat", m.Repeat, old.Repeat)
	check("timing", m.Timing, old.Timing)
	check("shard", m.Shard, old.Shard)
	if m.Timing {
		check("machine", m.Machine, old.Machine)
	}
	if !sameJSON(m.Parameters, old.Parameters) {
		out = append(out, "the tracker's parameters differ")
	}
	for name, d := range m.Sequences {
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
