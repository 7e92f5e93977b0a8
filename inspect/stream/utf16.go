package stream

import (
	"bufio"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// asUTF8 is a text as UTF-8 without a byte order mark. UTF-16 is converted.
func asUTF8(r *bufio.Reader) *bufio.Reader {
	start, _ := r.Peek(4)
	if mark := len("\ufeff"); len(start) >= mark && string(start[:mark]) == "\ufeff" {
		_, _ = r.Discard(mark) // it is in the buffer
		return r
	}
	order, mark := source.UTF16Order(string(start))
	if order == nil {
		return r
	}
	_, _ = r.Discard(mark)
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
