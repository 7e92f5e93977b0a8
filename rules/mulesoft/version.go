package mulesoft

import (
	"strconv"
	"strings"
)

// olderThan tells whether an asset's version is below another. It is not known for one that isn't written as three
// numbers.
func olderThan(version string, than ...int) (older, known bool) {
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
