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
		o.path = append(o.path, strconv.Itoa(i))
		o.walk(item)
		o.path = o.path[:len(o.path)-1]
	}
	for i := range v.Members {
		m := &v.Members[i]
		o.path = append(o.path, m.Key)
		o.characters(m.Key, m.KeySpan)
		o.walk(m.Value)
		o.path = o.path[:len(o.path)-1]
	}
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

// maxDuplicates is how many members that appear twice are reported one by one.
const maxDuplicates = 20

// observeProblems notes what is odd in the JSON of a part.
func (t *Token) observeProblems(part string, file *source.File) {
	const duplicate = "duplicate-member"
	for _, problem := range file.Problems {
		if problem.ID != duplicate {
			t.observe(problem.ID, part, problem.Message)
		}
	}
	d := duplicates{token: t, path: []string{part}}
	d.walk(file.Documents[0])
	if rest := d.count - maxDuplicates; rest > 0 {
		t.observe(duplicate, part, fmt.Sprintf("%d more members appear more than once", rest))
	}
}

// duplicates notes each member that appears more than once, with its first and its last value.
type duplicates struct {
	token *Token
	path  []string // to where the walk is; joined only for a report
	count int
}

// walk looks through the objects at and under v. The reader has bounded how deep they nest.
func (d *duplicates) walk(v *source.Value) {
	for i, item := range v.Items {
		d.down(strconv.Itoa(i), item)
	}
	times := make(map[string]int, len(v.Members))
	for _, m := range v.Members {
		times[m.Key]++
	}
	for _, m := range v.Members {
		if n := times[m.Key]; n > 1 {
			d.report(n, m, v)
			times[m.Key] = 0
		}
		d.down(m.Key, m.Value)
	}
}

func (d *duplicates) down(name string, v *source.Value) {
	if v.Kind != source.Object && v.Kind != source.List {
		return
	}
	d.path = append(d.path, name)
	d.walk(v)
	d.path = d.path[:len(d.path)-1]
}

func (d *duplicates) report(times int, first source.Member, in *source.Value) {
	d.count++
	if d.count > maxDuplicates {
		return
	}
	often := "twice"
	if times > 2 {
		often = strconv.Itoa(times) + " times"
	}
	path := strings.Join(append(d.path, first.Key), ".")
	last := in.Member(first.Key)
	d.token.observe("duplicate-member", Safe(ShortenMiddle(path, 80)), fmt.Sprintf(
		"the member %s appears %s: first %s, last %s; most gateways read the last, some the "+
			"first, some refuse the token", show(first.Key), often, brief(first.Value),
		brief(last)))
}
