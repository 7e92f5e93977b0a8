package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// matches evaluates the operators that compare a value with literals.
func (p Predicate) matches(reading *Reading) Truth {
	v := reading.Value
	switch p.Op {
	case True:
		return truth(v.Kind == source.Bool && v.Text == "true")
	case Equals:
		return p.equals(reading)
	case OneOf:
		return anyItem(v, func(item *source.Value) bool { return p.equalsOne(item) })
	case Prefix:
		return p.anyText(v, strings.HasPrefix)
	case Suffix:
		return p.anyText(v, strings.HasSuffix)
	case Matches:
		return anyItem(v, p.matchesPattern)
	case Contains:
		return p.contains(v)
	case IsList:
		return truth(v.Kind == source.List)
	case HasAll, HasAny:
		return p.hasWords(reading)
	case Positive:
		return p.positive(reading)
	}
	return Maybe
}

// present tells whether an input is there. Whether a claim that is null counts as there is not documented.
func (p Predicate) present(reading *Reading) Truth {
	if p.Null || reading.Value == nil || reading.Value.Kind != source.Null || p.Input.Source != FromClaim {
		return truth(!reading.absent())
	}
	reading.Unknown = &Unknown{Why: p.Input.Name + " is null, and it is not documented whether the gateway counts that as a claim that is there"}
	return Maybe
}

func (p Predicate) positive(reading *Reading) Truth {
	n, err := strconv.ParseFloat(reading.Value.Text, 64)
	if reading.Value.Kind != source.Number && reading.Value.Kind != source.String || err != nil {
		reading.Unknown = &Unknown{Why: p.Input.Name + " is " + brief(reading.Value) + ", not a number"}
		return Maybe
	}
	if n == 0 {
		if p.Zero == Maybe {
			reading.Unknown = &Unknown{Why: p.Input.Name + " is 0, which older versions of the policy take for a token that has not expired"}
		}
		return p.Zero
	}
	return truth(n > 0)
}

// equals compares a value with the one literal. A list or an object never equals a text.
func (p Predicate) equals(reading *Reading) Truth {
	kind := reading.Value.Kind
	if p.Loose && (kind == source.Number || kind == source.Bool) {
		reading.Unknown = &Unknown{Why: p.Input.Name + " is " + kind.String() + ", and it is not documented how the gateway compares it with a text"}
		return Maybe
	}
	return equal(p.plain(reading.Value), p.plain(p.Values[0]))
}

// plain is a text without what does not count when it is compared; any other value as it is.
func (p Predicate) plain(v *source.Value) *source.Value {
	if p.Texts == nil || v.Kind != source.String {
		return v
	}
	short := *v
	short.Text = p.folded(v.Text)
	if p.Texts.SchemeAlike {
		short.Text = strings.TrimPrefix(strings.TrimPrefix(short.Text, "https://"), "http://")
	}
	if p.Texts.SlashAlike {
		short.Text = strings.TrimSuffix(short.Text, "/")
	}
	return &short
}

// folded is a text as it is compared.
func (p Predicate) folded(text string) string {
	if p.Texts != nil && p.Texts.FoldCase {
		return strings.ToLower(text)
	}
	return text
}

// equal compares by kind and value. Numbers are compared as they are written: two spellings of one number are
// left unknown.
func equal(a, b *source.Value) Truth {
	if a.Kind != b.Kind {
		return No
	}
	switch a.Kind {
	case source.List, source.Object, source.Unknown:
		return Maybe
	case source.Number:
		if a.Text != b.Text && strings.ContainsAny(a.Text+b.Text, ".eE") {
			return Maybe
		}
	}
	return truth(a.Text == b.Text)
}

// anyItem reports whether a value, or of a list one of its items, passes a test.
func anyItem(v *source.Value, is func(*source.Value) bool) Truth {
	if v.Kind != source.List {
		return truth(is(v))
	}
	return truth(slices.ContainsFunc(v.Items, is))
}

// equalsOne reports whether an item is one of the literals.
func (p Predicate) equalsOne(item *source.Value) bool {
	item = p.plain(item)
	return slices.ContainsFunc(p.Values, func(literal *source.Value) bool {
		return equal(item, p.plain(literal)) == Yes
	})
}

// anyText reports whether a text, or one of a list's, has one of the literals at its beginning or end.
func (p Predicate) anyText(v *source.Value, has func(text, part string) bool) Truth {
	return anyItem(v, func(item *source.Value) bool {
		return item.Kind == source.String && slices.ContainsFunc(p.Values, func(literal *source.Value) bool {
			return has(p.folded(item.Text), p.folded(literal.Text))
		})
	})
}

func (p Predicate) patterns() []*regexp.Regexp {
	if p.Texts == nil {
		return nil
	}
	return p.Texts.Patterns
}

// matchesPattern reports whether a whole text matches one of the patterns.
func (p Predicate) matchesPattern(v *source.Value) bool {
	return v.Kind == source.String && slices.ContainsFunc(p.patterns(), func(re *regexp.Regexp) bool {
		return re.MatchString(v.Text)
	})
}

// contains looks for the one literal in a list or in a text.
func (p Predicate) contains(v *source.Value) Truth {
	switch literal := p.Values[0]; {
	case v.Kind == source.Null:
		return No
	case v.Kind == source.List:
		return anyItem(v, p.equalsOne)
	case v.Kind == source.String && literal.Kind == source.String:
		return truth(strings.Contains(p.folded(v.Text), p.folded(literal.Text)))
	}
	return Maybe
}

// hasWords looks for words in a string that is split at white space or at the separator, or in a list of
// strings.
func (p Predicate) hasWords(reading *Reading) Truth {
	words, ok := reading.Value.Strings()
	if !ok {
		reading.Unknown = &Unknown{Why: p.Input.Name + " is " + reading.Value.Kind.String() + ", not a string or a list of strings"}
		return Maybe
	}
	switch {
	case reading.Value.Kind == source.String && p.Texts != nil && p.Texts.Separator != "":
		words = strings.Split(reading.Value.Text, p.Texts.Separator)
	case reading.Value.Kind == source.String:
		words = strings.Fields(reading.Value.Text)
	}
	has := func(literal *source.Value) bool {
		return slices.ContainsFunc(words,
			func(w string) bool { return p.folded(w) == p.folded(literal.Text) })
	}
	if p.Op == HasAny {
		return truth(slices.ContainsFunc(p.Values, has))
	}
	return truth(!slices.ContainsFunc(p.Values, func(literal *source.Value) bool { return !has(literal) }))
}
