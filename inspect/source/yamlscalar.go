package source

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar fills in the value of a scalar node and finds its end.
func (r *yamlReader) scalar(v *Value, n *yaml.Node) {
	v.Kind, v.Text = resolve(n)
	v.Span.End = r.scalarEnd(n, v.Span.Start)
}

// resolve returns what a scalar means. A number keeps its text where JSON has that form too.
func resolve(n *yaml.Node) (Kind, string) {
	switch n.ShortTag() {
	case "!!null":
		return Null, ""
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return Bool, strconv.FormatBool(b)
		}
	case "!!int", "!!float":
		if text, ok := number(n); ok {
			return Number, text
		}
	}
	return String, n.Value
}

func number(n *yaml.Node) (string, bool) {
	if isJSONNumber(n.Value) {
		return n.Value, true
	}
	var (
		signed   int64
		unsigned uint64
		float    float64
	)
	whole := n.ShortTag() == "!!int"
	switch {
	case whole && n.Decode(&signed) == nil:
		return strconv.FormatInt(signed, 10), true
	case whole && n.Decode(&unsigned) == nil:
		return strconv.FormatUint(unsigned, 10), true
	case n.Decode(&float) == nil && !math.IsInf(float, 0) && !math.IsNaN(float):
		return strconv.FormatFloat(float, 'g', -1, 64), true
	}
	return "", false
}

// isJSONNumber reports whether text has the form of RFC 8259, section 6.
func isJSONNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	whole := digits(text)
	if whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	text = text[whole:]
	if fraction, ok := strings.CutPrefix(text, "."); ok {
		n := digits(fraction)
		if n == 0 {
			return false
		}
		text = fraction[n:]
	}
	if text == "" {
		return true
	}
	if text[0] != 'e' && text[0] != 'E' {
		return false
	}
	text = text[1:]
	if text != "" && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	return text != "" && digits(text) == len(text)
}

// digits returns how many digits text starts with.
func digits(text string) int {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return i
		}
	}
	return len(text)
}
