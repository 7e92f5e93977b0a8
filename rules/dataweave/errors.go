package dataweave

import "fmt"

// Error says why a text can't be read, where, and what to write instead. The gateway refuses such a text too,
// unless Limit is set.
type Error struct {
	Column int    // characters from 1, within the text given to Parse
	Cause  string // lower case, no full stop
	Hint   string // may be empty
	Limit  bool   // the text goes beyond this package's limits: that says nothing about the gateway
}

func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Cause) }

// Construct is a part of DataWeave that an expression uses and this package, or this dialect, doesn't run.
type Construct struct {
	Name    string // as a message names it: `the function "some"`, "a lambda"
	Why     string // why it isn't run: one sentence, lower case, no full stop
	Write   string // what to write in its place; may be empty
	Column  int    // characters from 1
	Missing bool   // the gateway itself doesn't have it, as far as its documentation and published code tell
}

// unsupported ends the parsing of a text at a construct that the parser recognises but can't step over.
type unsupported struct {
	Name   string
	Column int
}

func (u *unsupported) Error() string {
	return fmt.Sprintf("column %d: %s is not supported", u.Column, u.Name)
}
