package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Suffix is that of a file that is being written.
const Suffix = ".part"

// Part is a file that is written as it comes: to Path, NAME.part, which Commit syncs and renames. An older NAME
// survives a run that is killed, and what that run wrote is in NAME.part.
type Part struct {
	target string // what is to be there in the end, links followed
	path   string // where it is written: target itself for devices and FIFOs
}

// Begin returns where to write what is to be at path in the end. It makes no file. The error wraps fs.ErrNotExist where
// the folder is missing, or says that path is a folder or that nothing may be written there.
func Begin(path string) (Part, error) {
	target := path
	st, err := os.Stat(path)
	switch {
	case err == nil && st.IsDir():
		return Part{}, errFolder
	case err == nil:
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return Part{}, err
		}
	case errors.Is(err, fs.ErrNotExist):
		if link, linkErr := os.Readlink(path); linkErr == nil { // a link to what is not there yet
			if target = link; !filepath.IsAbs(link) {
				target = filepath.Join(filepath.Dir(path), link)
			}
		}
	}
	if err == nil && !st.Mode().IsRegular() {
		return Part{target, target}, nil // a device or FIFO takes what it is given as it comes
	}
	p := Part{target, target + Suffix}
	return p, p.check()
}

// check reports why nothing can be written, and leaves nothing new behind.
func (p Part) check() error {
	if dir := filepath.Dir(p.path); !isDir(dir) {
		return fmt.Errorf("there is no folder %s: make it first: %w", dir, fs.ErrNotExist)
	}
	if st, err := os.Lstat(p.path); err == nil && !st.Mode().IsRegular() { // nobody named that: others may have laid it
		return fmt.Errorf("%s is no plain file, and may lead elsewhere: remove it", p.path)
	}
	for _, path := range []string{p.target, p.path} {
		_, statErr := os.Stat(path)
		if path == p.target && statErr != nil {
			continue
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		if statErr != nil {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// Path returns where to write.
func (p Part) Path() string { return p.path }

// Direct reports whether there is nothing to rename: a device or FIFO.
func (p Part) Direct() bool { return p.path == p.target }

// Commit puts what was written, and closed, in its place, on the disk before the name is. It is called once.
func (p Part) Commit() error {
	if p.Direct() {
		return nil
	}
	if err := Sync(p.path); err != nil {
		return err
	}
	if err := os.Rename(p.path, p.target); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(p.target))
}

// Discard removes what was written.
func (p Part) Discard() error {
	if p.Direct() {
		return nil
	}
	if err := os.Remove(p.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Sync writes what the system holds of a file to the disk.
func Sync(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// File is a Part that is open for writing.
type File struct {
	Part
	*os.File
	once sync.Once
	err  error
}

// Create opens NAME.part (a device or FIFO itself) for writing; Commit ends it.
func Create(path string) (*File, error) {
	p, err := Begin(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(p.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, err
	}
	return &File{Part: p, File: f}, nil
}

// Commit closes the file and puts it in its place. Close without it leaves NAME.part. It may be called twice.
func (f *File) Commit() error {
	f.once.Do(func() {
		if f.err = f.Close(); f.err == nil {
			f.err = f.Part.Commit()
		}
	})
	return f.err
}
