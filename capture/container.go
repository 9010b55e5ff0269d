package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
)

// errContainer marks a container whose size cannot be told from its headers.
var errContainer = errors.New("unknown container")

// containerSize returns how many bytes the headers of a video file announce, and how many it has. FFmpeg plays what is
// left of a truncated file without a word; the difference gives it away. MP4 and its kin, AVI and Matroska are known.
func containerSize(path string) (want, have int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	if !st.Mode().IsRegular() {
		return 0, -1, fmt.Errorf("%w: a device has no size", errContainer)
	}
	want, err = announcedSize(f, st.Size())
	return want, st.Size(), err
}

// announcedSize walks the outermost elements of a container of size bytes and returns where the last one ends.
func announcedSize(r io.ReaderAt, size int64) (int64, error) {
	var head [12]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return 0, fmt.Errorf("%w: %w", errContainer, err)
	}
	switch {
	case string(head[:4]) == "RIFF" && string(head[8:]) == "AVI ":
		return walk(r, size, riffElement)
	case binary.BigEndian.Uint32(head[:4]) == ebmlHeader|1<<28:
		return walk(r, size, ebmlElement)
	case string(head[4:8]) == "ftyp":
		return walk(r, size, boxElement)
	}
	return 0, errContainer
}

// walk adds up the elements that size bytes begin; element returns the length of the one at an offset, 0 where it
// reaches to the end of the file whatever that is.
func walk(r io.ReaderAt, size int64, element func(r io.ReaderAt, at int64) (int64, error)) (int64, error) {
	var at int64
	for at < size {
		n, err := element(r, at)
		if errors.Is(err, io.EOF) { // not even the element's header is whole
			return size + 1, nil
		}
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return size, nil
		}
		if at+n <= at {
			return 0, errContainer
		}
		at += n
	}
	return at, nil
}

// riffElement reads a RIFF chunk (AVI; OpenDML files hold several): four letters, a little-endian length, the content
// padded to even length.
func riffElement(r io.ReaderAt, at int64) (int64, error) {
	var head [8]byte
	if _, err := r.ReadAt(head[:], at); err != nil {
		return 0, err
	}
	if string(head[:4]) != "RIFF" {
		return 0, nil // something appended, which players skip
	}
	n := int64(binary.LittleEndian.Uint32(head[4:]))
	return 8 + n + n%2, nil
}

// boxElement reads a box of ISO/IEC 14496-12 (MP4, MOV): a big-endian length that counts its header, four letters; the
// length 1 announces a 64-bit one, 0 a box that reaches to the end of the file.
func boxElement(r io.ReaderAt, at int64) (int64, error) {
	var head [16]byte
	if _, err := r.ReadAt(head[:8], at); err != nil {
		return 0, err
	}
	for _, c := range head[4:8] {
		if c < ' ' {
			return 0, nil // something appended, which players skip
		}
	}
	n := int64(binary.BigEndian.Uint32(head[:4]))
	if n == 1 {
		if _, err := r.ReadAt(head[8:], at+8); err != nil {
			return 0, err
		}
		n = int64(binary.BigEndian.Uint64(head[8:]))
	}
	if n < 8 {
		n = 0
	}
	return n, nil
}

// The outermost elements of a Matroska file, without their marker bits.
const (
	ebmlHeader  = 0x1A45DFA3 &^ (1 << 28)
	ebmlSegment = 0x18538067 &^ (1 << 28)
)

// ebmlElement reads an element of RFC 8794 (Matroska, WebM): an id and a length, both of variable width, of which the
// leading zero bits of the first byte tell the width. A length of all ones is unknown: a live recording.
func ebmlElement(r io.ReaderAt, at int64) (int64, error) {
	id, idWidth, err := vint(r, at)
	if errors.Is(err, errContainer) || err == nil && id != ebmlHeader && id != ebmlSegment {
		return 0, nil // something appended, which players skip
	}
	if err != nil {
		return 0, err
	}
	n, width, err := vint(r, at+int64(idWidth))
	if err != nil {
		return 0, err
	}
	if n == 1<<(7*width)-1 {
		return 0, nil
	}
	return int64(idWidth) + int64(width) + n, nil
}

// vint reads an EBML number without its marker bit, and its width in bytes.
func vint(r io.ReaderAt, at int64) (value int64, width int, err error) {
	var b [8]byte
	if _, err := r.ReadAt(b[:1], at); err != nil {
		return 0, 0, err
	}
	width = bits.LeadingZeros8(b[0]) + 1
	if width > 8 {
		return 0, 0, errContainer
	}
	if _, err := r.ReadAt(b[1:width], at+1); err != nil {
		return 0, 0, err
	}
	b[0] &^= 0x80 >> (width - 1)
	for _, c := range b[:width] {
		value = value<<8 | int64(c)
	}
	return value, width, nil
}
