package lint

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func clientIDChosenByCaller() rules.Rule {
	return rules.Rule{
		Name:  "client-id-chosen-by-caller",
		Title: "the client id is read from what the caller writes, not from the token",
		Why: "A client id is not a secret. Anyone with a token that passes the other checks can " +
			"add the id of a client with a contract, and is let in as that client.",
		Fix:      "Read the client id from the token: appid (v1.0 tokens) or azp (v2.0 tokens).",
		Severity: rules.Error,
		Lesser: "a warning if that is so for the tokens of one version only, where a scope or a " +
			"role keeps other clients out, or if an expression on other claims can't be evaluated",
		References: []string{validating},
		About:      issued.ByClient(),
		Check:      eachCheckOf(checkCaller),
	}
}

// checkCaller leaves out what only a validation endpoint's answer or another policy decides. It is
// a warning where other checks keep out clients that can have a token for this API: then the hole
// is one change away.
func checkCaller(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	message, sure := calledBy(s, p, c)
	if message == "" {
		return nil
	}
	f := at(c, "%s", message)
	if e := exposing(s, p); e.daemons() != letIn || !sure {
		f = less(f, rules.Warning)
	}
	return one(f)
}

// calledBy says how the caller chooses the client id, and whether they surely can: it may be so
// for the tokens of one version only.
func calledBy(s *rules.Subject, p *rules.Policy, c *rules.Check) (message string, sure bool) {
	ids := identities(c)
	if ids[0].caller == "" && ids[1].caller == "" {
		return "", false
	}
	ev := factsOf(s, p).version
	for i, v := range versions() {
		same, both := ids[i].caller == sameForAll, ids[1-i].caller != ""
		switch {
		case ids[i].caller == "", ev.known() && ev.version != v && !both:
			continue
		case same && both:
			return "the client id is the same for every caller: anyone with a token that passes " +
				"the other checks is treated as that client", true
		case both:
			return fmt.Sprintf("the client id is read from %s: a caller with any token that "+
				"passes the other checks can name any client", ids[i].caller), true
		case same:
			return fmt.Sprintf("in a v%s token the client id is the same for every caller", v),
				ev.known()
		default:
			return fmt.Sprintf("in a v%s token the client id is read from %s, "+
				"which the caller writes", v, ids[i].caller), ev.known()
		}
	}
	return "", false
}
