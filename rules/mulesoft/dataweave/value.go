package dataweave

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Rest is a member for an object of which only some members are known: reading any member that isn't there is
// then unknown, for the given reason, instead of null. It stands among the object's Members.
func Rest(why string) source.Member {
	return source.Member{Value: &source.Value{Kind: source.Unknown, Text: why}}
}

func isRest(m source.Member) bool { return m.Key == "" && m.Value.Is(source.Unknown) }

// restOf returns the Unknown that stands for the members of an object that aren't known, or nil.
func restOf(object *source.Value) *source.Value {
	for _, m := range object.Members {
		if isRest(m) {
			return m.Value
		}
	}
	return nil
}

func boolean(b bool) *source.Value {
	if b {
		return &source.Value{Kind: source.Bool, Text: "true"}
	}
	return &source.Value{Kind: source.Bool, Text: "false"}
}

func text(s string) *source.Value { return &source.Value{Kind: source.String, Text: s} }

func null() *source.Value { return &source.Value{Kind: source.Null} }

func list(items []*source.Value) *source.Value { return &source.Value{Kind: source.List, Items: items} }

func isNull(v *source.Value) bool { return v.Is(source.Null) }

func isTrue(v *source.Value) bool { return v.Is(source.Bool) && v.Text == "true" }

// ascii reports whether a text has nothing but printable ASCII: there, Java, Rust and Go agree on case, length,
// order and character classes.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
