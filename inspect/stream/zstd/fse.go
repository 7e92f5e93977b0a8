package zstd

import "math/bits"

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
