package rules

import (
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
		return oneOf(v, p.Values)
	case Contains:
		return contains(v, p.Values[0])
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
	if err == nil && n == 0 {
		if p.Zero == Maybe {
			reading.Unknown = &Unknown{Why: p.Input.Name + " is 0, which older versions of the policy take for a token that has not expired"}
		}
		return p.Zero
	}
	return truth(err == nil && n > 0)
}

// equals compares a value with the one literal. A list or an object never equals a text.
func (p Predicate) equals(reading *Reading) Truth {
	kind := reading.Value.Kind
	if p.Loose && (kind == source.Number || kind == source.Bool) {
		reading.Unknown = &Unknown{Why: p.Input.Name + " is " + kind.String() + ", and it is not documented how the gateway compares it with a text"}
		return Maybe
	}
	return equal(reading.Value, p.Values[0])
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

func oneOf(v *source.Value, literals []*source.Value) Truth {
	items := []*source.Value{v}
	if v.Kind == source.List {
		items = v.Items
	}
	for _, item := range items {
		for _, literal := range literals {
			if equal(item, literal) == Yes {
				return Yes
			}
		}
	}
	return No
}

func contains(v, literal *source.Value) Truth {
	switch v.Kind {
	case source.Null:
		return No
	case source.List:
		return oneOf(v, []*source.Value{literal})
	case source.String:
		if literal.Kind == source.String {
			return truth(strings.Contains(v.Text, literal.Text))
		}
	}
	return Maybe
}

// hasWords looks for words in a string that is split at white space, or in a list of strings.
func (p Predicate) hasWords(reading *Reading) Truth {
	words, ok := reading.Value.Strings()
	if !ok {
		reading.Unknown = &Unknown{Why: p.Input.Name + " is " + reading.Value.Kind.String() + ", not a string or a list of strings"}
		return Maybe
	}
	if reading.Value.Kind == source.String {
		words = strings.Fields(reading.Value.Text)
	}
	found := 0
	for _, literal := range p.Values {
		for _, word := range words {
			if word == literal.Text {
				found++
				break
			}
		}
	}
	if p.Op == HasAny {
		return truth(found > 0)
	}
	return truth(found == len(p.Values))
}
