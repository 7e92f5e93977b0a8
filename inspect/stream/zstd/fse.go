package zstd

import (
	"encoding/binary"
	"math/bits"
)

// state is a row of an FSE table (RFC 8878, section 4.1): what stands there, and how to come to
// the next row.
type state struct {
	next   uint16
	bits   uint8
	symbol uint8
}

// fseTable has 1 << log rows.
type fseTable struct {
	log  uint8
	rows []state
}

// readFSE reads the description of a table, of at most so many symbols and so large, and what
// follows it.
func readFSE(in []byte, symbols int, maxLog uint8) (fseTable, []byte, error) {
	f := forward{in: in}
	log := uint8(f.read(4) + 5)
	if log > maxLog {
		return fseTable{}, nil, errDamaged
	}
	var counts []int
	width := uint(log) + 1
	for left := 1<<log + 1; left > 1; {
		if len(counts) >= symbols {
			return fseTable{}, nil, errDamaged
		}
		count := readCount(&f, left, width) - 1
		counts = append(counts, count)
		left -= max(count, -count)
		if left < 1 {
			return fseTable{}, nil, errDamaged
		}
		for ; width > 1 && left < 1<<(width-1); width-- {
		}
		for more := 3; count == 0 && more == 3 && len(counts) <= symbols; {
			more = f.read(2)
			counts = append(counts, make([]int, more)...)
		}
	}
	rest, err := f.rest()
	if err != nil || len(counts) > symbols {
		return fseTable{}, nil, errDamaged
	}
	table, err := newFSE(counts, log)
	return table, rest, err
}

// readCount reads a number of which the small ones take a bit less, since the large ones can't be:
// no more than left is to be given away.
func readCount(f *forward, left int, width uint) int {
	half := 1 << (width - 1)
	short := 2*half - 1 - left
	if v := f.peek(width - 1); v < short {
		f.at += width - 1
		return v
	}
	v := f.read(width)
	if v >= half {
		v -= short
	}
	return v
}

// newFSE makes the table of how often each symbol stands in it; -1 is less often than once.
func newFSE(counts []int, log uint8) (fseTable, error) {
	size := 1 << log
	table := fseTable{log: log, rows: make([]state, size)}
	high := size
	for symbol, count := range counts {
		if count == -1 {
			high--
			table.rows[high].symbol = uint8(symbol)
		}
	}
	at := 0
	for symbol, count := range counts {
		for range max(count, 0) {
			table.rows[at].symbol = uint8(symbol)
			for ok := true; ok; ok = at >= high {
				at = (at + size>>1 + size>>3 + 3) & (size - 1)
			}
		}
	}
	if at != 0 {
		return fseTable{}, errDamaged
	}
	var seen [256]int
	for i := range table.rows {
		row := &table.rows[i]
		n := max(counts[row.symbol], 1) + seen[row.symbol]
		seen[row.symbol]++
		row.bits = log + 1 - uint8(bits.Len(uint(n)))
		row.next = uint16(n<<row.bits - size)
	}
	return table, nil
}

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
