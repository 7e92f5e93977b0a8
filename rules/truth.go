package rules

// Truth is the value of three-valued logic. The zero Truth is Maybe: what nobody has decided is not known.
type Truth int8

// The truth values.
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
