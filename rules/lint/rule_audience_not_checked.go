package lint

import (
	"cmp"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func audienceNotChecked() rules.Rule {
	return rules.Rule{
		Name:  "audience-not-checked",
		Title: "the audience of tokens is not checked",
		Why: "aud says which API a token was issued for. Without a check of it, a token that a " +
			"client got for another API, or for the same API in another environment, is " +
			"accepted here.",
		Fix: "Check the audience against this environment's own App ID URI (v1.0 tokens) or " +
			"application id (v2.0 tokens), and make it mandatory.",
		Severity: rules.Error,
		Lesser: "a warning if other checks distinguish clients, or if an expression on other " +
			"claims can't be evaluated, a note if an expression that can't be evaluated, or a " +
			"policy that gatewhy does not know, may check it",
		References: []string{validating},
		About:      []string{"aud", "scp", "scope", "roles"},
		Check:      eachPolicy(checkAudienceThere),
	}
}

// anyOther is what follows where the audience is not checked.
const anyOther = "a token for any other API is accepted"

// checkAudienceThere leaves out an audience that is configured and switched off, which has a rule
// of its own, and policies that can't check one. Where other checks tell clients apart, only a
// client that passes them can use the hole.
func checkAudienceThere(s *rules.Subject, p *rules.Policy) []rules.Finding {
	c := find(p, rules.Audience)
	if c == nil || c.Skip != "" && len(configured(c)) > 0 {
		return nil
	}
	e, near := exposing(s, p), false
	got, _ := e.ownElsewhere(false)
	f := at(cmp.Or(claimCheck(p, "aud"), c), "the audience is not checked: "+anyOther)
	if got < doubtful && e.holders.FindsParts() {
		if part, token := e.ownElsewhere(true); part == letIn {
			got, near = part, true
			aud := token.Settled().Claim("aud").Text
			f.Message = "the audience is only partly checked: " + aud + " passes too"
		}
	}
	switch {
	case got == unclear:
		f.Message = "it is not known whether the audience is checked: " +
			e.unclearBy("an expression reads it in a way that can't be evaluated")
		return one(less(f, rules.Note))
	case near && e.openToNamesakes():
		return one(f)
	case got == letIn && !e.openToAny(near):
		f.Message = strings.Replace(f.Message, anyOther,
			"a token for another API is accepted from a client that passes the other checks", 1)
		return one(less(f, rules.Warning))
	case got == letIn:
		return one(f)
	}
	if got, _ := e.modelled().ownElsewhere(false); got == letIn {
		f.Message += unlessUnknown + "checks it"
		return one(less(f, rules.Note))
	}
	return nil
}
