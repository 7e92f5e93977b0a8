package lint

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func audienceOfMicrosoft() rules.Rule {
	return rules.Rule{
		Name:  "audience-of-microsoft-api",
		Title: "the audience is a Microsoft API, not yours",
		Why: "Any application can get a token for Microsoft Graph or Azure Resource Manager. It " +
			"says nothing about your API, and Graph's tokens can't even be verified by others.",
		Fix: "Expose an API in its own app registration, let clients ask for its scope, and " +
			"expect its audience.",
		Severity:   rules.Error,
		Locks:      true,
		References: []string{accessTokens, validating},
		Check: eachCheck(func(c *rules.Check) []rules.Finding {
			for _, aud := range wantedTexts(c, claim("aud")) {
				if app, ok := entra.MicrosoftAPI(aud); ok {
					return one(at(c, "%s is %s, not an API of yours", aud, app.Name))
				}
			}
			return nil
		}),
	}
}
