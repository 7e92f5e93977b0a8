package dataweave

import (
	"fmt"
	"strconv"
	"strings"
)

// JavaDoubt is why we do not know what a gateway makes of a regular expression, which it reads as
// Java does (java.util.regex.Pattern) and this program as Go does. It is empty where the two read
// it alike, and malformed where Java refuses it.
func JavaDoubt(expression string) (why string, malformed bool) {
	j := javaReader{rest: expression}
	for j.rest != "" && j.why == "" {
		j.next()
	}
	return j.why, j.malformed
}

// javaReader goes through an expression, and stops at what the two may read otherwise.
type javaReader struct {
	rest      string
	why       string
	malformed bool
}

func (j *javaReader) next() {
	c := j.rest[0]
	switch {
	case c >= 0x80:
		j.stop("the gateway may compare a character that is not ASCII differently")
	case c == '\\':
		j.escape()
	case c == '[':
		j.class()
	case c == '(':
		j.group()
	case c == '{':
		j.repetition()
	default:
		j.rest = j.rest[1:]
	}
}

func (j *javaReader) stop(why string) { j.why = why }

func (j *javaReader) refused(why string) { j.why, j.malformed = why, true }

// escape reads a character behind a backslash: a sign, which stands for itself, or one of the
// classes that both know.
func (j *javaReader) escape() {
	if len(j.rest) == 1 {
		j.refused("nothing follows its last backslash")
		return
	}
	c := j.rest[1]
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
	if letter && !strings.ContainsRune("dDwWsSntrf", rune(c)) {
		j.stop(fmt.Sprintf(`gatewhy reads \%c differently from the gateway`, c))
		return
	}
	j.rest = j.rest[2:]
}

// class reads a class of characters. One inside another, and the intersection of two, are Java's
// alone.
func (j *javaReader) class() {
	j.rest = strings.TrimPrefix(j.rest[1:], "^")
	if strings.HasPrefix(j.rest, "]") {
		j.stop("the gateway may read the first ] of a class differently")
		return
	}
	for j.why == "" {
		switch {
		case j.rest == "":
			j.refused("a class of characters has no end")
		case j.rest[0] == ']':
			j.rest = j.rest[1:]
			return
		case j.rest[0] == '[' || strings.HasPrefix(j.rest, "&&"):
			j.stop("gatewhy reads a class inside another differently from the gateway")
		case j.rest[0] == '\\':
			j.escape()
		case j.rest[0] >= 0x80:
			j.stop("the gateway may compare a character that is not ASCII differently")
		default:
			j.rest = j.rest[1:]
		}
	}
}

// group reads the beginning of a group.
func (j *javaReader) group() {
	j.rest = j.rest[1:]
	if !strings.HasPrefix(j.rest, "?") {
		return
	}
	for _, both := range []string{"?:", "?i)", "?i:"} {
		if after, ok := strings.CutPrefix(j.rest, both); ok {
			j.rest = after
			return
		}
	}
	if strings.HasPrefix(j.rest, "?P") {
		j.refused("(?P is not an expression of Java")
		return
	}
	j.stop("gatewhy reads a group that begins with (? differently from the gateway")
}

// repetition reads {n}, {n,} and {n,m}. Java refuses any other brace, and Go takes it for itself.
func (j *javaReader) repetition() {
	inside, after, found := strings.Cut(j.rest[1:], "}")
	from, to, _ := strings.Cut(inside, ",")
	if !found || !isCount(from) || to != "" && !isCount(to) {
		j.refused("Java reads { as the beginning of a number of repetitions, not of a name")
		return
	}
	j.rest = after
}

func isCount(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}
