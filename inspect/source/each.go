package source

// Each is a list of what a function makes of each item of another. It is never nil.
func Each[V, E any](all []V, of func(V) E) []E {
	made := make([]E, len(all))
	for i, item := range all {
		made[i] = of(item)
	}
	return made
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
