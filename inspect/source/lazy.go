package source

import "sync"

// Lazy is a value that is made when somebody first asks for it: most runs of the program never do.
// As a variable of a package it costs nothing at start, which one of sync.OnceValue does.
type Lazy[T any] struct {
	Make func() T // always gives the same

	once  sync.Once
	value T
}

// Value returns the value. Several may ask for it at once.
func (l *Lazy[T]) Value() T {
	l.once.Do(func() { l.value = l.Make() })
	return l.value
}
