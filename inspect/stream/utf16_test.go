package stream

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

// A stream in UTF-16, or with a byte order mark, has the tokens of the same text in UTF-8.
func TestTokensAreFoundInEveryUnicodeEncoding(t *testing.T) {
	t.Parallel()
	a := jws(`{"sub":"a"}`)
	har := `{"log":{"entries":[{"request":{"headers":[{"name":"Authorization","value":"Bearer ` +
		a + `"}]}}]}}`
	for _, c := range []struct {
		text string
		path []string
		want []string
	}{
		{a + "\r\n😀\xef\xbf\xbd é" + a, nil, []string{a, a}},
		{`{"token":"` + a + `"}` + "\n{}", []string{"token"}, []string{a, ""}},
		{har, nil, []string{a}},
	} {
		for name, text := range map[string][]byte{
			"UTF-8":                  []byte("\ufeff" + c.text),
			"UTF-16, little-endian":  inUTF16(t, binary.LittleEndian, c.text),
			"UTF-16, big-endian":     inUTF16(t, binary.BigEndian, c.text),
			"UTF-16, without a mark": inUTF16(t, binary.LittleEndian, c.text)[2:],
			"big-endian, without":    inUTF16(t, binary.BigEndian, c.text)[2:],
			"UTF-16 that is cut off": append(inUTF16(t, binary.BigEndian, c.text), 0x20),
		} {
			got, err := read(bytes.NewReader(text), c.path...)
			slowly, slowErr := read(iotest.OneByteReader(bytes.NewReader(text)), c.path...)
			if err != nil || slowErr != nil || !slices.Equal(got, c.want) ||
				!slices.Equal(slowly, c.want) {
				t.Errorf("%s: got %q, %v, and byte by byte %q, %v", name, got, err, slowly,
					slowErr)
			}
		}
	}
	half := append(inUTF16(t, binary.LittleEndian, "x"), 0x3d, 0xd8)
	plain, err := io.ReadAll(asUTF8(bufio.NewReader(bytes.NewReader(half))))
	if err != nil || string(plain) != "x\ufffd" {
		t.Errorf("half of a pair: got %q, %v", plain, err)
	}
}

func inUTF16(t *testing.T, order binary.ByteOrder, text string) []byte {
	t.Helper()
	all, err := binary.Append(nil, order, utf16.Encode([]rune("\ufeff"+text)))
	if err != nil {
		t.Fatal(err)
	}
	return all
}
