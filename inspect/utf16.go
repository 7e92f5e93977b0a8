package inspect

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// UTF8 returns text as UTF-8 where it is UTF-16 with a byte order mark, as Windows PowerShell writes files, and without a byte
// order mark of UTF-8. Any other text is returned as it is.
func UTF8(text string) string { return strings.TrimPrefix(fromUTF16(text), "\ufeff") }

func fromUTF16(text string) string {
	var order binary.ByteOrder
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		order = binary.LittleEndian
	case strings.HasPrefix(text, "\xfe\xff"):
		order = binary.BigEndian
	default:
		return text
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 2; i+1 < len(text); i += 2 {
		units = append(units, order.Uint16([]byte(text[i:i+2])))
	}
	return string(utf16.Decode(units))
}
