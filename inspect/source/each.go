package source

import "slices"

// Each is a list of what a function makes of each item of another. It is never nil.
func Each[V, E any](all []V, of func(V) E) []E {
	made := make([]E, len(all))
	for i, item := range all {
		made[i] = of(item)
	}
	return made
}

// Flat is a list of all that a function makes of the items of another. Of nothing it is nil.
func Flat[V, E any](all []V, of func(V) []E) (made []E) {
	for _, item := range all {
		made = append(made, of(item)...)
	}
	return made
}

// Where is a list of the items for which a function holds. If there is none, it is nil.
func Where[L ~[]E, E any](all L, is func(E) bool) (found L) {
	for _, item := range all {
		if is(item) {
			found = append(found, item)
		}
	}
	return found
}

// Union is a list with those of some items behind it that it does not have yet.
func Union[E comparable](all []E, items ...E) []E {
	for _, item := range items {
		if !slices.Contains(all, item) {
			all = append(all, item)
		}
	}
	return all
}

// Without is a list of the items for which a function does not hold. It is never nil.
func Without[E any](all []E, is func(E) bool) []E {
	left := make([]E, 0, len(all))
	for _, item := range all {
		if !is(item) {
			left = append(left, item)
		}
	}
	return left
}
