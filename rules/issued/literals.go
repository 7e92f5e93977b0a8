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
	of, exact map[string][]atom // by claim: all, and those with Equals
	passed    map[literal]passed
}

func newLiterals() literals {
	return literals{
		of: map[string][]atom{}, exact: map[string][]atom{}, passed: map[literal]passed{},
	}
}

// literal is a text that atoms compare the texts of a claim with.
type literal struct {
	claim, text string
	op          rules.Op
}

// passed are the atoms that a text passes.
type passed struct {
	alone   bool  // one of them passes no other text
	several []int // the numbers of the others
}

// add adds an atom. It does not if the atom does more than to compare texts.
func (l *literals) add(claim string, one atom) bool {
	if !one.comparesTexts() {
		return false
	}
	for _, wanted := range one.test.Values {
		text, _ := wanted.Str()
		at := literal{claim, text, one.test.Op}
		known := l.passed[at]
		if known.alone = known.alone || len(one.test.Values) == 1; len(one.test.Values) > 1 {
			known.several = append(known.several, len(l.of[claim]))
		}
		l.passed[at] = known
	}
	l.of[claim] = append(l.of[claim], one)
	if one.test.Op == rules.Equals {
		l.exact[claim] = append(l.exact[claim], one)
	}
	return true
}

// comparesTexts reports whether an atom passes a text that is one of its literals, and no other.
func (a *atom) comparesTexts() bool {
	if a.test == nil || a.test.Texts != nil ||
		a.test.Op != rules.Equals && a.test.Op != rules.OneOf {
		return false
	}
	for _, value := range a.test.Values {
		if _, ok := value.Str(); !ok {
			return false
		}
	}
	return true
}

// write writes which atoms a text passes, or a list of texts, and returns those that are left to be
// tried: of a list, those with Equals.
func (l *literals) write(claim string, value *source.Value, b *strings.Builder) (left []atom) {
	if len(l.of[claim]) == 0 {
		return nil
	}
	texts, areTexts := value.Strings()
	switch {
	case !areTexts || len(texts) == 0:
		return l.of[claim]
	case value.Is(source.List):
		l.writePassed(claim, rules.OneOf, slices.Compact(slices.Sorted(slices.Values(texts))), b)
		return l.exact[claim]
	}
	l.writePassed(claim, rules.OneOf, texts, b)
	l.writePassed(claim, rules.Equals, texts, b)
	return nil
}

func (l *literals) writePassed(claim string, op rules.Op, texts []string, b *strings.Builder) {
	var several []int
	for _, text := range texts {
		known := l.passed[literal{claim, text, op}]
		if several = append(several, known.several...); known.alone {
			b.WriteString(strconv.Itoa(len(text)) + ":" + text)
		}
	}
	slices.Sort(several)
	for _, number := range slices.Compact(several) {
		b.WriteString(strconv.Itoa(number) + ",")
	}
	b.WriteByte(0)
}
