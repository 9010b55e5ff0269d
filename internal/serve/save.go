package serve

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"siamtrack/session"
)

// Saver keeps pictures and videos on this machine. Its methods may be called from any goroutine.
type Saver interface {
	// Snapshot saves a view's frame, and a JSON file of the same name that says where the targets are, and returns the
	// picture's path.
	Snapshot(v *session.View) (path string, err error)
	// Record begins or ends a video and returns its path.
	Record(on bool) (path string, err error)
	// Recording returns the path of the video being written, and why the one before ended early or is not whole.
	Recording() (path string, on bool, err error)
}

// maxSnapshots bounds the pictures that clients may have saved while a server runs: they fill the disk.
const maxSnapshots = 1000

// saving is what clients had saved.
type saving struct {
	mu    sync.Mutex      // held while a picture is written: one at a time
	files map[string]kept // by the names under which they are given out
	count int
}

// kept is a file that was saved: what it was then is what it has to be when it is given out.
type kept struct {
	path string
	file os.FileInfo
}

// saves reports whether clients may have files written here: where there is a Saver, and not everybody is a client.
func (s *Server) saves() bool { return s.o.Saver != nil && (!s.o.AnyHost || s.o.Token != "") }

// maySave answers a request that may not have files written, and reports whether it may.
func (s *Server) maySave(w http.ResponseWriter) bool {
	switch {
	case s.o.Saver == nil:
		http.Error(w, "nothing can be saved here", http.StatusNotFound)
	case !s.saves():
		http.Error(w, "everybody on the network could fill this disk: saving needs a token", http.StatusForbidden)
	default:
		return true
	}
	return false
}

// recording returns the path of the video being written, "" where none is, and why the last one ended early. Who may
// not have any written does not learn where it is.
func (s *Server) recording() (path, problem string) {
	if s.o.Saver == nil {
		return "", ""
	}
	path, on, err := s.o.Saver.Recording()
	switch {
	case err == nil:
	case s.saves():
		problem = "recording ended early: " + err.Error()
	default:
		problem = "recording ended early: the log says why"
	}
	switch {
	case !on:
		path = ""
	case s.saves():
		path = whole(path)
	default:
		path = filepath.Base(path)
	}
	return path, problem
}

// whole makes a path absolute, so that it says where a file is to one who is not here.
func whole(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// due gives a client its time for taking an answer from now on: what was done for it before, such as encoding a large
// picture or the end of a video on a busy machine, was not its fault.
func (s *Server) due(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.times.answer)) // the real server's writers all can
}

// record begins or ends a video.
func (s *Server) record(w http.ResponseWriter, r *http.Request) {
	var ask struct{ On bool }
	if !s.maySave(w) || !read(w, r, &ask) {
		return
	}
	path, err := s.o.Saver.Record(ask.On)
	s.due(w)
	if err != nil {
		s.o.Log.Error("a video that a page asked for cannot be written", "why", err)
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	s.wake()
	answer(w, map[string]any{"on": ask.On, "path": whole(path)})
}

// snapshot saves the newest frame.
func (s *Server) snapshot(w http.ResponseWriter, _ *http.Request) {
	if !s.maySave(w) {
		return
	}
	s.mu.Lock()
	v := s.view
	if v != nil {
		v = v.Copy()
	}
	s.mu.Unlock()
	if v == nil {
		http.Error(w, "there is no picture yet", http.StatusConflict)
		return
	}
	path, err := s.saving.keep(s.o.Saver, v)
	s.due(w)
	if errors.Is(err, errTooMany) {
		http.Error(w, err.Error(), http.StatusTooManyRequests)
		return
	}
	if err != nil {
		s.o.Log.Error("a snapshot that a page asked for was not saved", "why", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	name := filepath.Base(path)
	answer(w, map[string]string{"path": path, "image": "snapshots/" + name, "json": "snapshots/" + said(name)})
}

// said is the name, or path, of the JSON file of a picture.
func said(picture string) string { return strings.TrimSuffix(picture, filepath.Ext(picture)) + ".json" }

var errTooMany = errors.New("so many pictures have been saved that no more are: start anew")

// keep has a view saved and returns the picture's absolute path.
func (k *saving) keep(saver Saver, v *session.View) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.count >= maxSnapshots {
		return "", errTooMany
	}
	k.count++
	path, err := saver.Snapshot(v)
	if err != nil {
		return "", err
	}
	path = whole(path)
	if k.files == nil {
		k.files = map[string]kept{}
	}
	for _, file := range []string{path, said(path)} {
		st, err := os.Lstat(file)
		if err != nil {
			return "", err
		}
		k.files[filepath.Base(file)] = kept{file, st}
	}
	return path, nil
}

// saved gives a file out that was saved here. Only the names of those are known, and where somebody has laid another in
// its place it is not there any more: a request reaches no other file.
func (s *Server) saved(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	s.saving.mu.Lock()
	was := s.saving.files[name]
	s.saving.mu.Unlock()
	if was.path == "" {
		http.Error(w, "no such file was saved here", http.StatusNotFound)
		return
	}
	if !s.maySave(w) {
		return
	}
	f, err := os.Open(was.path)
	if err != nil {
		http.Error(w, "the file is not there any more", http.StatusGone)
		return
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || !os.SameFile(st, was.file) {
		http.Error(w, "the file is not there any more", http.StatusGone)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`) // of letters, digits, dots and hyphens
	http.ServeContent(w, r, name, st.ModTime(), f)
}
