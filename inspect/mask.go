package inspect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Masker replaces what is personal, and tokens, by labels. The same value gets the same label for as long as the
// Masker lives, so that a reader still sees which values are equal: "user-1", "name-1". The zero Masker is
// ready; it is not for use by several goroutines.
type Masker struct {
	labels map[string]string // by value in lower case: the same address is written in either
	counts map[string]int    // by the label's word
	values []string          // what was learned, ASCII in lower case
	short  []string          // what was learned and is too short to be found in either case
}

// minMasked is the shortest value that is replaced in running text in either case, in bytes: a shorter one could be a word.
const minMasked = 4

// maxMasked is how many values are replaced in running text.
const maxMasked = 1000

// Learn takes note of the personal values in a token's claims. An app-only token's oid and sub are no person's.
func (m *Masker) Learn(p *Profile, claims *source.Value) {
	if claims == nil {
		return
	}
	for i := range claims.Members {
		c := &claims.Members[i]
		m.learn(claimWord(p, c.Key), c.Value)
	}
}

// learn gives a label to each string at and under v: to all of a personal claim, to those of other claims where
// they look like an address, and to the e-mail addresses within any.
func (m *Masker) learn(word string, v *source.Value) {
	for _, item := range v.Items {
		m.learn(word, item)
	}
	for i := range v.Members {
		m.learn(word, v.Members[i].Value)
	}
	text, ok := v.Str()
	if word == "" {
		word = shapeWord(text)
	}
	if ok && text != "" && word != "" {
		m.label(word, text)
		m.remember(text)
	}
	for _, mail := range mailsIn(text) {
		m.label(shapeWord(mail), mail)
		m.remember(mail)
	}
}

// Claims returns the claims with the personal ones masked, as a new value. Numbers of personal claims are masked
// too.
func (m *Masker) Claims(p *Profile, claims *source.Value) *source.Value {
	if claims == nil {
		return nil
	}
	out := *claims
	out.Members = slices.Clone(claims.Members)
	for i := range out.Members {
		c := &out.Members[i]
		c.Value = m.value(claimWord(p, c.Key), c.Value)
	}
	return &out
}

func (m *Masker) value(word string, v *source.Value) *source.Value {
	out := *v
	out.Items = slices.Clone(v.Items)
	for i := range out.Items {
		out.Items[i] = m.value(word, v.Items[i])
	}
	out.Members = slices.Clone(v.Members)
	for i := range out.Members {
		out.Members[i].Value = m.value(word, v.Members[i].Value)
	}
	switch {
	case v.Kind == source.Number && word != "":
		out.Kind, out.Text = source.String, m.label(word, v.Text)
	case v.Kind != source.String || v.Text == "":
	case word != "":
		out.Text = m.label(word, v.Text)
	case shapeWord(v.Text) != "":
		out.Text = m.label(shapeWord(v.Text), v.Text)
	default:
		out.Text = m.Text(v.Text)
	}
	return &out
}

// Text returns a text with every personal value that was learned, and every token, replaced by its label.
func (m *Masker) Text(text string) string {
	text = MaskTokens(text)
	folded := foldASCII(text)
	for _, value := range m.values {
		label := m.labels[strings.ToLower(value)]
		for _, written := range [...]string{value, foldASCII(Safe(value))} {
			if strings.Contains(folded, written) {
				text = replaceWord(text, folded, written, label)
				folded = foldASCII(text)
			}
		}
	}
	for _, value := range m.short {
		text = replaceWord(text, text, value, m.labels[strings.ToLower(value)])
	}
	return text
}

// Observation returns an observation fit for sharing. The message about a personal claim may show its value
// shortened, where it can't be found; such a message is left out.
func (m *Masker) Observation(p *Profile, o Observation) Observation {
	name, ok := strings.CutPrefix(o.Path, "claims.")
	name, _, _ = strings.Cut(name, ".")
	o.Message = m.Text(o.Message)
	if ok && claimWord(p, name) != "" {
		o.Message = "told of a personal claim, whose value is masked"
	}
	return o
}

// label returns the label of a value, which it gets on its first sight.
func (m *Masker) label(word, value string) string {
	key := strings.ToLower(value)
	if m.labels == nil {
		m.labels, m.counts = map[string]string{}, map[string]int{}
	}
	if _, known := m.labels[key]; !known {
		m.counts[word]++
		m.labels[key] = word + "-" + strconv.Itoa(m.counts[word])
	}
	return m.labels[key]
}

// remember has a value replaced in running text.
func (m *Masker) remember(value string) {
	switch {
	case len(m.values)+len(m.short) >= maxMasked:
	case len(value) >= minMasked:
		m.values = insertByLength(m.values, foldASCII(value))
	case isShortName(value):
		m.short = insertByLength(m.short, value)
	}
}

// insertByLength inserts a value that is not there yet, after all that are longer, so that none is replaced within another.
func insertByLength(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	at, _ := slices.BinarySearchFunc(list, value, func(v, value string) int { return len(value) - len(v) })
	return slices.Insert(list, at, value)
}
