// Package imagefile reads what the first bytes of a picture file say, and whether the file is whole, before anything of
// it is decoded: decoders make a half-grey picture of one that is cut short, and take gigabytes for one that says so.
package imagefile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"siamtrack/internal/readfile"
)

// Header is what the first bytes of a picture say.
type Header struct {
	Format        string // "jpeg", "png", "webp", "tiff", "bmp", "pnm", "" where it is none of these
	Width, Height int    // in pixels, 0 where they cannot be told
	Animated      bool   // a PNG or WebP of several pictures
	Pages         int    // of a TIFF
}

// ErrCut is wrapped by the error of a file that does not hold the whole picture.
var ErrCut = errors.New("the picture is cut short")

// Read reads the header of a picture file. A format that is not known here is no error: a decoder may know it. The
// error wraps ErrCut where the file lacks its end, or the system's own.
func Read(path string) (Header, error) {
	f, size, err := readfile.Open(path) // a pipe among pictures would wait for its other end
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	if size == 0 {
		return Header{}, fmt.Errorf("%w: the file is empty", ErrCut)
	}
	return parse(f, size)
}

// parse reads the header of a picture of size bytes.
func parse(r io.ReaderAt, size int64) (Header, error) {
	magic := make([]byte, 16)
	n, err := r.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Header{}, err
	}
	magic = magic[:n]
	from := bufio.NewReader(io.NewSectionReader(r, 0, size))
	config := func(format string, decode func(io.Reader) (image.Config, error)) Header {
		c, err := decode(from)
		if err != nil { // a kind that Go does not know: OpenCV may
			return Header{Format: format}
		}
		return Header{Format: format, Width: c.Width, Height: c.Height}
	}
	switch {
	case bytes.HasPrefix(magic, []byte("\xff\xd8")):
		return config("jpeg", jpeg.DecodeConfig), wholeJPEG(r, size)
	case bytes.HasPrefix(magic, []byte("\x89PNG\r\n\x1a\n")):
		h := config("png", png.DecodeConfig)
		h.Animated, err = pngChunks(r, size)
		return h, err
	case bytes.HasPrefix(magic, []byte("BM")):
		h := config("bmp", bmp.DecodeConfig)
		return h, wholeBMP(magic, size)
	case len(magic) >= 16 && string(magic[:4]) == "RIFF" && string(magic[8:12]) == "WEBP":
		h := config("webp", webp.DecodeConfig)
		if string(magic[12:16]) == "VP8X" {
			h.Width, h.Height, h.Animated, err = webpCanvas(r)
		}
		if want := 8 + int64(binary.LittleEndian.Uint32(magic[4:])); err == nil && want > size {
			err = cutShort(size, want)
		}
		return h, err
	case isTIFF(magic):
		h := config("tiff", tiff.DecodeConfig)
		h.Pages, err = tiffPages(r, size)
		return h, err
	case len(magic) > 2 && magic[0] == 'P' && magic[1] >= '1' && magic[1] <= '6':
		return pnmHeader(from, size)
	}
	return Header{}, nil
}

func cutShort(have, want int64) error {
	return fmt.Errorf("%w: it has %d of %d bytes", ErrCut, have, want)
}

// wholeJPEG walks the markers of a JPEG (ITU-T T.81, B.1) to the end of its image. libjpeg makes a half-grey picture of
// a file that ends before, and OpenCV hands it on.
func wholeJPEG(r io.ReaderAt, size int64) error {
	b := bufio.NewReaderSize(io.NewSectionReader(r, 2, size-2), 1<<16)
	cut := fmt.Errorf("%w: its %d bytes lack the end", ErrCut, size)
	scan := false // within entropy-coded data, which may hold any bytes
	for {
		c, err := b.ReadByte()
		if err != nil {
			return cut
		}
		if c != 0xff {
			if !scan { // rubbish between segments: libjpeg skips it too
				continue
			}
			if skipTo(b, 0xff) != nil {
				return cut
			}
		}
		for c = 0xff; c == 0xff; { // fill bytes
			if c, err = b.ReadByte(); err != nil {
				return cut
			}
		}
		switch {
		case c == 0xd9: // EOI
			return nil
		case c == 0 || c >= 0xd0 && c <= 0xd7: // a stuffed byte, a restart
			continue
		case c == 1 || c == 0xd8:
			continue
		}
		var length [2]byte
		if _, err := io.ReadFull(b, length[:]); err != nil {
			return cut
		}
		n := int(binary.BigEndian.Uint16(length[:]))
		if _, err := b.Discard(max(n-2, 0)); err != nil {
			return cut
		}
		scan = c == 0xda // SOS
	}
}

// skipTo reads up to and with the next byte c.
func skipTo(b *bufio.Reader, c byte) error {
	for {
		_, err := b.ReadSlice(c)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// pngChunks walks the chunks of a PNG to IEND, and reports whether it is animated (acTL, PNG 3rd edition, 11.3.6.1).
func pngChunks(r io.ReaderAt, size int64) (animated bool, err error) {
	for at := int64(8); ; {
		var head [8]byte
		if _, err := r.ReadAt(head[:], at); err != nil {
			return animated, fmt.Errorf("%w: its %d bytes lack the end", ErrCut, size)
		}
		animated = animated || string(head[4:]) == "acTL"
		at += 12 + int64(binary.BigEndian.Uint32(head[:]))
		if at > size {
			return animated, cutShort(size, at)
		}
		if string(head[4:]) == "IEND" {
			return animated, nil
		}
	}
}

// webpCanvas reads the VP8X chunk that a WebP begins with: flags, 3 reserved bytes, width-1 and height-1 in 24 bits
// (RFC 9649, 2.7).
func webpCanvas(r io.ReaderAt) (width, height int, animated bool, err error) {
	var b [10]byte
	if _, err := r.ReadAt(b[:], 20); err != nil {
		return 0, 0, false, fmt.Errorf("%w in its header", ErrCut)
	}
	return 1 + int(uint24(b[4:])), 1 + int(uint24(b[7:])), b[0]&2 != 0, nil
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// wholeBMP compares the size that a BMP announces, where it does.
func wholeBMP(magic []byte, size int64) error {
	if len(magic) < 14 {
		return fmt.Errorf("%w in its header", ErrCut)
	}
	le := binary.LittleEndian
	if want := int64(le.Uint32(magic[2:])); want > size {
		return cutShort(size, want)
	}
	if start := int64(le.Uint32(magic[10:])); start > size {
		return cutShort(size, start)
	}
	return nil
}

// pnmHeader reads the header of a PNM: after the magic width, height and, but in bitmaps, the highest value, between
// which there may be comments.
func pnmHeader(b *bufio.Reader, size int64) (Header, error) {
	h := Header{Format: "pnm"}
	magic := make([]byte, 2)
	if _, err := io.ReadFull(b, magic); err != nil {
		return h, err
	}
	at := int64(2)
	top := 1
	numbers := []*int{&h.Width, &h.Height, &top}
	if magic[1] == '1' || magic[1] == '4' {
		numbers = numbers[:2]
	}
	for _, n := range numbers {
		*n = 0
		for digits := false; ; {
			c, err := b.ReadByte()
			if err != nil {
				return h, fmt.Errorf("%w in its header", ErrCut)
			}
			at++
			if c == '#' {
				line, err := b.ReadString('\n')
				if err != nil {
					return h, fmt.Errorf("%w in its header", ErrCut)
				}
				at += int64(len(line))
			} else if c >= '0' && c <= '9' {
				digits = true
				*n = min(*n*10+int(c-'0'), 1<<24)
			} else if digits {
				break
			}
		}
	}
	row := int64(h.Width)
	switch magic[1] {
	case '4':
		row = (row + 7) / 8
	case '6':
		row *= 3
	}
	if top > 255 {
		row *= 2
	}
	if want := at + row*int64(h.Height); magic[1] >= '4' && want > size {
		return h, cutShort(size, want)
	}
	return h, nil
}
