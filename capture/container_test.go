package capture

import (
	"bytes"
	"os"
	"testing"
)

// The sizes that the headers announce are those that the files have, whichever program wrote them.
func TestContainerSize(t *testing.T) {
	paths := []string{sample}
	for _, name := range []string{"a.avi", "a.mkv", "a.webm", "a.mp4", "a.mov"} {
		paths = append(paths, makeVideo(t, name, 64, 48, 12))
	}
	for _, path := range paths {
		want, have, err := containerSize(path)
		if err != nil || want != have {
			t.Errorf("%s: announces %d bytes, has %d: %v", path, want, have, err)
		}
	}
}

func TestAppendedBytesAreNoFault(t *testing.T) {
	for _, path := range []string{sample, makeVideo(t, "a.avi", 64, 48, 12), makeVideo(t, "a.mkv", 64, 48, 12)} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, make([]byte, 100)...)
		want, err := announcedSize(bytes.NewReader(data), int64(len(data)))
		if err != nil || want > int64(len(data)) {
			t.Errorf("%s: announces %d of %d bytes: %v", path, want, len(data), err)
		}
	}
}

// FuzzAnnouncedSize feeds what may stand in a file's headers: no crash, no endless walk, no negative size.
func FuzzAnnouncedSize(f *testing.F) {
	f.Add([]byte("RIFF\x10\x00\x00\x00AVI LIST"))
	f.Add([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x20"))
	f.Add([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\x1a\x45\xdf\xa3\x84abcd\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\x1a\x45\xdf\xa3\x84abcd\x18\x53\x80\x67\x01\x00\x00\x00\x00\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := announcedSize(bytes.NewReader(data), int64(len(data))); err == nil && n < int64(len(data)) {
			t.Errorf("%d bytes announced, %d are there", n, len(data))
		}
	})
}
