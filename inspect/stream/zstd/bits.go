package zstd

import (
	"encoding/binary"
	"math/bits"
)

// backward reads bits from the end of a part to its start, as Huffman codes and sequences are
// written: behind the last of them stands a one, as a mark.
type backward struct {
	in    []byte
	at    int    // where in it value is from
	value uint64 // eight bytes of it
	used  uint   // how many bits of value are read, from the highest
}

func newBackward(in []byte) (backward, error) {
	if len(in) == 0 || in[len(in)-1] == 0 {
		return backward{}, errDamaged
	}
	b := backward{in: in, used: uint(bits.LeadingZeros8(in[len(in)-1])) + 1}
	if len(in) >= 8 {
		b.at = len(in) - 8
		b.value = binary.LittleEndian.Uint64(in[b.at:])
		return b, nil
	}
	for i, one := range in {
		b.value |= uint64(one) << (8 * i)
	}
	b.used += 8 * uint(8-len(in))
	return b, nil
}

// fill makes at least 56 bits readable, or as many as there are.
func (b *backward) fill() {
	n := min(int(b.used>>3), b.at)
	if n <= 0 {
		return
	}
	b.at -= n
	b.used -= 8 * uint(n)
	b.value = binary.LittleEndian.Uint64(b.in[b.at:])
}

// peek returns the next bits, at most 56 between two calls of fill; behind the first byte they are
// zero.
func (b *backward) peek(n uint8) uint64 { return b.value << b.used >> (64 - n) }

func (b *backward) read(n uint8) uint64 {
	v := b.peek(n)
	b.used += uint(n)
	return v
}

// over says whether more was read than there is.
func (b *backward) over() bool { return b.used > 64 }

// finished says whether all is read, and no more.
func (b *backward) finished() bool { return b.at == 0 && b.used == 64 }

// forward reads bits from the start of a part on: so tables are written.
type forward struct {
	in []byte
	at uint // in bits
}

// peek returns the next bits, at most 16; behind the end they are zero.
func (f *forward) peek(n uint) int {
	var v uint32
	for i := range uint(3) {
		if k := f.at/8 + i; k < uint(len(f.in)) {
			v |= uint32(f.in[k]) << (8 * i)
		}
	}
	return int(v >> (f.at % 8) & (1<<n - 1))
}

func (f *forward) read(n uint) int {
	v := f.peek(n)
	f.at += n
	return v
}

// rest is what follows the byte with the last bit that was read.
func (f *forward) rest() ([]byte, error) {
	n := (f.at + 7) / 8
	if n > uint(len(f.in)) {
		return nil, errDamaged
	}
	return f.in[n:], nil
}
