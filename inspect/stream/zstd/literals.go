package zstd

import "slices"

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
