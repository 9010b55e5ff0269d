// Package zoo finds models by name: an ONNX file, or a manifest that names several, in the folders where models lie.
package zoo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/internal/owner"
)

// FolderEnv is the environment variable that names a folder of models.
const FolderEnv = "SIAMTRACK_MODELS"

// Default is the name of the model that is used where none is named.
const Default = "siamtrack"

// DefaultMatch is the name of the model that compares pictures where none is named: the one trained for it, which also
// judges pictures that were cut out, without their surroundings (models/matching.md).
const DefaultMatch = "siammatch"

// ErrUnknown is wrapped by the error of a name that no folder has.
var ErrUnknown = errors.New("no such model")

// Folders lists the folders of models, in order: the environment variable, models/ beside the program and above it,
// share/siamtrack/models above it, as it is installed, and models/ in the working folder. What is built in goes before
// the last, which may be a folder that somebody else filled: a model is native code's input (docs/security.md).
func Folders() []string {
	var out []string
	if env := os.Getenv(FolderEnv); env != "" {
		out = append(out, env)
	}
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		out = append(out, about(filepath.Dir(exe))...)
	}
	return append(out, working)
}

// about lists the folders of models about the program's own, but for other users': in /tmp anybody may make one.
func about(dir string) []string {
	all := []string{filepath.Join(dir, "models"), filepath.Join(dir, "..", "models"),
		filepath.Join(dir, "..", "share", "siamtrack", "models")}
	return slices.DeleteFunc(all, func(dir string) bool { return !owner.Trusted(dir) })
}

// working is models/ in the working folder, as nobody else names it.
const working = "./models"

// behindBuiltIn reports whether a folder's model of a name goes behind the one that is built in.
func behindBuiltIn(dir, name string) bool { return dir == working && BuiltIn(embedded+name+".onnx") }

// Find returns the file of a model: name itself where it is a path, and otherwise NAME.onnx or NAME.json in the
// first of the folders that has one, or else the one that is built in (see Read). Its error wraps ErrUnknown and lists
// what there is.
func Find(name string, folders []string) (string, error) {
	if BuiltIn(name) {
		return name, nil
	}
	if strings.ContainsRune(name, '/') || strings.ContainsRune(name, filepath.Separator) || isModel(name) {
		if _, err := os.Stat(name); err != nil {
			if cause := (*fs.PathError)(nil); errors.As(err, &cause) { // which names the file too
				err = cause.Err
			}
			if errors.Is(err, fs.ErrNotExist) && filepath.Base(name) == name {
				err = fmt.Errorf("%w; by its name alone, %s, it is looked for in the folders of models", err, nameOf(name))
			}
			return "", fmt.Errorf("model %s: %w", name, err)
		}
		return name, nil
	}
	for _, dir := range folders {
		if behindBuiltIn(dir, name) {
			continue
		}
		for _, ext := range []string{".onnx", ".json"} {
			path := filepath.Join(dir, name+ext)
			if s, err := os.Stat(path); err == nil && s.Mode().IsRegular() {
				return path, nil
			}
		}
	}
	if own := embedded + name + ".onnx"; BuiltIn(own) {
		return own, nil
	}
	if s, err := os.Stat(name); err == nil && s.Mode().IsRegular() && filepath.Ext(name) != "" {
		return "", fmt.Errorf("model %s: %w: that file is neither .onnx nor .json", name, ErrUnknown)
	}
	var known []string
	for _, path := range List(folders) {
		known = append(known, nameOf(path))
	}
	return "", fmt.Errorf("model %q: %w in %s; there is: %s; or give the path of an .onnx or .json file, or set %s",
		name, ErrUnknown, strings.Join(folders, ", "), orNone(known), FolderEnv)
}

// List returns the files of all models in the folders, and those that are built in, by name; of two with one name, the
// one that Find gives.
func List(folders []string) []string {
	byName := map[string]string{}
	for _, dir := range folders {
		for _, ext := range []string{".onnx", ".json"} {
			found, err := filepath.Glob(filepath.Join(dir, "*"+ext))
			if err != nil { // only a malformed folder name
				continue
			}
			for _, path := range found {
				if _, ok := byName[nameOf(path)]; !ok && !behindBuiltIn(dir, nameOf(path)) {
					byName[nameOf(path)] = path
				}
			}
		}
	}
	for _, path := range builtIn() {
		if _, ok := byName[nameOf(path)]; !ok {
			byName[nameOf(path)] = path
		}
	}
	out := make([]string, 0, len(byName))
	for _, path := range byName {
		out = append(out, path)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(nameOf(a), nameOf(b)) })
	return out
}

// nameOf is the name by which Find gives a model's file.
func nameOf(path string) string {
	base := filepath.Base(strings.TrimPrefix(path, embedded))
	return strings.TrimSuffix(base, filepath.Ext(base))
}

func isModel(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".onnx" || ext == ".json"
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
