package lint

import "github.com/gatewhy/gatewhy/rules"

func anyClientAccepted() rules.Rule {
	return rules.Rule{
		Name:  "any-client-accepted",
		Title: "any client of the tenant is accepted",
		Why: "Nothing in the API's policies separates clients, APIs or environments: a token that the tenant has issued to any client, " +
			"for any API, DEV's at UAT included, is let in.",
		Fix: "Check this environment's audience and the client id, or require a scope or a role " +
			"that " +
			"only this environment's clients have.",
		Severity:   rules.Error,
		Lesser:     "a note where a policy that is not modelled may separate them",
		Since:      since,
		References: []string{daemonFlow},
		Check:      checkAnyClient,
	}
}

func checkAnyClient(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		f := at(first(find(p, rules.Contract), find(p, rules.ClientID), find(p, rules.Signature), find(p, rules.Introspection)), "any client of the tenant is accepted: nothing here separates clients or environments")
		checks := covers(s, p)
		switch {
		case !separated(checks, otherAudiences()):
			all = append(all, f)
		case !separated(modelled(checks), otherAudiences()):
			f.Message += ", unless a policy that is not modelled does"
			all = append(all, less(f, rules.Note))
		}
	}
	return all
}

// separated reports whether the checks may tell clients, APIs or environments of one tenant from others: whether not just any token for
// one of these audiences gets past them.
func separated(checks []*rules.Check, audiences []string) bool {
	got, _ := bystanders(audiences...).lets(checks)
	return got != open
}

// modelled leaves out the policies that are not modelled.
func modelled(checks []*rules.Check) []*rules.Check {
	var all []*rules.Check
	for _, c := range checks {
		if c.ID != rules.NotModelled {
			all = append(all, c)
		}
	}
	return all
}
