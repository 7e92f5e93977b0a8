package source

import (
	"fmt"
	"strings"
)

// reportDuplicates tells of each member of an object that stands there before. Gateways differ in which of
// the two they take.
func (f *File) reportDuplicates(object *Value, where *place) {
	if len(object.Members) < 2 {
		return
	}
	seen := make(map[string]int, len(object.Members))
	for i := range object.Members {
		m := &object.Members[i]
		if first, twice := seen[m.Key]; twice && len(f.Problems) < maxProblems {
			f.problem("duplicate-member", m.KeySpan.Start, duplicate(&object.Members[first], m, where))
		}
		seen[m.Key] = i
	}
}

func duplicate(first, second *Member, where *place) string {
	name := where.member(second.Key)
	if isSecret(second.Key) {
		return fmt.Sprintf("%s stands twice, first at line %d; the last one counts for most readers", name, first.KeyPos.Line)
	}
	return fmt.Sprintf("%s stands twice: %s at line %d, then %s; the last one counts for most readers",
		name, first.Value.brief(), first.KeyPos.Line, second.Value.brief())
}

// brief returns the value for a message, in few characters.
func (v *Value) brief() string {
	switch v.Kind {
	case List, Object, Unknown:
		return v.Kind.String()
	case String:
		if holdsSecret(v.Text) {
			return secretText
		}
		return quoteJSON(shorten(v.Text))
	}
	return shorten(v.JSON())
}

// isSecret reports whether a member of this name holds what a message must not show: a password,
// credentials, a key, or the private half of one (RFC 7518, section 6). A member that is called
// key and no more is the name in a pair of name and value.
func isSecret(name string) bool {
	switch name {
	case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
		return true
	}
	name = strings.ToLower(name)
	for _, part := range []string{"secret", "password", "private", "authorization"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name != "key" && strings.HasSuffix(name, "key")
}
