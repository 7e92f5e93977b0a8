package dataweave

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// errorAt is an error at a column of the text. Until the parser returns it, that is a byte offset.
func errorAt(column int, cause, hint string) *source.Error {
	place := source.Position{Column: column}
	return &source.Error{Pos: place, Cause: cause, Hints: source.Hints(hint)}
}

// beyond is an error about this package's own limits: it says nothing about the gateway.
func beyond(column int, cause, hint string) *source.Error {
	err := errorAt(column, cause, hint)
	err.Limit = true
	return err
}

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
