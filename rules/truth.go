package rules

import (
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Truth is the value of three-valued logic. The zero Truth is Maybe: what nobody has decided is
// not known.
type Truth int8

// The truth values.
const (
	No    Truth = -1
	Maybe Truth = 0
	Yes   Truth = 1
)

// TruthOf is the truth value of what is known.
func TruthOf(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// may is the set of what something may come out as: it holds, it fails, or the gateway runs into
// an error over it. If its parts are independent, the set of the whole is exact.
type may uint8

const (
	holds may = 1 << iota
	fails
	errs // the gateway's own error: it does not hold, nor does its opposite
)

// as is the set of a truth value, none of which is an error.
func (t Truth) as() may {
	switch t {
	case Yes:
		return holds
	case No:
		return fails
	}
	return holds | fails
}

// truth is what the set says: Yes where nothing else may be, No where it surely does not hold.
func (m may) truth() Truth {
	switch {
	case m == holds:
		return Yes
	case m&holds == 0:
		return No
	}
	return Maybe
}

// sure reports whether it can only come out as one thing.
func (m may) sure() bool { return m == holds || m == fails || m == errs }

// open reports whether we do not know whether it holds.
func (m may) open() bool { return m.truth() == Maybe }

// not is the opposite. The opposite of an error is that error.
func (m may) not() may {
	opposite := m & errs
	if m&holds != 0 {
		opposite |= fails
	}
	if m&fails != 0 {
		opposite |= holds
	}
	return opposite
}

// series is parts that are evaluated one after the other: all of some parts, as long as they hold,
// or alternatives, as long as they fail. An error ends it.
type series struct {
	on    may // goes on
	past  may // what it may have ended as already
	ended bool
}

// allOf is a series of parts that must all hold.
func allOf() series { return series{on: holds} }

// anyOf is a series of alternatives.
func anyOf() series { return series{on: fails} }

// next adds a part, and reports whether the part surely ends the series.
func (s *series) next(m may) bool {
	if s.ended {
		return false
	}
	s.past |= m &^ s.on
	s.ended = m&s.on == 0
	return s.ended
}

// may is what the series comes out as.
func (s *series) may() may {
	if s.ended {
		return s.past
	}
	return s.past | s.on
}

// Need is an input that was not given and would decide what is unknown.
type Need = source.Need

// Unknown is why something can't be known, and what to pass to know it. Need is none where no
// input would help.
type Unknown struct {
	Why  string
	Need Need

	// MayErr says that the gateway may run into an error over it: then nothing that comes later
	// decides.
	MayErr bool

	// NeverTrue says that it is not true, whatever else it is: a check that needs true fails.
	NeverTrue bool

	// Present says that it is there and not null, whatever else it is. NeverFound says that it is
	// null, or an error.
	Present, NeverFound bool
}

// may is what a predicate may come out as that needs the unknown to be true.
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
