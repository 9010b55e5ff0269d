// Package atomicfile writes files that are whole or absent, whatever stops the program or the machine: at once by
// Write, or as their content comes by a Part.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// errFolder is wrapped by the error of a name that is a folder's.
var errFolder = errors.New("that is a folder: name a file in it")

// mode is that of the files: a temporary file's own would keep other people out.
const mode fs.FileMode = 0o644

// WriteWithFolders is Write that makes the folders on the way.
func WriteWithFolders(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return Write(path, data)
}

// Write writes data beside path, flushes it to the disk and renames it to path, so that path holds either data or what
// was there before. After an error nothing is left behind. A device or FIFO is given the data itself, and stays.
func Write(path string, data []byte) error {
	switch direct, err := isDirect(path); {
	case err != nil:
		return fmt.Errorf("write %s: %w", path, err)
	case direct:
		return writeDirect(path, data)
	}
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := fill(f, data); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	if err := syncFolder(folder); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// isDirect reports whether there is something at path that takes what it is given as it comes. The error says that a
// file cannot take its place: it is a folder, or the system's name for a file that this process has open.
func isDirect(path string) (bool, error) {
	st, err := os.Stat(path)
	if err != nil {
		return false, nil // there is nothing yet, or making the file says why not
	}
	if st.IsDir() {
		return false, errFolder
	}
	if link, err := os.Readlink(path); err == nil && strings.HasPrefix(link, "/proc/") && st.Mode().IsRegular() {
		return false, fmt.Errorf("that leads to %s, a file that is open: name it itself", link)
	}
	return !st.Mode().IsRegular(), nil
}

// writeDirect writes data to a device or FIFO.
func writeDirect(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// fill writes data to the temporary file, flushes and closes it.
func fill(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder flushes a folder's entries, without which a rename may be lost with the power. A file system that cannot
// flush folders says so by EINVAL, which is no failure.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return flush(d)
}

// flush flushes an open folder and closes it.
func flush(d *os.File) error {
	err := d.Sync()
	if errors.Is(err, syscall.EINVAL) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
