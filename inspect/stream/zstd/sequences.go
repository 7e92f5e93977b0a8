package zstd

// part is one of the three numbers of a sequence: how many literals, how far back, and how much
// from there (RFC 8878, section 3.1.1.3.2).
type part struct {
	maxLog uint8
	usual  []int   // how often each code stands in the table of a block that brings none
	log    uint8   // of that table
	fields []field // what each code stands for
	table  fseTable
}

// field is a number that is written as a base and so many bits to add.
type field struct {
	base uint32
	bits uint8
}

func (f *field) read(b *backward) int { return int(f.base) + int(b.read(f.bits)) }

// The distributions are those of RFC 8878, section 3.1.1.3.2.2.
func literalLengths() part {
	return part{
		maxLog: 9, log: 6,
		usual: []int{
			4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1,
			1, 1, 1, 1, -1, -1, -1, -1,
		},
		fields: fields(0, 16, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
	}
}

func matchLengths() part {
	return part{
		maxLog: 9, log: 6,
		usual: []int{
			1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
			1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
		},
		fields: fields(
			3, 32, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
		),
	}
}

func offsets() part {
	p := part{
		maxLog: 8, log: 5,
		usual: []int{
			1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
			-1, -1, -1, -1, -1,
		},
	}
	for n := range uint8(32) {
		p.fields = append(p.fields, field{1 << n, n})
	}
	return p
}

// fields are first so many that have no bits to add, from base on, then one for each of extra.
func fields(base uint32, plain int, extra ...uint8) []field {
	var all []field
	for _, n := range append(make([]uint8, plain), extra...) {
		all = append(all, field{base, n})
		base += 1 << n
	}
	return all
}

// choose reads which table a block has for the part, and the table if it brings one; it returns
// what follows.
func (p *part) choose(mode byte, in []byte) ([]byte, error) {
	const usual, single, own, again = 0, 1, 2, 3
	var err error
	switch mode {
	case usual:
		p.table, err = newFSE(p.usual, p.log)
	case single:
		if len(in) == 0 || int(in[0]) >= len(p.fields) {
			return nil, errDamaged
		}
		p.table = fseTable{rows: []state{{symbol: in[0]}}}
		in = in[1:]
	case own:
		p.table, in, err = readFSE(in, len(p.fields), p.maxLog)
	case again:
		if p.table.rows == nil {
			err = errDamaged
		}
	}
	return in, err
}

// sequences reads the rest of a block: what to copy from before, between the literals.
func (r *Reader) sequences(in, literals []byte) error {
	n, in, err := sequenceCount(in)
	if err != nil {
		return err
	}
	if n == 0 {
		if len(in) > 0 || len(literals) > r.frame.largest {
			return errDamaged
		}
		r.out = append(r.out, literals...)
		return nil
	}
	if len(in) == 0 || in[0]&3 != 0 {
		return errDamaged
	}
	modes, in := in[0], in[1:]
	for i, p := range []*part{&r.frame.lengths, &r.frame.offsets, &r.frame.matches} {
		if in, err = p.choose(modes>>(6-2*i)&3, in); err != nil {
			return err
		}
	}
	b, err := newBackward(in)
	if err != nil {
		return err
	}
	return r.run(n, b, literals)
}

func sequenceCount(in []byte) (n int, rest []byte, err error) {
	switch {
	case len(in) > 0 && in[0] < 128:
		return int(in[0]), in[1:], nil
	case len(in) > 1 && in[0] < 255:
		return int(in[0]-128)<<8 + int(in[1]), in[2:], nil
	case len(in) > 2:
		return little(in[1:], 2) + 0x7f00, in[3:], nil
	}
	return 0, nil, errDamaged
}

// run makes the block from n sequences and the literals.
func (r *Reader) run(n int, b backward, literals []byte) error {
	f, out := &r.frame, r.out
	end := len(out) + f.largest
	lengths, offsets, matches := f.lengths.table.rows, f.offsets.table.rows, f.matches.table.rows
	length := &lengths[b.read(f.lengths.table.log)]
	offset := &offsets[b.read(f.offsets.table.log)]
	match := &matches[b.read(f.matches.table.log)]
	for i := range n {
		b.fill()
		far := int(1<<offset.symbol + b.read(offset.symbol))
		b.fill()
		many := f.matches.fields[match.symbol].read(&b)
		before := f.lengths.fields[length.symbol].read(&b)
		far = f.recent(far, before == 0)
		if before > len(literals) || before+many > end-len(out) {
			return errDamaged
		}
		out = append(out, literals[:before]...)
		literals = literals[before:]
		if far < 1 || far > f.window || far > len(out)-f.start {
			return errDamaged
		}
		out = again(out, far, many)
		if i == n-1 {
			break
		}
		b.fill()
		length = &lengths[uint64(length.next)+b.read(length.bits)]
		match = &matches[uint64(match.next)+b.read(match.bits)]
		offset = &offsets[uint64(offset.next)+b.read(offset.bits)]
	}
	if !b.finished() || len(literals) > end-len(out) {
		return errDamaged
	}
	r.out = append(out, literals...)
	return nil
}

// recent returns how far back an offset's value leads: the values 1 to 3 are the last three, or
// where no literals come before, the second, the third, and one less than the first.
func (f *frame) recent(value int, noLiterals bool) int {
	if value > 3 {
		f.last = [3]int{value - 3, f.last[0], f.last[1]}
		return value - 3
	}
	if noLiterals {
		value++
	}
	switch value {
	case 2:
		f.last[0], f.last[1] = f.last[1], f.last[0]
	case 3:
		f.last = [3]int{f.last[2], f.last[0], f.last[1]}
	case 4:
		f.last = [3]int{f.last[0] - 1, f.last[0], f.last[1]}
	}
	return f.last[0]
}

// again appends n bytes from so far back, which may be some of those that it appends.
func again(out []byte, far, n int) []byte {
	from := len(out) - far
	for n > 0 {
		some := min(n, len(out)-from)
		out = append(out, out[from:from+some]...)
		n -= some
	}
	return out
}
