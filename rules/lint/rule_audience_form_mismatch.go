package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func audienceFormMismatch() rules.Rule {
	return rules.Rule{
		Name:  "audience-form-mismatch",
		Title: "the audience has a form that this API's tokens never have",
		Why: "In a v2.0 token aud is always the API's application id, a GUID; an App ID URI " +
			"appears only in v1.0 tokens. A policy that expects v2.0 tokens with a URI in aud " +
			"lets nobody in.",
		Fix: "Expect the application id for v2.0 tokens, and list both forms while an API " +
			"changes its version.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{claimsRef, accessTokens},
		Check:      checkAudienceForm,
	}
}

func checkAudienceForm(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		c, audiences := audienceOf(p)
		audiences = slices.DeleteFunc(audiences, isBlank) // audience-never-issued has these
		if c == nil || len(audiences) == 0 || guids(audiences) > 0 ||
			s.App == nil && !isEntra(s, p) {
			continue
		}
		if s.App != nil && s.App.AudienceIsGUID() {
			all = append(all, at(c, "%s can't be the audience: the app registration %s asks for "+
				"the optional claim aud with use_guid, which makes it the application id",
				strings.Join(audiences, " or "), s.App.Title()))
			continue
		}
		ev, ok := tokenVersion(s, p)
		if _, name := clientClaim(p); !ok && name == "azp" {
			ev.version, ok = entra.V2, true
			ev.because = "the client id is read from azp, which only v2.0 tokens have"
		}
		if !ok || ev.version != entra.V2 {
			continue
		}
		all = append(all, at(c, "%s can't be the audience of a v2.0 token, "+
			"which is always the application id (a GUID): %s",
			strings.Join(audiences, " or "), ev.because))
	}
	return all
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }
