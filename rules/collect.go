package rules

import "github.com/gatewhy/gatewhy/inspect/source"

// Collection is how to get one of the inputs that a prediction is made from.
type Collection struct {
	Name  string // "contracts"
	Title string
	Takes []source.Input // which inputs of the program it gives; none for what the other steps need
	Steps []Step
}

// Step is one command to run, or, without a command, one thing to do by hand.
type Step struct {
	Note    string  // what it gives, or when it is needed
	Command string  // for a shell, with {org}, {environment}, … where the ids go; it names secrets only as variables
	Explain []Given // in the place of Command: a prediction from what the steps before it gave
}

// Given is an input with the value that it gets.
type Given struct {
	Input source.Input
	Value string
}
