package rules

// Outcome is what a check came out as.
type Outcome string

// The outcomes of a check.
const (
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
	Unsure  Outcome = "unknown"
	Skipped Outcome = "skipped"
)

// Decision is what a gateway does with a request.
type Decision string

// The decisions.
const (
	Accepted     Decision = "accepted"
	Rejected     Decision = "rejected"
	Undetermined Decision = "undetermined"
)

// decision is what follows from a policy that may come out so.
func (m may) decision() Decision {
	switch m.truth() {
	case Yes:
		return Accepted
	case No:
		return Rejected
	}
	return Undetermined
}
