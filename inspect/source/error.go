package source

// Error says what is wrong, where, and what to do about it. It is the one shape of an error, whatever was
// read. Cause and hints never hold a token.
type Error struct {
	Pos   Position // the zero one where no file is to blame
	Cause string   // lower case, no full stop
	Hints []Hint   // what to do, in order; may be none
	Limit bool     // what was read may be right, but goes beyond what is read here
}

// Error returns the cause behind its place.
func (e *Error) Error() string {
	if place := e.Pos.String(); place != "" {
		return place + ": " + e.Cause
	}
	return e.Cause
}

// Hint is one thing to do: a sentence, lower case, without a full stop, and what to pass where that would
// help. The sentence may name with %s what is to be passed; else that follows it.
type Hint struct {
	Text string
	Need Need
}

// Hints returns hints that are nothing but sentences. Empty ones are left out.
func Hints(sentences ...string) []Hint {
	var all []Hint
	for _, sentence := range sentences {
		if sentence != "" {
			all = append(all, Hint{Text: sentence})
		}
	}
	return all
}

// Ask returns the hint to pass an input.
func Ask(input Input, sentence string) Hint {
	return Hint{Text: sentence, Need: Need{Input: input}}
}
