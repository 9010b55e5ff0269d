package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"siamtrack/internal/memory"
	"siamtrack/internal/owner"
	"siamtrack/internal/readfile"
)

// LibraryEnv is the environment variable that names ONNX Runtime's shared library.
const LibraryEnv = "ONNXRUNTIME_SHARED_LIBRARY_PATH"

// NeededVersion is the oldest ONNX Runtime that this build can talk to: its C API is number 24.
const NeededVersion = "1.24"

// ErrLibrary is wrapped by every error about ONNX Runtime's shared library.
var ErrLibrary = errors.New("ONNX Runtime's shared library is not usable")

// Options says how ONNX Runtime is loaded and run. The zero value is ready.
type Options struct {
	// Library is the path of the shared library; empty to look in Candidates' places.
	Library string
	// Threads is the number of threads within an operator, 1 where it is 0: networks this small lose by more.
	Threads int
	// Provider is what runs the networks, ProviderCPU where it is empty.
	Provider Provider
	// Read reads a model's file of at most limit bytes; nil for files alone, as readfile.Plain reads them. A program that
	// has models in itself says here what their paths are.
	Read func(path string, limit int64) ([]byte, error)
}

// loaded is the library that this process has loaded. It can have one, so what is known of it is the process's as well.
var loaded struct {
	sync.Mutex
	library string
	holders int  // Runtimes that are open
	stays   bool // it is not unloaded when nobody holds it: somebody else's in this program, or OpenVINO's
}

// Runtime is ONNX Runtime, loaded. Several may be open; all of a process share one library.
type Runtime struct {
	library  string
	threads  int
	read     func(path string, limit int64) ([]byte, error)
	provider Provider
	auto     bool       // the provider was chosen here: where a model does not start on it, the CPU runs it
	why      string     // what was wrong with accelerators, where the CPU was chosen here
	tiles    bool       // see tiles
	block    func() int // see blockOf
	open     bool
}

// Start loads ONNX Runtime, or shares the library that is loaded. Its error wraps ErrLibrary and lists the paths tried,
// what was found in each, and the version needed; or ErrProvider, where that cannot be used. Close the Runtime after
// every Model that it opened.
func Start(o Options) (*Runtime, error) {
	loaded.Lock()
	defer loaded.Unlock()
	switch {
	case loaded.library != "" && o.Library != "" && o.Library != loaded.library:
		return nil, fmt.Errorf("onnx: start: %w: a process can have one, and has loaded %s; it cannot load %s beside it",
			ErrLibrary, loaded.library, o.Library)
	case ort.IsInitialized():
		if loaded.library == "" { // not by this package
			loaded.library, loaded.stays = o.Library, true
		}
	default:
		if err := memory.Room(session); err != nil { // the library alone takes half of that
			return nil, fmt.Errorf("onnx: start: %w", err)
		}
		path, err := loadLibrary(o.Library)
		if err != nil {
			return nil, err
		}
		loaded.library, loaded.stays = path, false
	}
	loaded.holders++
	r := &Runtime{library: loaded.library, threads: max(1, o.Threads), read: o.Read,
		tiles: tiles(), block: sync.OnceValue(blockOf), open: true}
	if r.read == nil {
		r.read = readfile.Plain
	}
	if err := r.choose(o.Provider); err != nil {
		return nil, errors.Join(err, r.release())
	}
	return r, nil
}

// loadLibrary loads the library that is given, or the first of those found that can be, and returns its path.
func loadLibrary(given string) (string, error) {
	var tried []string
	for _, path := range candidates(given) {
		if _, err := os.Stat(path); err != nil {
			tried = append(tried, path+": not there")
			continue
		}
		if given == "" && os.Getenv(LibraryEnv) == "" && !owner.Trusted(path) { // nobody named it
			tried = append(tried, path+": another user's")
			continue
		}
		ort.SetSharedLibraryPath(path)
		if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
			tried = append(tried, path+versionByName(path)+": "+oneLine(err))
			continue
		}
		return path, nil
	}
	return "", fmt.Errorf("onnx: start: %w; version %s or newer is needed; tried:\n  %s\n"+
		"run `make build` in the project, or set %s to the library's path",
		ErrLibrary, NeededVersion, strings.Join(tried, "\n  "), LibraryEnv)
}

// versionByName returns " (version 1.23.2 by its name)" where a library's file name has a version, else nothing: one
// that is too old does not tell us its own.
func versionByName(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	version := regexp.MustCompile(`\d+\.\d+\.\d+`).FindString(filepath.Base(path))
	if version == "" {
		return ""
	}
	return " (version " + version + " by its name)"
}

// Version returns the version of the library that was loaded.
func (r *Runtime) Version() string { return ort.GetVersion() }

// Library returns the path of the library that was loaded.
func (r *Runtime) Library() string { return r.library }

// Close unloads the library where no other Runtime shares it. Models must be closed before. It may be called twice.
func (r *Runtime) Close() error {
	loaded.Lock()
	defer loaded.Unlock()
	return r.release()
}

// release is Close for who holds the lock.
func (r *Runtime) release() error {
	if !r.open {
		return nil
	}
	r.open = false
	loaded.holders--
	if loaded.holders > 0 || loaded.stays {
		return nil
	}
	loaded.library = ""
	if err := ort.DestroyEnvironment(); err != nil {
		return fmt.Errorf("onnx: close: %w", err)
	}
	return nil
}

// Candidates lists the places where Start looks for the library, in order: the environment variable, beside the
// program and in the folders of libraries about it, the project's own folder, the system's library folders.
func Candidates() []string { return candidates("") }

func candidates(flag string) []string {
	if flag != "" { // what a user names is taken or refused, never passed over
		return []string{flag}
	}
	if env := os.Getenv(LibraryEnv); env != "" {
		return []string{env}
	}
	var folders []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		dir := filepath.Dir(exe)
		folders = append(folders, dir, filepath.Join(dir, "lib"), filepath.Join(dir, "..", "lib"),
			filepath.Join(dir, "..", "lib", "siamtrack"), filepath.Join(dir, "..", ".deps", "onnxruntime"))
	}
	folders = append(folders, "/usr/local/lib", "/usr/lib", "/usr/lib/"+multiarch(), "/opt/onnxruntime/lib",
		"/opt/homebrew/lib")
	var out []string
	for _, dir := range folders {
		out = append(out, inFolder(dir)...)
	}
	return out
}

// inFolder returns the libraries of a folder, the newest version first, or the plain name where there is none.
func inFolder(dir string) []string {
	name, pattern := "libonnxruntime.so", "libonnxruntime.so*"
	switch runtime.GOOS {
	case "darwin":
		name, pattern = "libonnxruntime.dylib", "libonnxruntime*.dylib"
	case "windows":
		name, pattern = "onnxruntime.dll", "onnxruntime.dll"
	}
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) == 0 {
		return []string{filepath.Join(dir, name)}
	}
	slices.Sort(found)
	slices.Reverse(found)
	return found
}

func multiarch() string {
	if runtime.GOARCH == "arm64" {
		return "aarch64-linux-gnu"
	}
	return "x86_64-linux-gnu"
}
