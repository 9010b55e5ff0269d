package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The places that name an image: a container's file, whose stages are named after AS; a manifest of Kubernetes or of a
// CI system. A ${NAME} is what ARG NAME=IMAGE says.
var (
	fromLine  = regexp.MustCompile(`(?i)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$`)
	copyLine  = regexp.MustCompile(`(?i)^\s*(?:COPY|ADD)\s+.*--from=(\S+)`)
	argLine   = regexp.MustCompile(`(?i)^\s*ARG\s+(\w+)=(\S+)\s*$`)
	imageLine = regexp.MustCompile(`^\s*(?:-\s+)?(?:image|container):\s*["']?([^\s"'#]+)`)
	byDigest  = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)
	variable  = regexp.MustCompile(`\$\{?(\w+)\}?`)
)

// ours is the image that deploy/Containerfile builds, whatever its tag.
const ours = "siamtrack"

// unpinned lists the images that a container's file or a manifest takes from others without a digest.
func unpinned(name, text string) (found []string) {
	stages := map[string]bool{"scratch": true, ours: true}
	args := map[string]string{}
	container := isContainer(name)
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		var image, stage string
		switch m := imageLine.FindStringSubmatch(line); {
		case container:
			if m := argLine.FindStringSubmatch(line); m != nil {
				args[m[1]] = m[2]
			}
			if m := fromLine.FindStringSubmatch(line); m != nil {
				image, stage = m[1], m[2]
			} else if m := copyLine.FindStringSubmatch(line); m != nil {
				image = m[1]
			}
		case m != nil:
			image = m[1]
		}
		image = variable.ReplaceAllStringFunc(image, func(v string) string { return args[strings.Trim(v, "${}")] })
		base, _, _ := strings.Cut(image, ":")
		if line != "" && (image != "" || fromLine.MatchString(line) && container) && !stages[base] &&
			!byDigest.MatchString(image) {
			found = append(found, strings.TrimSpace(line))
		}
		if stage != "" {
			stages[stage] = true
		}
	}
	return found
}

func isContainer(name string) bool {
	base := strings.ToLower(filepath.Base(name))
	return strings.Contains(base, "containerfile") || strings.Contains(base, "dockerfile")
}

// TestImagesByDigest: what others can change is not built on: every image of a container's file, of Kubernetes and of a
// CI system has a digest.
func TestImagesByDigest(t *testing.T) {
	root := filepath.Join("..", "..")
	containers := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() {
			switch rel {
			case ".git", ".deps", ".data", "bin", "out", "runs":
				return filepath.SkipDir
			}
			return nil
		}
		extension := filepath.Ext(path)
		if !d.Type().IsRegular() || !isContainer(rel) && extension != ".yml" && extension != ".yaml" {
			return nil
		}
		if isContainer(rel) {
			containers++
		}
		raw, err := os.ReadFile(path)
		for _, line := range unpinned(rel, string(raw)) {
			t.Errorf("%s: %s: an image of others is named by its digest, IMAGE:TAG@sha256:...", rel, line)
		}
		return err
	})
	if err != nil || containers == 0 {
		t.Errorf("%d containers' files, %v", containers, err)
	}
}

func TestUnpinned(t *testing.T) {
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"Containerfile", "FROM golang:1.26-bookworm AS build\nFROM build\nCOPY --from=build /a /b\n", 1},
		{"Containerfile", "FROM golang:1.26" + digest + " AS build\nFROM scratch\n", 0},
		{"Containerfile", "ARG BASE=debian:bookworm-slim\nFROM ${BASE}\n", 1},
		{"Containerfile", "ARG BASE=debian" + digest + "\nFROM --platform=linux/arm64 $BASE AS x\n", 0},
		{"Containerfile", "ARG BASE\nFROM ${BASE}\n", 1},
		{"Containerfile", "FROM debian" + digest + "\nCOPY --from=alpine:3 /a /b\n", 1},
		{"deploy/Dockerfile.gpu", "from debian@sha256:0123\n", 1},
		{"job.yaml", "containers:\n- image: siamtrack:latest\n- image: busybox\n- image: \"busybox" + digest + "\"\n", 1},
		{"ci.yml", "build:\n  image: docker.io/library/golang:1.26\n  script: make\n", 1},
	} {
		if got := unpinned(c.name, c.text); len(got) != c.want {
			t.Errorf("%s %q: %q, want %d", c.name, c.text, got, c.want)
		}
	}
}
