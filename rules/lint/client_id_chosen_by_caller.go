package lint

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

func clientIDChosenByCaller() rules.Rule {
	return rules.Rule{
		Name:  "client-id-chosen-by-caller",
		Title: "the client id is read from what the caller writes, not from the token",
		Why: "A client id is no secret. Whoever has any token that passes the other checks writes the id of a client with a contract " +
			"beside it, and is let in as that client.",
		Fix:        "Read the client id from the token: appid (v1.0 tokens) or azp (v2.0 tokens).",
		Severity:   rules.Error,
		Lesser:     "a warning where that is so for the tokens of one version only",
		Since:      since,
		References: []string{muleJWT, validating},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachCheck(s, func(p *rules.Policy, c *rules.Check) []rules.Finding { return checkCaller(s, p, c) })
		},
	}
}

// checkCaller leaves out what only a validation endpoint's answer or another policy tells.
func checkCaller(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	ids := identities(c)
	for i, v := range versions() {
		if ids[i].caller == "" {
			continue
		}
		if ids[i].caller == sameForAll {
			return one(at(c, "the client id is the same for every caller: whoever has a token that passes the other checks is taken for that client"))
		}
		f := at(c, fmt.Sprintf("the client id is read from %s: a caller with any token that passes the other checks names the client that he likes", ids[i].caller))
		if ids[1-i].caller != "" {
			return one(f)
		}
		f.Message = fmt.Sprintf("in a v%s token the client id is read from %s, which the caller writes", v, ids[i].caller)
		if wanted, ok := tokenVersion(s, p); !ok {
			return one(less(f, rules.Warning))
		} else if wanted.version == v {
			return one(f)
		}
	}
	return none()
}
