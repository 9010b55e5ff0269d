package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// WriteUnder is WriteWithFolders of the file name, with slashes or the system's separators, in folder root, which is
// made too. It writes nowhere else: a name that leads out of root, by its parts or by a link that lies there, is an
// error.
func WriteUnder(root, name string, data []byte) error {
	if err := writeUnder(root, filepath.ToSlash(name), data); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(root, name), err)
	}
	return nil
}

func writeUnder(root, name string, data []byte) (err error) {
	if err := os.MkdirAll(root, 0o777); err != nil {
		return err
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	folder := path.Dir(name)
	if err := r.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	part := path.Join(folder, "."+path.Base(name)+"."+rand.Text()[:8])
	f, err := r.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if err := fill(f, data); err != nil {
		return errors.Join(err, r.Remove(part))
	}
	if err := r.Rename(part, name); err != nil {
		return errors.Join(err, r.Remove(part))
	}
	d, err := r.Open(folder)
	if err != nil {
		return err
	}
	return flush(d)
}
