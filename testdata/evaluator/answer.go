// Package evaluator says what the published facts say about MuleSoft's JWT Validation and one
// token, check by check. It exists to disagree with the product: it is written from the vendor's
// pages and from observed answers, shares no line with the adapter, and is slow and plain where
// the adapter is not.
//
// Where the pages are silent, contradict each other, or leave it to something that the files do
// not hold, the answer is Open. A product that is definite there has guessed.
package evaluator

// Answer is what the facts say about one check.
type Answer int

// The answers.
const (
	Open Answer = iota
	Pass        // also of a check that the configuration switches off
	Fail
)

func (a Answer) String() string { return [...]string{"open", "pass", "fail"}[a] }

// Check is the answer to one check, by the name that the program gives to it.
type Check struct {
	ID     string
	Claim  string // of a custom claim; empty where the list of them can't be read
	Answer Answer
	Moot   bool // an earlier check stopped the token, so this one says nothing about the gateway
}

// either is the answer where one of several things holds and nobody knows which.
func either(answers ...Answer) Answer {
	for _, a := range answers {
		if a != answers[0] {
			return Open
		}
	}
	return answers[0]
}

func passes(holds bool) Answer {
	if holds {
		return Pass
	}
	return Fail
}

// Verdict is the answer to the whole request: Pass where it is let in.
func Verdict(checks []Check) Answer {
	verdict := Pass
	for _, c := range checks {
		switch {
		case c.Moot:
		case c.Answer == Fail:
			return Fail
		case c.Answer == Open:
			verdict = Open
		}
	}
	return verdict
}
