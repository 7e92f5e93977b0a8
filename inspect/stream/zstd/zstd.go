// Package zstd reads zstd (RFC 8878), without dictionaries. It exists since the library for that
// builds a table at start, of a format that is never read here, which costs each run of each
// command a tenth of its time; the tests hold it against that library.
package zstd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// maxBlock is the largest block of any frame, in bytes.
const maxBlock = 128 << 10

var (
	errDamaged  = errors.New("zstd: damaged")
	errChecksum = errors.New("zstd: its checksum is wrong")
)

// NotRead is the error for a frame that is right, and that this package does not read.
type NotRead struct{ Why, Hint string }

func (n *NotRead) Error() string { return n.Why }

// Reader reads one frame after the other. After an error it has given all blocks before it.
type Reader struct {
	in      io.Reader
	limit   int // of a frame's window
	out     []byte
	at      int // where in out begins what was not given away
	err     error
	block   []byte // as it is read
	literal []byte // what its codes stand for

	frame frame
}

// frame is what the blocks of a frame share.
type frame struct {
	open    bool
	window  int            // how far back a block may look, in bytes
	largest int            // block, in bytes: the window, if it is less than maxBlock
	start   int            // where in Reader.out the frame begins
	size    int            // of the content; -1 where the header does not say it
	total   int            // of the content so far
	sum     *xxhash.Digest // nil where none is written
	codes   huffman
	lengths part
	offsets part
	matches part
	last    [3]int // how far back the last sequences look
}

const magic = 0xfd2fb528

// isSkipped reports whether a frame that starts so is to be passed over (RFC 8878, section 3.1.2).
func isSkipped(start int) bool { return start&^15 == 0x184d2a50 }

// Starts reports whether a frame starts so; four bytes are enough to know. The first frame of
// pzstd, and of files with an index, is one that is passed over.
func Starts(in []byte) bool {
	start := little(in, 4)
	return start == magic || isSkipped(start)
}

// NewReader reads from in. A frame that needs a window of more than limit bytes is an error.
func NewReader(in io.Reader, limit int) *Reader { return &Reader{in: in, limit: limit} }

// Read gives what the frames contain. The error is io.ErrUnexpectedEOF where the input ends within
// a frame.
func (r *Reader) Read(p []byte) (int, error) {
	for r.at == len(r.out) {
		if r.err != nil {
			return 0, r.err
		}
		if !r.frame.open {
			r.err = r.header()
		} else if err := r.next(); err != nil {
			r.err = withinFrame(err)
		}
	}
	n := copy(p, r.out[r.at:])
	r.at += n
	return n, nil
}

func withinFrame(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// header reads what is before a frame's blocks (RFC 8878, section 3.1.1.1), or passes over a frame
// that is to be skipped.
func (r *Reader) header() error {
	start, err := r.read(4)
	if err != nil {
		return err
	}
	switch number := little(start, 4); {
	case isSkipped(number):
		size, err := r.read(4)
		if err == nil {
			_, err = io.CopyN(io.Discard, r.in, int64(little(size, 4)))
		}
		return withinFrame(err)
	case number != magic:
		return errDamaged
	}
	return withinFrame(r.describe())
}

// describe reads the rest of a frame's header.
func (r *Reader) describe() error {
	const reserved, checked, single = 1 << 3, 1 << 2, 1 << 5
	flags, err := r.number(1)
	if err != nil {
		return err
	}
	if flags&reserved != 0 {
		return errDamaged
	}
	f := frame{
		open: true, start: len(r.out), size: -1, last: [3]int{1, 4, 8},
		lengths: literalLengths(), offsets: offsets(), matches: matchLengths(),
	}
	if flags&single == 0 {
		window, err := r.number(1)
		if err != nil {
			return err
		}
		base := 1 << (10 + window>>3)
		f.window = base + base/8*(window&7)
	}
	dictionary, err := r.number([]int{0, 1, 2, 4}[flags&3])
	if err != nil {
		return err
	}
	if dictionary != 0 {
		return &NotRead{
			fmt.Sprintf("to decompress it needs the dictionary %d, and none is read", dictionary),
			"decompress it with zstd -D, and give the output",
		}
	}
	sizes := []int{0, 2, 4, 8}
	if flags&single != 0 {
		sizes[0] = 1
	}
	if n := sizes[flags>>6]; n > 0 {
		if f.size, err = r.number(n); err != nil {
			return err
		}
		if n == 2 {
			f.size += 256
		}
		if f.size < 0 {
			return errDamaged
		}
	}
	if flags&single != 0 {
		f.window = f.size
	}
	if f.window > r.limit {
		return &NotRead{
			fmt.Sprintf("to decompress it takes %d bytes of memory, and the limit is %d",
				f.window, r.limit),
			"give what zstd -dc --long=31 prints, through a pipe: then the memory is zstd's",
		}
	}
	f.largest = min(f.window, maxBlock)
	if flags&checked != 0 {
		f.sum = xxhash.New()
	}
	r.frame = f
	return nil
}

// next reads a block, and behind the last one what ends the frame.
func (r *Reader) next() error {
	const raw, repeated, compressed = 0, 1, 2
	h, err := r.number(3)
	if err != nil {
		return err
	}
	r.makeRoom()
	kind, size, begin := h>>1&3, h>>3, len(r.out)
	if size > r.frame.largest {
		return errDamaged
	}
	switch kind {
	case raw, compressed:
		if r.block, err = r.read(size); err != nil {
			return err
		}
		if kind == raw {
			r.out = append(r.out, r.block...)
		} else {
			err = r.unpack(r.block)
		}
	case repeated:
		var value int
		value, err = r.number(1)
		r.out = append(r.out, bytes.Repeat([]byte{byte(value)}, size)...)
	default:
		err = errDamaged
	}
	if err != nil {
		r.out = r.out[:begin]
		return err
	}
	r.frame.total += len(r.out) - begin
	if r.frame.sum != nil {
		r.frame.sum.Write(r.out[begin:])
	}
	if last := h&1 != 0; last {
		return r.close()
	}
	return nil
}

// close reads the checksum.
func (r *Reader) close() error {
	f := &r.frame
	f.open = false
	if f.size >= 0 && f.size != f.total {
		return errDamaged
	}
	if f.sum == nil {
		return nil
	}
	sum, err := r.number(4)
	if err == nil && uint32(sum) != uint32(f.sum.Sum64()) {
		err = errChecksum
	}
	return err
}

// makeRoom makes room for a block, behind what the next blocks may look back at.
func (r *Reader) makeRoom() {
	if cap(r.out)-len(r.out) >= maxBlock {
		return
	}
	f := &r.frame
	kept := r.out[len(r.out)-min(len(r.out)-f.start, f.window):]
	to := r.out[:0]
	if cap(to) < 2*f.window+maxBlock {
		to = make([]byte, 0, min(2*cap(to), 2*f.window)+2*maxBlock)
	}
	r.out = append(to, kept...)
	r.at, f.start = len(r.out), 0
}

// read returns the next n bytes, which are valid until it is called again.
func (r *Reader) read(n int) ([]byte, error) {
	r.block = slices.Grow(r.block[:0], n)[:n]
	_, err := io.ReadFull(r.in, r.block)
	return r.block, err
}

// number reads a number of n bytes, the lowest first.
func (r *Reader) number(n int) (int, error) {
	b, err := r.read(n)
	return little(b, n), err
}

// unpack appends what a compressed block stands for.
func (r *Reader) unpack(block []byte) error {
	literals, rest, err := r.literals(block)
	if err != nil {
		return err
	}
	return r.sequences(rest, literals)
}
