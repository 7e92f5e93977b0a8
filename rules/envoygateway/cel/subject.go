package cel

import (
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// subject is an attribute that predicates can test.
type subject struct {
	in     rules.Input
	always bool // every request has it
	texts  bool // it is a text where it is there
	path   bool // it is request.path, which has the query too
	split  bool // it is a list of words, made of a text
	needs  []rules.Predicate
}

// subject is the attribute that a node reads.
func (l *lowering) subject(n *node) (subject, bool) { return l.subjectAt(n.path()) }

func (l *lowering) subjectAt(path []string) (subject, bool) {
	in, ok := inputOf(path)
	switch {
	case !ok || isJWT(path) && len(path) == claimsDepth:
		return subject{}, false
	case isJWT(path):
		return l.claim(path)
	case in.Source == rules.FromHTTP:
		same := !l.env.writes(in.Name) && in.Name != "authorization" && in.Name != "cookie"
		return subject{in: in, texts: true}, same
	}
	in.Normalized = l.env.Normalized && in.Name == rules.RequestPath
	return subject{in: in, always: true, texts: true, path: path[1] == "path"}, true
}

// claim is a claim, or what is inside of one.
func (l *lowering) claim(path []string) (subject, bool) {
	s := subject{in: claimAt(path[claimsDepth:]), split: isSplit(path[claimsDepth])}
	if s.split && len(path) > claimsDepth+1 {
		return s, false
	}
	for _, provider := range l.env.Providers {
		if provider.Name == path[3] {
			s.needs = append(s.needs, provider.Accepted)
			return s, true
		}
	}
	return s, false
}

func claimAt(path []string) rules.Input {
	outer := rules.Claim(path[0])
	if len(path) == 1 {
		return outer
	}
	inner := func(r *rules.Request) rules.Reading {
		reading := r.Read(outer)
		for _, name := range path[1:] {
			if appearsTwice(reading.Value, name) {
				return rules.Reading{Unknown: &rules.Unknown{
					Why: name + " appears twice in " + path[0],
				}}
			}
			reading.Value = reading.Value.Member(name)
		}
		return reading
	}
	return rules.Computed("claim:"+strings.Join(path, "."), inner, outer)
}

// appearsTwice reports whether an object has two members of a name.
func appearsTwice(v *source.Value, name string) bool {
	if v == nil {
		return false
	}
	n := 0
	for i := range v.Members {
		if v.Members[i].Key == name {
			n++
		}
	}
	return n > 1
}

// when is a test of the attribute, where that can be read.
func (s *subject) when(test rules.Predicate) rules.Predicate {
	return both(append(s.needs[:len(s.needs):len(s.needs)], test)...)
}

// exists holds if the attribute is there, null or not.
func (s *subject) exists() rules.Predicate {
	if s.always {
		return always()
	}
	return rules.Predicate{Op: rules.Present, Input: s.in, NullToo: true}
}

// found holds if the attribute is there and not null.
func (s *subject) found() rules.Predicate {
	if s.always {
		return always()
	}
	return rules.Found(s.in)
}

// isText holds if the attribute is a text, absent or null.
func (s *subject) isText() rules.Predicate {
	if s.texts {
		return always()
	}
	return rules.Predicate{Op: rules.Typed, Input: s.in, Kinds: []source.Kind{source.String}}
}

// comparable reports whether a predicate can compare the attribute with a literal.
func (s *subject) comparable(with value) bool {
	_, ok := literalOf(with)
	if s.split {
		return s.never(with)
	}
	return ok && !(s.path && strings.Contains(with.text, "?"))
}

// never reports whether the attribute has nothing to do with a text, because it is a list: a text
// that is not split has no words.
func (s *subject) never(with value) bool { return s.split && len(wordsOf(with)) > 0 }

// literalOf is a value as a predicate's literal. Numbers are compared as they are written, so one
// with a fraction is not ok, nor zero, which has two signs, nor one that is not exact as a double.
func literalOf(v value) (*source.Value, bool) {
	switch v.kind {
	case nullValue:
		return &source.Value{Kind: source.Null}, true
	case boolValue:
		return source.NewBool(v.bool), true
	case textValue:
		return rules.Literals(v.text)[0], true
	case intValue, uintValue, doubleValue:
		f, ok := v.float()
		if !ok || f != float64(int64(f)) || f == 0 || f >= exact || f <= -exact {
			return nil, false
		}
		text := strconv.FormatInt(int64(f), 10)
		return &source.Value{Kind: source.Number, Text: text}, true
	}
	return nil, false
}

// equals holds if the attribute equals a literal, or if it is there and does not.
func (s *subject) equals(with value, want bool) rules.Predicate {
	switch {
	case s.never(with) && want:
		return rules.Never()
	case s.never(with):
		return s.exists()
	}
	v, _ := literalOf(with)
	test := rules.Predicate{Op: rules.Equals, Input: s.in, Values: []*source.Value{v}}
	if with.kind == boolValue && with.bool {
		test = rules.Predicate{Op: rules.True, Input: s.in}
	}
	if s.path {
		if want {
			return both(test, noQuery())
		}
		return either(rules.Negate(test), rules.Negate(noQuery()))
	}
	if want {
		return test
	}
	return both(s.exists(), rules.Negate(test))
}

// holding holds if the attribute is a list with a text, or an object with it as a key; or if it is
// one without. It is not ok where a predicate can't say that.
func (s *subject) holding(item value, want bool) (p rules.Predicate, ok bool) {
	v, _ := literalOf(item)
	literals := []*source.Value{v}
	switch {
	case s.texts:
		return rules.Never(), true // a text holds nothing
	case s.split && (!want || item.text == ""):
		return p, false
	}
	test := rules.Predicate{Op: rules.Contains, Input: s.in, Values: literals, Members: true}
	if s.split {
		word := rules.Predicate{
			Op: rules.HasAll, Input: s.in, Values: literals,
			Texts: &rules.Texts{Separator: " "},
		}
		return s.when(either(both(s.found(), s.isText(), word), test)), true
	}
	if want {
		return s.when(test), true
	}
	plain := rules.Predicate{
		Op: rules.Typed, Input: s.in,
		Kinds: []source.Kind{source.String, source.Number, source.Bool},
	}
	return s.when(both(s.found(), rules.Negate(plain), rules.Negate(test))), true
}
