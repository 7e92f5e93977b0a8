package lint

import (
	"cmp"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func anyClientAccepted() rules.Rule {
	return rules.Rule{
		Name:  "any-client-accepted",
		Title: "any client of the tenant is accepted",
		Why: "Nothing in the API's policies separates clients, APIs or environments: a token " +
			"that the tenant has issued to any client, for any API, is let in, even a DEV token " +
			"at UAT.",
		Fix: "Check this environment's audience and the client id, or require a scope or a role " +
			"that only this environment's clients have.",
		Severity: rules.Error,
		Lesser: "a warning if an expression on other claims can't be evaluated, a note if a " +
			"policy that gatewhy does not know may separate them",
		References: []string{daemonFlow},
		About:      issued.ByClient(),
		Check:      eachPolicy(checkAnyClient),
	}
}

func checkAnyClient(s *rules.Subject, p *rules.Policy) []rules.Finding {
	c := cmp.Or(
		find(p, rules.Audience), find(p, rules.Contract), find(p, rules.ClientID),
		find(p, rules.Signature), find(p, rules.Introspection),
	)
	f := at(c, "any client of the tenant is accepted: "+
		"nothing here separates clients or environments")
	switch e := exposing(s, p); {
	case e.openToAny(false):
		return one(f)
	case e.modelled().openToAny(false):
		f.Message += unlessUnknown + "does"
		return one(less(f, rules.Note))
	}
	return nil
}

// unlessUnknown is how a finding ends that a policy may rule out of which we know nothing.
const unlessUnknown = ", unless a policy that gatewhy does not know "

// openToAny reports whether any client of the tenant gets in with a token for an API that has
// nothing to do with ours, or with near, for one in whose audience a check finds what it looks for
// in ours: nothing tells clients, APIs or environments apart.
func (e *exposed) openToAny(near bool) bool {
	return e.strangersElsewhere(near, false) == letIn
}

// openToNamesakes reports whether any client of the tenant gets in with a token for an API in
// whose audience a check finds what it looks for in ours, and whose scopes and roles are called as
// ours are: whoever may register an API can name them so.
func (e *exposed) openToNamesakes() bool {
	return e.strangersElsewhere(true, true) == letIn
}
