package source

import (
	"strconv"
	"strings"
)

// place is where a value stands in its document: the way back to the root. Its text is made only for a
// message.
type place struct {
	parent *place
	key    string
	item   int // of a list, where key is empty
}

func (p *place) member(key string) *place { return &place{parent: p, key: key, item: -1} }

func (p *place) at(item int) *place { return &place{parent: p, item: item} }

// maxPlace is how many steps of a path a message shows: the last ones, which tell most.
const maxPlace = 8

// String returns the path in the way of JavaScript: configuration.scopes[0].
func (p *place) String() string {
	var steps []string
	for ; p != nil && len(steps) < maxPlace; p = p.parent {
		steps = append(steps, p.step())
	}
	var b strings.Builder
	if p != nil {
		b.WriteString("…")
	}
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString(steps[i])
	}
	return strings.TrimPrefix(b.String(), ".")
}

func (p *place) step() string {
	switch {
	case p.item >= 0:
		return "[" + strconv.Itoa(p.item) + "]"
	case isName(p.key):
		return "." + p.key
	}
	return "[" + strconv.Quote(shorten(p.key)) + "]"
}

func isName(key string) bool {
	if key == "" || len(key) > maxShown {
		return false
	}
	for _, r := range key {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// maxShown is how many characters of a text a message shows.
const maxShown = 40

// shorten leaves out the middle of a long text: what differs is often at its end.
func shorten(text string) string {
	if len(text) <= maxShown {
		return text
	}
	all := []rune(text)
	if len(all) <= maxShown {
		return text
	}
	half := maxShown / 2
	return string(all[:half]) + "…" + string(all[len(all)-half:])
}
