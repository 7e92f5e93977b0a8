package lint

import "github.com/gatewhy/gatewhy/rules"

func audienceNotChecked() rules.Rule {
	return rules.Rule{
		Name:  "audience-not-checked",
		Title: "the audience of tokens is not checked",
		Why: "aud says which API a token was issued for. Without a check of it, a token that a client has got for another API, " +
			"or for the same API in another environment, is accepted here.",
		Fix:        "Check the audience against this environment's own App ID URI (v1.0 tokens) or application id (v2.0 tokens), and make it mandatory.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{validating, kbArticle},
		Check:      checkAudienceThere,
	}
}

// checkAudienceThere leaves out an audience that is configured and switched off, which has a rule of its own, and policies that
// can't check one.
func checkAudienceThere(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		c := find(p, rules.Audience)
		checks := covers(s, p)
		if c == nil || c.Skip == "" || len(configured(c)) > 0 || anyPins(checks, "aud") != rules.No {
			continue
		}
		f := at(c, "the audience is not checked: a token for any other API is accepted")
		if separated(checks) != rules.No {
			f.Message = "the audience is not checked: a token for another API is accepted from a client that passes the other checks"
			f = less(f, rules.Warning)
		}
		all = append(all, f)
	}
	return all
}

// configured lists what a check would accept if it were made.
func configured(c *rules.Check) []string {
	on := *c
	on.Skip = ""
	return wantedTexts(&on, claim("aud"))
}
