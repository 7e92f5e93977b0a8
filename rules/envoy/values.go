package envoy

import (
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Nested is the input that reads a claim, or one inside of another.
func Nested(path []string) rules.Input {
	if len(path) == 1 {
		return rules.Claim(path[0])
	}
	outer := rules.Claim(path[0])
	inner := func(r *rules.Request) rules.Reading {
		reading := r.Read(outer)
		reading.Value = reading.Value.At(path[1:]...)
		return reading
	}
	return rules.Computed("claim:"+strings.Join(path, "."), inner, outer)
}

// HasWord is the predicate that a claim, which the filter has split at its blanks into a list, has
// one of some words.
func HasWord(in rules.Input, words []string) rules.Predicate {
	kinds := []source.Kind{source.String, source.List}
	return rules.Both(
		rules.Found(in), rules.Predicate{Op: rules.Typed, Input: in, Kinds: kinds},
		rules.Predicate{
			Op: rules.HasAny, Input: in, Values: rules.Literals(words...),
			Texts: &rules.Texts{Separator: " "},
		},
	)
}

// Patterns are expressions of an adapter, which a whole text has to match.
func Patterns(expressions ...string) []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, expression := range expressions {
		pattern, err := rules.WholePattern(expression)
		if err != nil {
			panic(err) // every text in them is quoted
		}
		all = append(all, pattern)
	}
	return all
}

// Either is one of some predicates; the one itself where it is alone.
func Either(parts []rules.Predicate) rules.Predicate {
	if len(parts) == 1 {
		return parts[0]
	}
	return rules.Either(parts...)
}

// Both is all of some predicates; the one itself where it is alone.
func Both(parts []rules.Predicate) rules.Predicate {
	if len(parts) == 1 {
		return parts[0]
	}
	return rules.Both(parts...)
}

// NotKnown is undecided, for a reason that no input helps with.
func NotKnown(why string) rules.Predicate {
	return rules.Undecided(&rules.Unknown{Why: why})
}

// Perhaps is one of two predicates, and it is not known which.
func Perhaps(one, other rules.Predicate, why *rules.Unknown) rules.Predicate {
	return rules.Either(
		rules.Both(one, other),
		rules.Both(rules.Either(one, other), rules.Undecided(why)),
	)
}

// NoTexts lists claims of Entra ID that are numbers or booleans: a gateway that compares texts
// alone finds none of them.
func NoTexts() []string {
	return []string{"exp", "iat", "nbf", "auth_time", "acct", "email_verified", "xms_edov"}
}
