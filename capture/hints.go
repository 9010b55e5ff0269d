package capture

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// numbered is printf's way to number files, which OpenCV and FFmpeg read.
var numbered = regexp.MustCompile(`%0?[0-9]*d`)

// patternHint adds what to write in place of a missing "img%04d.jpg".
func patternHint(path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrNoImages) || !numbered.MatchString(path) {
		return err
	}
	return fmt.Errorf("%w: numbered pictures are named by a pattern of the shell's kind here: '%s'",
		err, numbered.ReplaceAllString(path, "*"))
}

// withHost are the schemes of streams that one asks a host for; others may wait for whoever sends.
var withHost = []string{"http", "https", "rtsp", "rtsps", "rtmp", "rtmps"}

// checkHost refuses a stream's URL without a host, as a variable leaves it that is not set.
func checkHost(url string) error {
	scheme, rest, _ := strings.Cut(url, "://")
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if slices.Contains(withHost, strings.ToLower(scheme)) && (host == "" || host[0] == ':') {
		return fmt.Errorf("%w: a host is missing behind %s://", ErrNotVideo, scheme)
	}
	return nil
}

// belowHint adds the folder below dir that has pictures, where dir has none: benchmarks keep a sequence's pictures in
// img/ below its folder.
func belowHint(dir string, err error) error {
	if !errors.Is(err, ErrNoImages) {
		return err
	}
	entries, readErr := os.ReadDir(dir)
	if readErr != nil {
		return err
	}
	for _, e := range entries {
		below := filepath.Join(dir, e.Name())
		if !e.IsDir() {
			continue
		}
		if files, listErr := folderPictures(below); listErr == nil {
			return fmt.Errorf("%w; the folder %s has %d: give that", err, below, len(files))
		}
	}
	return err
}
