package render

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// failures are checks that failed and keep the request out. The zero failures is ready.
type failures struct {
	groups rules.Groups
	of     map[*rules.Policy]*failedAt
}

// failedAt is where checks of a policy failed: at the end of a path of alternatives, or below it.
type failedAt struct {
	here     bool
	below    map[string]*failedAt // by the next step
	anywhere bool                 // some step below it is not one of several alternatives
}

// add adds a check if it failed and keeps the request out.
func (f *failures) add(r *rules.Result) {
	if r.Outcome != rules.Fail || r.Harmless {
		return
	}
	if f.of == nil {
		f.of = map[*rules.Policy]*failedAt{}
	}
	at := f.of[r.Policy]
	if at == nil {
		at = &failedAt{}
		f.of[r.Policy] = at
	}
	for _, step := range strings.Split(f.groups.Of(r), ".") {
		if at.below == nil {
			at.below = map[string]*failedAt{}
		}
		if at.below[step] == nil {
			at.below[step] = &failedAt{}
		}
		at.anywhere = at.anywhere || !isAlternative(step)
		at = at.below[step]
	}
	at.here = true
}

func isAlternative(step string) bool { return strings.HasPrefix(step, "any[") }

// before reports whether one of them comes before a check, so that the check would fail next. A
// failure in another alternative does not count.
func (f *failures) before(r *rules.Result) bool {
	at := f.of[r.Policy]
	if len(f.of) > 1 || len(f.of) == 1 && at == nil {
		return true
	}
	if at == nil {
		return false
	}
	for _, step := range strings.Split(f.groups.Of(r), ".") {
		next := at.below[step]
		switch others := len(at.below) > 1 || len(at.below) == 1 && next == nil; {
		case at.here:
			return true
		case others && (at.anywhere || !isAlternative(step)):
			return true
		case next == nil:
			return false
		}
		at = next
	}
	return true // itself is before it, or one below it
}
