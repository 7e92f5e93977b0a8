package source

import (
	"encoding/binary"
	"strings"
)

// UTF16Order is the order of the bytes of a text in UTF-16, and the length of its byte order mark.
// A text without one is UTF-16 where it begins with two characters of ASCII. It is nil for any
// other text.
func UTF16Order(start string) (order binary.ByteOrder, mark int) {
	switch {
	case strings.HasPrefix(start, "\xff\xfe"):
		return binary.LittleEndian, 2
	case strings.HasPrefix(start, "\xfe\xff"):
		return binary.BigEndian, 2
	case len(start) < 4:
		return nil, 0
	}
	pair := func(high, low byte) bool { return high == 0 && low >= '\t' && low < 0x7f }
	switch {
	case pair(start[1], start[0]) && pair(start[3], start[2]):
		return binary.LittleEndian, 0
	case pair(start[0], start[1]) && pair(start[2], start[3]):
		return binary.BigEndian, 0
	}
	return nil, 0
}
