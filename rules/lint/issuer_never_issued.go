package lint

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func issuerNeverIssued() rules.Rule {
	return rules.Rule{
		Name:  "issuer-never-issued",
		Title: "the issuer has a form that Entra ID never writes",
		Why: "Issuers are compared character by character. A v1.0 issuer ends with a slash, a v2.0 issuer with /v2.0, and the tenant in " +
			"both is the id in lower case, never a domain or common: anything else lets nobody in.",
		Fix:        "Write the issuer as it stands in the token: https://sts.windows.net/ID/ or https://login.microsoftonline.com/ID/v2.0.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{accessTokens, claimsRef},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachCheck(s, func(p *rules.Policy, c *rules.Check) []rules.Finding {
				texts := wantedTexts(c, claim("iss"))
				if len(texts) == 0 {
					return none()
				}
				if why := neverIssued(p, texts[0]); why != "" {
					return one(at(c, fmt.Sprintf("no token has the issuer %s: %s", texts[0], why)))
				}
				return none()
			})
		},
	}
}

// neverIssued says why no token of Entra ID has this issuer; empty where one may, or where it is another's.
func neverIssued(p *rules.Policy, text string) string {
	issuer, ok := entra.ParseIssuer(text)
	switch {
	case !ok && strings.HasPrefix(strings.ToLower(text), "https://"):
		return wrongForm(text)
	case ok && strings.HasSuffix(text, "/v2.0/") && !ofB2C(p, issuer):
		return "a v2.0 issuer has no slash at the end"
	case !ok || issuer.Kind != entra.Workforce:
		return ""
	case !entra.IsGUID(issuer.Tenant):
		return "the tenant in it is always the id, a GUID"
	case issuer.Tenant != strings.ToLower(issuer.Tenant):
		return "the tenant's id is always in lower case"
	case issuer.Version == entra.V1 && !strings.HasSuffix(text, "/"):
		return "a v1.0 issuer ends with a slash"
	}
	return wrongHost(text, issuer)
}

// wrongForm tells an address of Entra ID that is no issuer from somebody else's.
func wrongForm(text string) string {
	host, _, _ := strings.Cut(text[len("https://"):], "/")
	if _, ok := entra.CloudOf(host); ok {
		return "it is an address of Entra ID, but no issuer"
	}
	return ""
}

func wrongHost(text string, issuer entra.Issuer) string {
	for _, cloud := range entra.Clouds() {
		if entra.IssuerURL(cloud, issuer.Tenant, issuer.Version) == text {
			return ""
		}
	}
	return "Entra ID writes another host, or no slash at the end"
}

// ofB2C reports whether an issuer with a slash at its end may be one of Azure AD B2C: those of Entra ID proper have none.
func ofB2C(p *rules.Policy, issuer entra.Issuer) bool {
	cloud, _ := entra.CloudOf(issuer.Host)
	_, address := keysOf(p)
	_, ok := parseKeysURL(address)
	return issuer.Host != cloud.V2Issuer || !ok || strings.Contains(strings.ToLower(address), "b2c")
}
