package rules

import "github.com/gatewhy/gatewhy/inspect/source"

// Need is an input that was not given and that would decide what is unknown.
type Need = source.Need

// Unknown is why something can't be known, and what to pass to know it. Need is none where nothing that could
// be passed would help.
type Unknown struct {
	Why  string
	Need Need

	// MayErr says that the gateway perhaps runs into an error over it: then nothing that comes later decides
	// in its place.
	MayErr bool

	// NeverTrue says that whatever it is, it isn't true: a check that needs true fails.
	NeverTrue bool

	// Present says that it is there, whatever it is, and not null; NeverFound that it is null, or an error.
	Present, NeverFound bool
}

// may is what a predicate that needs the unknown to be true may come out as.
func (u *Unknown) may() may {
	m := fails
	if !u.NeverTrue {
		m |= holds
	}
	if u.MayErr {
		m |= errs
	}
	return m
}
