package source

// Each is a list of what a function makes of each item of another. It is never nil.
func Each[V, E any](all []V, of func(V) E) []E {
	made := make([]E, len(all))
	for i, item := range all {
		made[i] = of(item)
	}
	return made
}
