package issued

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// literals are the atoms that compare the texts of a claim with literals, and do no more. Which of
// them a text passes is looked up: there may be thousands, and as many texts to ask about.
type literals struct {
	of     map[string][]atom // by claim
	passed map[literal]passed
}

// literal is a text that atoms compare the texts of a claim with.
type literal struct {
	claim, text string
	op          rules.Op
}

// passed are the numbers of the atoms that a text passes: of those that pass no other text, one.
type passed struct {
	alone   bool // there is such a one
	numbers []int
}

// add adds an atom. It does not if the atom does more than to compare texts.
func (l *literals) add(claim string, one atom) bool {
	if !one.comparesTexts() {
		return false
	}
	if l.of == nil {
		l.of, l.passed = map[string][]atom{}, map[literal]passed{}
	}
	alone, number := len(one.test.Values) == 1, len(l.of[claim])
	for _, wanted := range one.test.Values {
		text, _ := wanted.Str()
		at := literal{claim, text, one.test.Op}
		known := l.passed[at]
		if alone && known.alone {
			continue
		}
		l.passed[at] = passed{alone || known.alone, append(known.numbers, number)}
	}
	l.of[claim] = append(l.of[claim], one)
	return true
}

// comparesTexts reports whether an atom passes a text that is one of its literals, or contains it,
// and no other.
func (a *atom) comparesTexts() bool {
	if a.test == nil || a.test.Texts != nil {
		return false
	}
	switch a.test.Op {
	case rules.Equals, rules.OneOf, rules.Contains:
	default:
		return false
	}
	for _, value := range a.test.Values {
		if _, ok := value.Str(); !ok {
			return false
		}
	}
	return true
}

// write writes which atoms a text passes, or a list of texts, and returns those that are left to
// be tried: of a list, those with Equals.
func (l *literals) write(claim string, value *source.Value, b *strings.Builder) (left []atom) {
	all := l.of[claim]
	if len(all) == 0 {
		return nil
	}
	var buffer [8]int
	numbers := buffer[:0]
	texts, areTexts := value.Strings()
	switch {
	case !areTexts || len(texts) == 0:
		return all
	case value.Is(source.List):
		for _, one := range all {
			if one.test.Op == rules.Equals {
				left = append(left, one)
			}
		}
		for _, text := range texts {
			numbers = append(numbers, l.passed[literal{claim, text, rules.Contains}].numbers...)
		}
	default:
		numbers = append(numbers, l.passed[literal{claim, texts[0], rules.Equals}].numbers...)
		for number, one := range all {
			if one.test.Op == rules.Contains &&
				strings.Contains(texts[0], one.test.Values[0].Text) {
				numbers = append(numbers, number)
			}
		}
	}
	for _, text := range texts {
		numbers = append(numbers, l.passed[literal{claim, text, rules.OneOf}].numbers...)
	}
	slices.Sort(numbers)
	for _, number := range slices.Compact(numbers) {
		b.WriteString(strconv.Itoa(number))
		b.WriteByte(',')
	}
	b.WriteByte(0)
	return left
}
