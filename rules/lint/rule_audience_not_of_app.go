package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func audienceNotOfApp() rules.Rule {
	return rules.Rule{
		Name:  "audience-not-of-app",
		Title: "the expected audience is not one of the app registration's",
		Why: "No token for this API can have that audience: the registration has neither that " +
			"App ID URI nor that application id. Every token of the API is rejected, or the " +
			"audience is another API's.",
		Fix: "Expect the registration's application id (v2.0 tokens) or one of its App ID URIs " +
			"(v1.0 tokens).",
		Severity:   rules.Error,
		Locks:      true,
		References: []string{accessTokens, claimsRef},
		Check: withApp(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			c, wanted := audienceOf(p)
			possible := s.App.Audiences()
			isOne := func(audience string) bool { return slices.Contains(possible, audience) }
			if c == nil || len(wanted) == 0 || guids(wanted) > 0 && !s.App.AppID.Known() ||
				guids(wanted) < len(wanted) && !s.App.KnowsURIs() ||
				slices.ContainsFunc(wanted, isOne) {
				return nil
			}
			return one(at(c, "the app registration %s has no audience %s",
				s.App.Title(), strings.Join(wanted, " or ")))
		}),
	}
}
