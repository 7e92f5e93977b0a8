package dataweave

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func number(n int) *source.Value {
	return &source.Value{Kind: source.Number, Text: strconv.Itoa(n)}
}

// splitBy cuts a text at every separator. What becomes of an empty last part, and of an empty separator, is not
// documented.
func splitBy(v *evaluator, n *Node, args []*source.Value) Result {
	switch {
	case isNull(args[0]):
		return v.sinceNull(n, null())
	case !args[0].Is(source.String) || !args[1].Is(source.String):
		return v.undocumented(n, args)
	case args[1].Text == "":
		return unknown(n, "what splitBy gives for an empty separator is not documented")
	case strings.HasSuffix(args[0].Text, args[1].Text) || args[0].Text == "":
		return unknown(n, "what splitBy gives for an empty last part is not documented")
	}
	var items []*source.Value
	for part := range strings.SplitSeq(args[0].Text, args[1].Text) {
		if !v.produce(1 + len(part)) {
			return tooLarge(n)
		}
		items = append(items, text(part))
	}
	return value(list(items))
}

// changeCase makes upper and lower. Beyond ASCII, languages differ.
func changeCase(change func(string) string) func(*evaluator, *Node, []*source.Value) Result {
	return func(v *evaluator, n *Node, args []*source.Value) Result {
		switch a := args[0]; {
		case isNull(a):
			return value(null())
		case !a.Is(source.String):
			return v.undocumented(n, args)
		case !ascii(a.Text):
			return unknown(n, "upper and lower case of characters beyond ASCII are not documented")
		case !v.produce(len(a.Text)):
			return tooLarge(n)
		default:
			return value(text(change(a.Text)))
		}
	}
}

// trim takes blanks away at both ends. Which white space other than blanks counts is not documented.
func trim(v *evaluator, n *Node, args []*source.Value) Result {
	a := args[0]
	switch {
	case isNull(a):
		return value(null())
	case !a.Is(source.String):
		return v.undocumented(n, args)
	}
	trimmed := strings.Trim(a.Text, " ")
	if strings.TrimFunc(trimmed, isBlankLike) != trimmed {
		return unknown(n, "which white space trim takes away is not documented")
	}
	return value(text(trimmed))
}

// isBlankLike reports whether any of Java, Rust and Unicode takes a character for white space.
func isBlankLike(r rune) bool {
	return r <= ' ' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// affix makes startsWith and endsWith.
func affix(has func(text, part string) bool) func(*evaluator, *Node, []*source.Value) Result {
	return func(v *evaluator, n *Node, args []*source.Value) Result {
		switch {
		case isNull(args[0]):
			return v.sinceNull(n, boolean(false))
		case !args[0].Is(source.String) || !args[1].Is(source.String):
			return v.undocumented(n, args)
		}
		return value(boolean(has(args[0].Text, args[1].Text)))
	}
}

// substring makes the four functions that cut a text at a separator: where the separator isn't in the text they
// give "", for null they give null (DataWeave reference, dw::core::Strings, with examples).
func substring(find func(text, separator string) int, behind bool) func(*evaluator, *Node, []*source.Value) Result {
	return func(v *evaluator, n *Node, args []*source.Value) Result {
		switch {
		case isNull(args[0]) && args[1].Is(source.String):
			return value(null())
		case !args[0].Is(source.String) || !args[1].Is(source.String):
			return v.undocumented(n, args)
		case args[1].Text == "":
			return unknown(n, "the examples for an empty separator follow no rule")
		}
		at := find(args[0].Text, args[1].Text)
		switch {
		case at < 0:
			return value(text(""))
		case behind:
			return value(text(args[0].Text[at+len(args[1].Text):]))
		default:
			return value(text(args[0].Text[:at]))
		}
	}
}
