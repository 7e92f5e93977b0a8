package rules

import (
	"strconv"
	"strings"
)

// OlderThan reports whether a version is below another one. It does not know of a version that is
// not written as so many numbers.
func OlderThan(version string, than ...int) (older, known bool) {
	parts := strings.Split(version, ".")
	if len(parts) != len(than) {
		return false, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		switch {
		case err != nil:
			return false, false
		case n != than[i]:
			return n < than[i], true
		}
	}
	return false, true
}
