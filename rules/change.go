package rules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Goal is what a change is for. One of Finding and Verdict is set.
type Goal struct {
	// Finding is to be removed.
	Finding *Finding

	// Verdict is of a request that belongs here. Where it is rejected, a change is to let it in;
	// where it is let in, a change is to narrow the policies to requests like it.
	Verdict *Verdict

	// OneClient says that a change may be for the client of that request alone. Without it, a
	// change that lets in no other client is none: the environment may have several.
	OneClient bool

	// MostNarrowed is of how many policies that let the request in changes are made: each change
	// has the whole file once more. All if it is zero, none if it is negative.
	MostNarrowed int

	// MostRepaired is the same of policies that reject the request. All if it is zero.
	MostRepaired int

	// Wanted says by their ids which changes are asked for; all if it is nil.
	Wanted func(id string) bool

	// One says that the first of these is enough: each change has its whole file once more.
	One bool

	Facts Facts
}

// Wants reports whether a change with this id is asked for.
func (g *Goal) Wants(id string) bool { return g.Wanted == nil || g.Wanted(id) }

// NarrowMore is the id of what [NotNarrowed] says.
const NarrowMore = "narrow-more-policies"

// NotNarrowed says that more policies let a request in than changes are made of.
func NotNarrowed(left, most int) Change {
	title := fmt.Sprintf("a change of one of %d more policies", left)
	if left == 1 {
		title = "a change of one more policy"
	}
	return Change{
		ID: NarrowMore, Title: title,
		Refused: fmt.Sprintf("of so many policies that let this token in, changes of no more "+
			"than %d are tried: pass a file with only the policies in question", most),
	}
}

// NotRepaired says that more policies reject a request than changes are made of.
func NotRepaired(left int) Change {
	all := NotNarrowed(left, 0)
	all.ID = "repair-more-policies"
	all.Refused = "so many policies reject this token that no few changes let it in: pass a " +
		"file with only the policies in question"
	return all
}

// Facts are what a change may need to know of one environment, and the file does not say. What is
// not known is empty.
type Facts struct {
	Audience string // in the form that its tokens carry
	Scope    string // that only its API exposes
	Tenant   string // the tenant's id
	Cloud    string // the id of the tenant's cloud
	Version  entra.Version

	// Clients are the ids of all clients that belong to it, where nothing else tells it from other
	// environments: they share an API registration.
	Clients []string

	// Own are the ids of all clients that are known to belong to it, for gateways whose policies
	// are where clients are named.
	Own []string
}

// Change is an edit of one policy that may serve a goal. It is not proved.
type Change struct {
	ID     string        // in kebab-case; the ids of several that are made as one are joined by +
	Title  string        // what to do, as a sentence begins: "require the role Orders.Read"
	Policy *Policy       // that it changes
	Fields []FieldChange // what it changes there
	Edited *Configuration

	// Refused says why the change that a reader expects can't be made, or can't help. Then Edited
	// is nil, and Needs says what would help.
	Refused string
	Needs   []source.Need
}

// OnlyClients is the title of a change after which a claim must name one of these clients.
func OnlyClients(claim string, clients []string) string {
	return "accept only the " + claim + " of this environment's clients: " +
		strings.Join(clients, ", ")
}

// Changes makes an adapter's [Adapter.Changes] of its change for a finding in a policy of the
// configuration, which is empty where none is known, and of its changes for a verdict.
func Changes(
	forFinding func(*Configuration, Goal) Change,
	forVerdict func(*Configuration, Goal) []Change,
) func(*Configuration, Goal) []Change {
	return func(c *Configuration, goal Goal) []Change {
		f := goal.Finding
		if f == nil {
			return forVerdict(c, goal)
		}
		change := Change{}
		if c.Index(f.Policy) >= 0 {
			change = forFinding(c, goal)
		}
		if change.Edited == nil && change.Refused == "" {
			change.Refused = "no change of this configuration is known for it"
		}
		change.Policy, change.Title = f.Policy, cmp.Or(change.Title, "repair "+f.Rule)
		return []Change{change}
	}
}

// NotEditable is why an edit can't be made, in one line: that refuses one change, and ends nothing
// else.
func NotEditable(err error) string {
	var fault *source.Error
	if !errors.As(err, &fault) {
		fault = &source.Error{Cause: err.Error()}
	}
	where, why := "the file can't be edited", fault.Cause
	if fault.Pos.Line > 0 {
		where = fmt.Sprintf("line %d", fault.Pos.Line)
	}
	for _, hint := range fault.Hints {
		why += "; " + hint.Text
	}
	return where + ": " + why
}

// FieldChange is what a change does to one field.
type FieldChange struct {
	Field, From, To string

	// Fill says why To only holds a place that a person may have to fill in; empty where it does
	// not.
	Fill string
}

// Solution is a ready-made repair of several steps. After it, an environment's own tokens get in,
// and some others do not.
type Solution struct {
	Name     string // as the command line has it
	Title    string
	Steps    []string   // the ids of its changes, those that do it all first
	KeepsOut []Outsider // whom it keeps out

	OneClient bool // it lets in the client of the environment's own token alone

	// Needs is what else it needs, if no token of the environment shows it.
	Needs func(f Facts) []source.Need
}

// Start is the index of the change that the solution begins with; -1 where none of them belongs
// to it.
func (s *Solution) Start(changes []Change) int {
	for _, step := range s.Steps {
		i := slices.IndexFunc(changes, func(c Change) bool {
			return c.Refused == "" && isOf(c.ID, step)
		})
		if i >= 0 {
			return i
		}
	}
	return -1
}

// Has reports whether a change with this id is one of its steps.
func (s *Solution) Has(id string) bool {
	return slices.ContainsFunc(s.Steps, func(step string) bool { return isOf(id, step) })
}

// First asks for the first change that the solution begins with, as [Solution.Start] takes it from
// all of them; nil where there is none.
func (s *Solution) First(changes func(Goal) []Change, goal Goal) *Change {
	goal.One = true
	for _, step := range s.Steps {
		goal.Wanted = func(id string) bool { return isOf(id, step) }
		for _, change := range changes(goal) {
			if change.Refused == "" && isOf(change.ID, step) {
				return &change
			}
		}
	}
	return nil
}

// isOf reports whether a change, which may be several that are made as one, has this id.
func isOf(id, step string) bool { return slices.Contains(strings.Split(id, "+"), step) }

// Outsider is somebody whose tokens a policy should not let in.
type Outsider string

// The outsiders that a change is proved against: a client of another environment, with its own
// token for its own API; another client of the tenant, with a token for this API; a token for an
// API whose scopes and roles have the same names; a token that another tenant has issued.
const (
	OtherEnvironment Outsider = "other-environment"
	OtherClient      Outsider = "other-client"
	OtherAPI         Outsider = "other-api"
	OtherTenant      Outsider = "other-tenant"
)
