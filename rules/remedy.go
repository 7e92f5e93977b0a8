package rules

// Remedy is a change whose effect was computed: what was edited was compiled, and the same request run against it again.
type Remedy struct {
	Change
	After Verdict  // of the same request
	Other *Verdict // of another environment's token; nil where none was given
}

// Trial is what compiling an edited file and running the requests against it gave.
type Trial struct {
	Own   Verdict
	Other *Verdict // of another environment's token; nil where none was given
}

// Prove tries each change and keeps those that help: what was rejected no longer is; what was let in
// still is, and another environment's token, where one is given, no longer is. The refused changes are left out.
func Prove(changes []Change, before Trial, try func(edited *Configuration) (Trial, error)) ([]Remedy, error) {
	var remedies []Remedy
	for _, change := range changes {
		if change.Refused != "" {
			continue
		}
		after, err := try(change.Edited)
		if err != nil {
			return nil, err
		}
		if helps(before, after) {
			remedies = append(remedies, Remedy{Change: change, After: after.Own, Other: after.Other})
		}
	}
	return remedies, nil
}

func helps(before, after Trial) bool {
	switch {
	case after.Own.Outcome == Rejected:
		return false
	case after.Other != nil && after.Other.Outcome != Rejected:
		return false
	case before.Own.Outcome == Rejected:
		return true
	}
	if before.Own.Outcome == Undetermined && after.Own.Outcome == Undetermined {
		return after.Own.decidedBy() != before.Own.decidedBy()
	}
	return after.Own.Outcome == before.Own.Outcome
}
