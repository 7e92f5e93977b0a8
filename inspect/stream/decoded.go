package stream

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/inspect/stream/zstd"
)

// zstdWindow bounds what a zstd stream can ask for, in bytes.
const zstdWindow = 8 << 20

// Cut is the error for a compressed stream that ends too early, or is damaged: what was read until
// then is right.
type Cut struct{ Err error }

func (c *Cut) Error() string {
	return "the compressed input is cut off or damaged: " + c.Err.Error()
}

func (c *Cut) Unwrap() error { return c.Err }

// NotRead is the error for a compressed stream that is right, and that this package does not read.
type NotRead = zstd.NotRead

func decompressed(r *bufio.Reader) (io.Reader, error) {
	start, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case isGzip(start):
		plain, err := gzip.NewReader(r)
		if err != nil {
			return nil, &Cut{err}
		}
		return cutting{plain}, nil
	case zstd.Starts(start):
		return cutting{zstd.NewReader(r, zstdWindow)}, nil
	}
	return r, nil
}

func isGzip(start []byte) bool { return bytes.HasPrefix(start, []byte{0x1f, 0x8b}) }

// cutting tells a compressed stream that is damaged from one that can't be read.
type cutting struct{ r io.Reader }

func (c cutting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	var notRead *NotRead
	if err != nil && err != io.EOF && !errors.As(err, &notRead) {
		err = &Cut{err}
	}
	return n, err
}

// otherForms are what a stream may be that is not read: by its beginning, in words, and by which
// program it becomes text.
var otherForms = [...]struct{ start, name, program string }{
	{"\xfd7zXZ\x00", "compressed with xz", "xz -dc"},
	{"BZh91AY&SY", "compressed with bzip2", "bzip2 -dc"},
	{"\x04\x22\x4d\x18", "compressed with lz4", "lz4 -dc"},
	{"\x1f\x9d", "compressed with compress", "gzip -dc"},
	{"PK\x03\x04", "a zip archive", "funzip"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x -so"},
}

// notText is an error where a stream, once it is decompressed, is no text: no token would be found
// in it.
func notText(r *bufio.Reader) error {
	start, _ := r.Peek(len("BZh91AY&SY")) // the error comes again where the stream is read
	if isGzip(start) || zstd.Starts(start) {
		return &NotRead{
			Why: "the input is compressed twice", Hint: "decompress it once, and give scan that",
		}
	}
	for _, form := range otherForms {
		if bytes.HasPrefix(start, []byte(form.start)) {
			return &NotRead{
				Why:  "the input is " + form.name + ", which is not read",
				Hint: "give scan what this prints, through a pipe: " + form.program + " FILE",
			}
		}
	}
	return nil
}

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
