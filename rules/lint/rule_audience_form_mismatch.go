package lint

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
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
		Locks:      true,
		References: []string{claimsRef, accessTokens},
		Check:      eachPolicy(checkAudienceForm),
	}
}

func checkAudienceForm(s *rules.Subject, p *rules.Policy) []rules.Finding {
	c, audiences := audienceOf(p)
	blank := func(text string) bool { return strings.TrimSpace(text) == "" }
	audiences = source.Without(audiences, blank) // audience-never-issued has these
	if c == nil || len(audiences) == 0 || guids(audiences) > 0 || !hasAppOrIsEntra(s, p) {
		return nil
	}
	if s.App != nil && s.App.AudienceIsGUID() {
		return one(at(c, "%s can't be the audience: the app registration %s asks for "+
			"the optional claim aud with use_guid, which makes it the application id",
			strings.Join(audiences, " or "), s.App.Title()))
	}
	ev := factsOf(s, p).version
	if _, name := clientClaim(p); !ev.known() && name == "azp" {
		ev = evidence{entra.V2, "the client id is read from azp, which only v2.0 tokens have"}
	}
	if ev.version != entra.V2 {
		return nil
	}
	return one(at(c, "%s can't be the audience of a v2.0 token, "+
		"which is always the application id (a GUID): %s",
		strings.Join(audiences, " or "), ev.because))
}
