package stream

import (
	"bufio"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// asUTF8 is a text as UTF-8 without a byte order mark. It is converted from UTF-16 where a byte
// order mark says so, as Windows PowerShell writes files.
func asUTF8(r *bufio.Reader) *bufio.Reader {
	start, _ := r.Peek(len("\ufeff"))
	var order binary.ByteOrder
	switch {
	case string(start) == "\ufeff":
		_, _ = r.Discard(len(start)) // they are in the buffer
		return r
	case len(start) < 2:
		return r
	case start[0] == 0xff && start[1] == 0xfe:
		order = binary.LittleEndian
	case start[0] == 0xfe && start[1] == 0xff:
		order = binary.BigEndian
	default:
		return r
	}
	_, _ = r.Discard(2)
	return bufio.NewReaderSize(&utf16Reader{r: r, order: order}, r.Size())
}

// utf16Reader reads a text in UTF-16 as UTF-8.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	rest  []byte // of the last character, where there was no room for it
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	for n < len(p) {
		c, err := u.character()
		if err != nil {
			if n > 0 {
				err = nil // the next call says it again
			}
			return n, err
		}
		whole := utf8.AppendRune(nil, c)
		written := copy(p[n:], whole)
		u.rest, n = whole[written:], n+written
	}
	return n, nil
}

func (u *utf16Reader) character() (rune, error) {
	pair, err := u.r.Peek(2)
	if err != nil {
		return 0, err // of half a unit at the end too: nothing is missing without it
	}
	c := rune(u.order.Uint16(pair))
	_, _ = u.r.Discard(2)
	if !utf16.IsSurrogate(c) {
		return c, nil
	}
	if pair, err = u.r.Peek(2); err == nil {
		both := utf16.DecodeRune(c, rune(u.order.Uint16(pair)))
		if both != utf8.RuneError {
			_, _ = u.r.Discard(2)
		}
		c = both
	}
	return c, nil // half of a pair alone is written as a replacement
}
