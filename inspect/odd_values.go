package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// deepest is how deep values may nest before some readers refuse the whole text: serde_json does
// below 128, other readers below more.
const deepest = 100

// numberOutOfRange is the observation that few readers can hold a number.
const numberOutOfRange = "number-out-of-range"

// maxOddValues is how many values are reported one by one.
const maxOddValues = 20

// oddValues looks in a part for values that are JSON, and that readers of JSON differ on.
type oddValues struct {
	token *Token
	text  []byte // of the part
	path  []string
	count int
}

// walk looks through v and the values in it.
func (o *oddValues) walk(v *source.Value) {
	switch {
	case len(o.path) == deepest+1:
		o.report("nested-deeply", "", fmt.Sprintf(
			" nests deeper than %d levels; some readers refuse the token", deepest))
		return
	case v.Kind == source.Number && !inRange(v.Text):
		o.report(numberOutOfRange, "the number ",
			" is larger than most readers can hold; some refuse the token, others read infinity")
	case v.Kind == source.String:
		o.characters(v.Text, v.Span)
	}
	for i, item := range v.Items {
		o.down(strconv.Itoa(i), item)
	}
	for i := range v.Members {
		m := &v.Members[i]
		o.path = append(o.path, m.Key)
		o.characters(m.Key, m.KeySpan)
		o.walk(m.Value)
		o.path = o.path[:len(o.path)-1]
	}
}

func (o *oddValues) down(name string, v *source.Value) {
	o.path = append(o.path, name)
	o.walk(v)
	o.path = o.path[:len(o.path)-1]
}

// characters looks at a text, and at how it is written.
func (o *oddValues) characters(text string, written source.Span) {
	o.token.NUL = o.token.NUL || strings.ContainsRune(text, 0)
	escape := []byte(`\ud`) // of half of a surrogate pair
	if strings.ContainsRune(text, '\ufffd') &&
		bytes.Contains(bytes.ToLower(o.text[written.Start:written.End]), escape) {
		o.report("unpaired-surrogate", "",
			" has half of a surrogate pair, which is not a character; some readers refuse the "+
				"token")
	}
}

// inRange reports whether a float64 holds a number.
func inRange(number string) bool {
	_, err := strconv.ParseFloat(number, 64)
	return err == nil
}

// report notes what is odd where the walk is.
func (o *oddValues) report(id, before, after string) {
	if o.count++; o.count <= maxOddValues {
		path := Safe(ShortenMiddle(strings.Join(o.path, "."), 80))
		o.token.observe(id, path, before+path+after)
	}
}

// someRead reports whether some readers take a part that is not JSON for an object: those that
// stop at its end, that pass over a byte order mark, or that take control characters.
func someRead(part []byte) bool {
	part = bytes.TrimPrefix(part, []byte("\ufeff"))
	part = bytes.Map(func(r rune) rune { return max(r, ' ') }, part)
	var first json.RawMessage
	err := json.NewDecoder(bytes.NewReader(part)).Decode(&first)
	return err == nil && bytes.HasPrefix(first, []byte("{"))
}
