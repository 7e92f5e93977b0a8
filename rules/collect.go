package rules

// Collection is how to get one of the inputs that a prediction is made from.
type Collection struct {
	Name  string // "contracts"
	Title string
	Flag  string // what takes it: "--contracts"; empty for none
	Steps []Step
}

// Step is one command to run, or, without a command, one thing to do by hand.
type Step struct {
	Note    string // what it gives, or when it is needed
	Command string // for a shell, with {org}, {environment}, … where the ids go; it names secrets only as variables
}
