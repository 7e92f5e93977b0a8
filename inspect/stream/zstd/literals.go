package zstd

import (
	"math/bits"
	"slices"
)

// literals reads the literals section of a block (RFC 8878, section 3.1.1.3.1), and what follows
// it. They are valid until the next block.
func (r *Reader) literals(in []byte) (literals, rest []byte, err error) {
	const raw, repeated, compressed, treeless = 0, 1, 2, 3
	if len(in) == 0 {
		return nil, nil, errDamaged
	}
	kind, form := in[0]&3, in[0]>>2&3
	if kind == compressed || kind == treeless {
		return r.packedLiterals(in, form, kind == treeless)
	}
	var n int
	switch h := little(in, 3); {
	case form == 3:
		n, in = h>>4, in[min(3, len(in)):]
	case form == 1:
		n, in = h&0xffff>>4, in[min(2, len(in)):]
	default:
		n, in = h&0xff>>3, in[1:]
	}
	if n > maxBlock {
		return nil, nil, errDamaged
	}
	if kind == raw {
		if n > len(in) {
			return nil, nil, errDamaged
		}
		return in[:n], in[n:], nil
	}
	if len(in) == 0 {
		return nil, nil, errDamaged
	}
	literals = r.scratch(n)
	for i := range literals {
		literals[i] = in[0]
	}
	return literals, in[1:], nil
}

// packedLiterals are Huffman codes, in one stream or in four; treeless ones have the table of the
// block before.
func (r *Reader) packedLiterals(in []byte, form byte, treeless bool) (
	literals, rest []byte, err error,
) {
	header, width := 3, 10
	switch form {
	case 2:
		header, width = 4, 14
	case 3:
		header, width = 5, 18
	}
	if len(in) < header {
		return nil, nil, errDamaged
	}
	h := little(in, header) >> 4
	n, size := h&(1<<width-1), h>>width
	in = in[header:]
	if n == 0 || n > maxBlock || size > len(in) {
		return nil, nil, errDamaged
	}
	in, rest = in[:size], in[size:]
	codes := &r.frame.codes
	if !treeless {
		if *codes, in, err = readHuffman(in); err != nil {
			return nil, nil, err
		}
	}
	if codes.rows == nil {
		return nil, nil, errDamaged
	}
	literals = r.scratch(n)
	if form == 0 {
		return literals, rest, codes.decode(literals, in)
	}
	return literals, rest, codes.decodeFour(literals, in)
}

// scratch is room for n literals, until the next block.
func (r *Reader) scratch(n int) []byte {
	r.literal = slices.Grow(r.literal[:0], n)[:n]
	return r.literal
}

// decodeFour fills out from four streams, a quarter from each; the lengths of the first three
// stand before them.
func (h *huffman) decodeFour(out, in []byte) error {
	const lengths = 6
	if len(in) < lengths {
		return errDamaged
	}
	quarter := (len(out) + 3) / 4
	if 3*quarter > len(out) {
		return errDamaged
	}
	streams := in[lengths:]
	for i := range 3 {
		n := little(in[2*i:], 2)
		if n > len(streams) {
			return errDamaged
		}
		if err := h.decode(out[:quarter], streams[:n]); err != nil {
			return err
		}
		out, streams = out[quarter:], streams[n:]
	}
	return h.decode(out, streams)
}

// little is the number that the first n bytes, or as many as there are, stand for.
func little(in []byte, n int) int {
	v := 0
	for i, b := range in[:min(n, len(in))] {
		v |= int(b) << (8 * i)
	}
	return v
}

// maxCode is the longest Huffman code, in bits.
const maxCode = 11

// huffman decodes literals (RFC 8878, section 4.2): the next log bits are the row.
type huffman struct {
	log  uint8
	rows []code
}

type code struct{ bits, symbol uint8 }

// readHuffman reads the description of a table, and what follows it.
func readHuffman(in []byte) (huffman, []byte, error) {
	if len(in) == 0 {
		return huffman{}, nil, errDamaged
	}
	n, in := int(in[0]), in[1:]
	var weights []byte
	if n >= 128 {
		n -= 127
		if len(in) < (n+1)/2 {
			return huffman{}, nil, errDamaged
		}
		for i := range n {
			weights = append(weights, in[i/2]>>(4*(1-i%2))&15)
		}
		in = in[(n+1)/2:]
	} else {
		if len(in) < n {
			return huffman{}, nil, errDamaged
		}
		var err error
		if weights, err = packedWeights(in[:n]); err != nil {
			return huffman{}, nil, err
		}
		in = in[n:]
	}
	table, err := newHuffman(weights)
	return table, in, err
}

// packedWeights reads weights that two states of an FSE table take turns to give.
func packedWeights(in []byte) ([]byte, error) {
	const symbols, maxLog, maxWeights = maxCode + 2, 6, 255
	table, in, err := readFSE(in, symbols, maxLog)
	if err != nil {
		return nil, err
	}
	b, err := newBackward(in)
	if err != nil {
		return nil, err
	}
	var weights []byte
	row, other := b.read(table.log), b.read(table.log)
	for !b.over() && len(weights) < maxWeights {
		b.fill()
		now := table.rows[row]
		weights = append(weights, now.symbol)
		row, other = other, uint64(now.next)+b.read(now.bits)
		if b.over() {
			return append(weights, table.rows[row].symbol), nil
		}
	}
	return nil, errDamaged
}

// newHuffman makes the table of all weights but the last, which fills it up.
func newHuffman(weights []byte) (huffman, error) {
	sum := 0
	for _, w := range weights {
		if w > maxCode+1 {
			return huffman{}, errDamaged
		}
		sum += 1 << w >> 1
	}
	log := bits.Len(uint(sum))
	left := 1<<log - sum
	if sum == 0 || log > maxCode || left&(left-1) != 0 || len(weights) > 255 {
		return huffman{}, errDamaged
	}
	weights = append(weights, byte(bits.Len(uint(left))))
	table := huffman{log: uint8(log), rows: make([]code, 0, 1<<log)}
	for w := 1; w <= log; w++ {
		for symbol, its := range weights {
			if int(its) != w {
				continue
			}
			for range 1 << (w - 1) {
				table.rows = append(table.rows, code{uint8(log + 1 - w), uint8(symbol)})
			}
		}
	}
	if table.rows[0].bits != table.log { // a longest code is one of two at least
		return huffman{}, errDamaged
	}
	return table, nil
}

// decode fills out from one stream, which ends with the last literal.
func (h *huffman) decode(out, in []byte) error {
	b, err := newBackward(in)
	if err != nil {
		return err
	}
	i, rows, shift := 0, h.rows, 64-h.log
	const atOnce = 5 // codes in the 56 bits that fill gives
	for ; i+atOnce <= len(out); i += atOnce {
		b.fill()
		for k := range atOnce {
			c := rows[b.value<<(b.used&63)>>(shift&63)] // peek, that can't be asked for no bits
			b.used += uint(c.bits)
			out[i+k] = c.symbol
		}
	}
	b.fill()
	for ; i < len(out); i++ {
		c := rows[b.peek(h.log)]
		b.used += uint(c.bits)
		out[i] = c.symbol
	}
	if !b.finished() {
		return errDamaged
	}
	return nil
}
