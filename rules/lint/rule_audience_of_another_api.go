package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func audienceOfAnotherAPI() rules.Rule {
	return rules.Rule{
		Name:  "audience-of-another-api",
		Title: "an audience beside the app registration's own is accepted too",
		Why: "Tokens for this API never have it. Those for another API do, or for the same API " +
			"in another environment, and they get past this check.",
		Fix: "Take it off the list, unless this is the gateway of both APIs. Then nothing but " +
			"the other checks keeps clients of the one out of the other.",
		Severity:   rules.Warning,
		References: []string{accessTokens, claimsRef},
		Check: withApp(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			c, wanted := audienceOf(p)
			possible, ok := s.App.Audiences(), s.App.KnowsURIs()
			isOne := func(audience string) bool { return slices.Contains(possible, audience) }
			others := source.Without(wanted, func(audience string) bool {
				return !mayBeAnothers(audience, s.App)
			})
			if c == nil || !ok || len(others) == 0 || !slices.ContainsFunc(wanted, isOne) {
				return nil
			}
			return one(at(c, "the app registration %s has no audience %s: tokens of another API "+
				"get past this check too", s.App.Title(), strings.Join(others, " or ")))
		}),
	}
}

// mayBeAnothers reports whether tokens for another API than an app registration's may have an
// audience. That of Microsoft's is another rule's, and so is one that no token has.
func mayBeAnothers(audience string, app *entra.Registration) bool {
	_, ofMicrosoft := entra.MicrosoftAPI(audience)
	if !strings.Contains(audience, "://") || ofMicrosoft || audienceFault(audience) != "" ||
		likeScope(audience) {
		return false
	}
	// By default Entra ID makes a name of the application id, which no other application has.
	id := strings.TrimPrefix(strings.TrimSuffix(audience, "/"), "api://")
	if entra.IsGUID(id) && (!app.AppID.Known() || strings.EqualFold(id, app.AppID.Value)) {
		return false
	}
	isIt := func(own string) bool { return strings.EqualFold(own, audience) }
	return !slices.ContainsFunc(app.Audiences(), isIt)
}
