package zoo

import (
	"bytes"
	"io/fs"
	"strings"

	"siamtrack/internal/readfile"
	"siamtrack/models"
)

// embedded is how the paths of files begin that are built into the program. What follows is the file's name.
const embedded = "embedded:"

// BuiltIn reports whether a path is that of a model that is built into the program.
func BuiltIn(path string) bool {
	name, ok := strings.CutPrefix(path, embedded)
	if !ok || !isModel(name) {
		return false
	}
	_, err := fs.Stat(models.Files(), name)
	return err == nil
}

// Read reads a file of at most limit bytes: one that is built into the program, of a path that Find gave or of one
// beside that, or a plain file. Its error wraps fs.ErrNotExist where there is none.
func Read(path string, limit int64) ([]byte, error) {
	name, ok := strings.CutPrefix(path, embedded)
	if !ok {
		return readfile.Plain(path, limit)
	}
	data, err := fs.ReadFile(models.Files(), name)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
	}
	return readfile.All(path, bytes.NewReader(data), limit)
}

// builtIn returns the paths of the models that are built in.
func builtIn() []string {
	names, err := fs.Glob(models.Files(), "*.onnx")
	if err != nil { // only a malformed pattern
		return nil
	}
	for i, name := range names {
		names[i] = embedded + name
	}
	return names
}
