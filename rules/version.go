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

// MinorOf is the second number of a version 1: 28 of 1.28.1 and of v1.28. It is not ok for any
// other version.
func MinorOf(version string) (minor int, ok bool) {
	parts := strings.Split(strings.TrimPrefix(version, "v"), ".")
	if len(parts) < 2 || parts[0] != "1" {
		return 0, false
	}
	minor, err := strconv.Atoi(parts[1])
	return minor, err == nil
}
