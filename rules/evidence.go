package rules

// Level says how well a prediction is founded.
type Level string

// The levels, best first.
const (
	Documented Level = "documented" // the vendor's documentation says so
	Observed   Level = "observed"   // someone ran it and published what happened
	Inferred   Level = "inferred"   // deduced from documentation or public code; nobody is known to have run it
)

// Evidence is what a prediction rests on. Reference is a document, a page or a published observation, as a
// reader would look it up.
type Evidence struct {
	Level     Level
	Reference string
}

// Answer is what a gateway sends where a check fails.
type Answer struct {
	Situation string // the row of the table of behaviours that it was read from
	Status    int    // 0 where it is not known
	Body      string // the exact body; empty where no published answer gives it
	NoBody    bool   // the body is known to be empty
	Weight    int8   // which answer is sent where several alternatives fail, of [Weightiest]
	Says      string // words that are known to stand in the answer, where its exact body is not known
	Evidence  Evidence
}

// weaker reports whether e is worse founded than other.
func (e Evidence) weaker(other Evidence) bool { return e.rank() > other.rank() }

func (e Evidence) rank() int {
	switch e.Level {
	case Documented:
		return 0
	case Observed:
		return 1
	}
	return 2
}
