package envoy

// Truth is whether something holds.
type Truth int8

// The values of a Truth. Maybe depends on what a request does not show.
const (
	No    Truth = -1
	Maybe Truth = 0
	Yes   Truth = 1
)

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// every is whether all of them hold; some, whether one does.
func every[T any](of []T, holds func(*T) Truth) Truth {
	t := Yes
	for i := range of {
		t = min(t, holds(&of[i]))
	}
	return t
}

func some[T any](of []T, holds func(*T) Truth) Truth {
	t := No
	for i := range of {
		t = max(t, holds(&of[i]))
	}
	return t
}
