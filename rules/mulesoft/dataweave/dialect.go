package dataweave

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Dialect is the engine that runs an expression.
type Dialect uint8

// The dialects.
const (
	Mule Dialect = iota // DataWeave 2 in a Mule 4 runtime
	Flex                // PEL in Flex Gateway, which newer documentation calls Omni Gateway
)

// String returns the gateway's name.
func (d Dialect) String() string {
	if d == Flex {
		return "Flex Gateway"
	}
	return "Mule"
}

// Version is a version of the Mule runtime. The zero Version means that we do not know it.
type Version struct{ Major, Minor, Patch int }

// String returns the version as major.minor.patch.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Known reports whether we know the version.
func (v Version) Known() bool { return v != Version{} }

// AtLeast reports whether the version is this one or a later one.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// Before reports whether the version is an earlier one.
func (v Version) Before(other Version) bool {
	return slices.Compare(v.fields(), other.fields()) < 0
}

func (v Version) fields() []int { return []int{v.Major, v.Minor, v.Patch} }

// ParseRuntime reads the version of a Mule 4 runtime as the control plane writes it: "4.4",
// "4.4.0", "4.4.0-20230619", "4.6.1:12e-java17". Mule 4.2 brings DataWeave 2.2, Mule 4.3 brings
// 2.3 and Mule 4.4 brings 2.4.
func ParseRuntime(text string) (Version, error) {
	number, _, _ := strings.Cut(strings.TrimSpace(text), "-")
	number, _, _ = strings.Cut(number, ":")
	parts := strings.Split(number, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return Version{}, notAVersion(text)
	}
	var fields [3]int
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return Version{}, notAVersion(text)
		}
		fields[i] = int(n)
	}
	if fields[0] != 4 {
		const why = "mule %s is not modelled: only Mule 4 runs DataWeave 2"
		return Version{}, fmt.Errorf(why, number)
	}
	return Version{fields[0], fields[1], fields[2]}, nil
}

func notAVersion(text string) error {
	return fmt.Errorf("%q is not a version of the Mule runtime", text)
}
