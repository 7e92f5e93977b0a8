// Package stream finds the tokens in what flows by: lines of a log or of NDJSON, and the requests
// of a HAR file, compressed with gzip or zstd or not, in UTF-8 or UTF-16. It reads block by block,
// and holds no more of one line than [MaxLine], and of one request than [MaxRequest].
//
// It says where a token is, not what it is: that is for package inspect.
package stream

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// MaxLine is the longest line that is searched for a token, in bytes; a longer one is skipped.
const MaxLine = 1 << 20

// Line is one line of a stream, or one request of a HAR file.
type Line struct {
	Number  int    // from 1
	Token   []byte // empty where there is none; it must not be printed, and is the block's
	Several bool   // the line has others too, which are passed over
	Fault   string // why it could not be read; empty where it could

	text    []byte              // the line, where it is one
	request *inspect.HARRequest // of a HAR file
}

// Request is what the line says of the request that the token came with, as a paste of it would
// say; nil where it says nothing. A request line alone counts where it is asked for, or says that
// a browser asks by it whether it may send a request.
func (l *Line) Request(asked bool) *inspect.HTTPRequest {
	if l.request != nil {
		return l.request.Sent()
	}
	begins := bytes.TrimLeft(l.text, " \t\"'$>")
	for _, start := range [...]string{"authorization", "curl", "-"} {
		if len(begins) >= len(start) && strings.EqualFold(string(begins[:len(start)]), start) {
			token := inspect.Found{Text: string(l.Token)}
			request, _ := inspect.LocateRequest(string(l.text), token)
			return request
		}
	}
	if asked && bytes.Contains(l.text, []byte(" HTTP/")) ||
		bytes.Contains(l.text, []byte(`"OPTIONS `)) {
		return inspect.LoggedRequest(string(l.text), inspect.Found{Text: string(l.Token)})
	}
	return nil
}

// Options say how a stream is read.
type Options struct {
	// Path leads to the member with the token in each line's JSON object; nil to search the line
	// as text.
	Path []string
}

// Reader reads a stream.
type Reader struct {
	from    io.Reader
	options Options
	har     *harReader // nil where the input is not a HAR file
	number  int        // of the last line
	rest    []byte     // what was read behind the last line
	inLong  bool       // a line goes on that is too long
	wrapped bool       // the token of the last lines goes on
	read    *counter
}

// NewReader reads a stream. It is decompressed where its first bytes say gzip (RFC 1952) or
// zstd (RFC 8878).
func NewReader(r io.Reader, options Options) (*Reader, error) {
	read := &counter{r: r}
	plain, err := decompressed(bufio.NewReaderSize(read, 64<<10))
	if err != nil {
		return nil, err
	}
	text := bufio.NewReaderSize(plain, 4<<10) // to look at the start; blocks pass it by
	if err := notText(text); err != nil {
		return nil, err
	}
	lines := asUTF8(text)
	s := &Reader{from: lines, options: options, read: read}
	if start, _ := lines.Peek(harStart); options.Path == nil && looksLikeHAR(start) {
		s.har = newHARReader(lines)
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

// Block is some lines of a stream, in their order. Where their tokens are is looked for when
// somebody asks, so that blocks can be searched side by side.
type Block struct {
	first   int    // the number of the first line
	text    []byte // the lines as they are
	path    []string
	found   []Line // instead of text: of a HAR file, or a line that is too long
	wrapped bool   // a token of the block before goes on
}

// blockSize is how much is read at once, in bytes.
const blockSize = 128 << 10

// Next reads on into a block, over what it had. The error is io.EOF behind the last line, a [*Cut]
// where the stream is cut off, or what its source gave; the block may have lines beside one.
func (s *Reader) Next(b *Block) error {
	b.first, b.path, b.found = s.number+1, s.options.Path, b.found[:0]
	b.wrapped = s.wrapped
	if cap(b.text) != blockSize {
		b.text = make([]byte, 0, blockSize)
	}
	b.text = b.text[:0]
	if s.har != nil {
		return s.requests(b)
	}
	b.text = append(b.text, s.rest...)
	s.rest = s.rest[:0]
	err := s.fill(b)
	s.number += len(b.found) + bytes.Count(b.text, newline)
	if n := len(b.text); n > 0 && b.text[n-1] != '\n' {
		s.number++
	}
	s.wrapped = b.goesOn()
	return err
}

// goesOn reports whether the token of the block's last lines goes on behind them.
func (b *Block) goesOn() bool {
	if len(b.found) > 0 || b.path != nil {
		return false
	}
	for text := b.text; len(text) > 0; {
		from := bytes.LastIndexByte(text[:len(text)-1], '\n') + 1
		if line := text[from:]; !isRest(line) {
			return isOpen(line) && tokenIn(line).Fault == cutOff
		}
		text = text[:from]
	}
	return b.wrapped
}

var newline = []byte{'\n'}

// fill reads until there is a whole line. What follows the last one is kept for the next block.
func (s *Reader) fill(b *Block) error {
	for {
		if len(b.text) == cap(b.text) {
			b.text = slices.Grow(b.text, len(b.text))
		}
		from := len(b.text)
		n, err := s.from.Read(b.text[from:min(cap(b.text), MaxLine)])
		b.text = b.text[:from+n]
		if s.inLong {
			s.passOver(b)
		}
		end := from + bytes.LastIndexByte(b.text[from:], '\n') + 1
		switch {
		case errors.Is(err, io.EOF):
			return err // the last line needs no end
		case err == nil && end == from && len(b.text) < MaxLine:
			continue
		case err == nil && end == from:
			fault := fmt.Sprintf("the line is longer than %d MiB", MaxLine>>20)
			b.found = append(b.found, Line{Number: b.first, Fault: fault})
			b.text, s.inLong = b.text[:0], true
			return nil
		case end == from:
			b.text = b.text[:0]
			return err
		}
		s.rest = append(s.rest, b.text[end:]...)
		b.text = b.text[:end]
		return err
	}
}

// passOver drops what a block has of a line that is too long.
func (s *Reader) passOver(b *Block) {
	_, behind, ended := bytes.Cut(b.text, newline)
	b.text = append(b.text[:0], behind...)
	s.inLong = !ended
}

// requests reads requests of a HAR file.
func (s *Reader) requests(b *Block) error {
	for size := 0; size < blockSize && len(b.found) < mostRequests; {
		line, err := s.har.next()
		if line.Number > 0 {
			b.found = append(b.found, line)
			size += len(line.Token)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mostRequests is how many requests of a HAR file make a block at most.
const mostRequests = 256

// Lines are the block's lines, with their tokens. They are the block's until it is read anew.
func (b *Block) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for _, line := range b.found {
			if !yield(line) {
				return
			}
		}
		number, find := b.first, tokenIn
		if b.path != nil {
			find = b.tokenAt
		}
		wrapped := b.wrapped // the token of a line before goes on
		for text := b.text; len(text) > 0; number++ {
			end := bytes.IndexByte(text, '\n') + 1
			if end == 0 {
				end = len(text)
			}
			line := find(text[:end])
			if wrapped = wrapped && isRest(text[:end]); wrapped {
				line = Line{}
			} else {
				wrapped = line.Fault == cutOff && isOpen(text[:end])
			}
			line.Number, line.text = number, text[:end]
			if !yield(line) {
				return
			}
			text = text[end:]
		}
	}
}
