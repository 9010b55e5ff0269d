package imagefile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// maxPages bounds the pages of a TIFF, against chains that go on for ever.
const maxPages = 1 << 20

// isTIFF reports whether a file that begins so is a TIFF or BigTIFF, of either byte order.
func isTIFF(magic []byte) bool {
	for _, m := range []string{"II*\x00", "MM\x00*", "II+\x00", "MM\x00+"} {
		if bytes.HasPrefix(magic, []byte(m)) {
			return true
		}
	}
	return false
}

// tiffPages counts the image file directories of a TIFF or BigTIFF (TIFF 6.0, section 2).
func tiffPages(r io.ReaderAt, size int64) (int, error) {
	var order binary.ByteOrder = binary.LittleEndian
	var b [16]byte
	if _, err := r.ReadAt(b[:8], 0); err != nil {
		return 0, fmt.Errorf("%w in its header", ErrCut)
	}
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	big := order.Uint16(b[2:]) == 43
	count, offset := 2, 4 // bytes of an entry's count and of an offset
	entry := int64(12)
	if big {
		count, offset, entry = 8, 8, 20
	}
	number := func(at int64, n int) (int64, error) {
		if at < 0 || at > size-int64(n) {
			return 0, fmt.Errorf("%w: its directory lies beyond its %d bytes", ErrCut, size)
		}
		if _, err := r.ReadAt(b[:n], at); err != nil {
			return 0, err
		}
		switch n {
		case 2:
			return int64(order.Uint16(b[:])), nil
		case 4:
			return int64(order.Uint32(b[:])), nil
		}
		return int64(order.Uint64(b[:]) & (1<<62 - 1)), nil
	}
	pages := 0
	for at, err := number(int64(offset), offset); ; {
		if err != nil || at == 0 || pages == maxPages {
			return pages, err
		}
		pages++
		var entries int64
		if entries, err = number(at, count); err == nil {
			at, err = number(at+int64(count)+entries*entry, offset)
		}
	}
}
