// Package stream finds the tokens in what flows by: lines of a log or of NDJSON, and the requests
// of a HAR file, compressed with gzip or zstd or not. It holds one line, or one request, at a
// time, and no more of it than [MaxLine] or [MaxRequest].
//
// It says where a token is, not what it is: that is for package inspect.
package stream

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// MaxLine is the longest line that is searched for a token, in bytes; a longer one is skipped.
const MaxLine = 1 << 20

// zstdWindow bounds what a zstd stream can ask for, in bytes.
const zstdWindow = 8 << 20

// Line is one line of a stream, or one request of a HAR file.
type Line struct {
	Number int    // from 1
	Token  string // empty where there is none; it must not be printed
	Fault  string // why it could not be read; empty where it could
}

// Options say how a stream is read.
type Options struct {
	// Path leads to the member with the token in each line's JSON object; nil to search the line
	// as text.
	Path []string
}

// Reader reads a stream line by line.
type Reader struct {
	lines   *bufio.Reader
	options Options
	har     *harReader // nil where it is none
	number  int
	read    *counter
}

// Cut is the error for a compressed stream that ends too early, or is damaged: what was read until
// then is right.
type Cut struct{ Err error }

func (c *Cut) Error() string {
	return "the compressed input is cut off or damaged: " + c.Err.Error()
}

func (c *Cut) Unwrap() error { return c.Err }

// NewReader reads a stream. It is decompressed where its first bytes say gzip (RFC 1952) or
// zstd (RFC 8878).
func NewReader(r io.Reader, options Options) (*Reader, error) {
	read := &counter{r: r}
	plain, err := decompressed(bufio.NewReaderSize(read, 64<<10))
	if err != nil {
		return nil, err
	}
	s := &Reader{lines: bufio.NewReaderSize(plain, MaxLine), options: options, read: read}
	if start, _ := s.lines.Peek(harStart); options.Path == nil && looksLikeHAR(start) {
		s.har = newHARReader(s.lines)
	}
	return s, nil
}

// Read is how many bytes of the input were read so far, compressed ones as they are.
func (s *Reader) Read() int64 { return s.read.n }

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func decompressed(r *bufio.Reader) (io.Reader, error) {
	start, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		plain, err := gzip.NewReader(r)
		if err != nil {
			return nil, &Cut{err}
		}
		return cutting{plain}, nil
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		plain, err := zstd.NewReader(
			r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow),
		)
		if err != nil {
			return nil, &Cut{err}
		}
		return cutting{plain}, nil
	}
	return r, nil
}

// cutting tells a compressed stream that is damaged from one that can't be read.
type cutting struct{ r io.Reader }

func (c cutting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = &Cut{err}
	}
	return n, err
}

// Next reads the next line. The error is io.EOF behind the last one, a [*Cut] where the stream is
// cut off, or what its source gave.
func (s *Reader) Next() (Line, error) {
	if s.har != nil {
		return s.har.next()
	}
	text, err := s.lines.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		s.number++
		return Line{Number: s.number, Fault: tooLong}, s.skipLine()
	case err != nil && (len(text) == 0 || !errors.Is(err, io.EOF)):
		return Line{}, err
	}
	s.number++
	line := Line{Number: s.number}
	if s.options.Path != nil {
		line.Token, line.Fault = tokenAt(text, s.options.Path)
	} else {
		line.Token = tokenIn(text)
	}
	return line, nil
}

var tooLong = fmt.Sprintf("the line is longer than %d MiB", MaxLine>>20)

// skipLine reads to the end of a line that is too long.
func (s *Reader) skipLine() error {
	for {
		_, err := s.lines.ReadSlice('\n')
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}
