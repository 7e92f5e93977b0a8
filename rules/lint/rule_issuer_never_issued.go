package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func issuerNeverIssued() rules.Rule {
	return rules.Rule{
		Name:  "issuer-never-issued",
		Title: "the issuer has a form that Entra ID never writes",
		Why: "Issuers are compared character by character. A v1.0 issuer ends with a slash, a " +
			"v2.0 issuer with /v2.0, and the tenant in both is the id in lower case, never a " +
			"domain or common: anything else lets nobody in.",
		Fix: "Write the issuer exactly as it is in the token: https://sts.windows.net/ID/ or " +
			"https://login.microsoftonline.com/ID/v2.0.",
		Severity: rules.Error,
		Locks:    true,
		Lesser: "a warning if another issuer in the list can match, or for the host of an " +
			"External ID issuer, which only reports say",
		References: []string{accessTokens, claimsRef},
		Check:      eachCheckOf(checkIssuerForm),
	}
}

func checkIssuerForm(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	var all []rules.Finding
	texts, known := wantedTexts(c, claim("iss")), factsOf(s, p)
	b2c := !known.ofEntraOnly() || slices.ContainsFunc(known.sets, isB2C)
	for _, text := range texts {
		if why := neverIssued(text, b2c); why != "" {
			f := at(c, "no token has the issuer %s: %s", text, why)
			f.Value = text
			if issuer, _ := entra.ParseIssuer(text); issuer.Kind == entra.External {
				f = less(f, rules.Warning)
			}
			all = append(all, f)
		}
	}
	if len(all) < len(texts) {
		for i := range all {
			all[i].Severity = rules.Warning
		}
	}
	return all
}

// neverIssued says why no token of Entra ID has this issuer. It is empty where a token may have
// it, and for somebody else's issuer. The addresses of the keys show whether it may be Azure AD
// B2C's.
func neverIssued(text string, b2c bool) string {
	issuer, ok := entra.ParseIssuer(text)
	switch {
	case !ok && strings.HasPrefix(strings.ToLower(text), "https://"):
		return wrongForm(text)
	case ok && issuer.Policy == "" && strings.HasSuffix(text, "/v2.0/") && !ofB2C(issuer, b2c):
		return "a v2.0 issuer has no slash at the end"
	case !ok || issuer.Kind == entra.B2C && issuer.Policy != "":
		return ""
	case !entra.IsGUID(issuer.Tenant):
		return "the tenant in it is always the id, a GUID"
	case issuer.Tenant != strings.ToLower(issuer.Tenant):
		return "the tenant's id is always in lower case"
	case issuer.Kind == entra.External:
		return wrongExternal(issuer)
	case issuer.Kind == entra.B2C && !strings.HasSuffix(text, "/"):
		return "an issuer of Azure AD B2C ends with a slash"
	case issuer.Kind == entra.B2C:
		return ""
	case issuer.Version == entra.V1 && !strings.HasSuffix(text, "/"):
		return "a v1.0 issuer ends with a slash"
	}
	return wrongHost(text, issuer)
}

// wrongExternal says why an issuer of External ID is wrong: its host begins with the tenant's id,
// whichever name the client has used
// (github.com/AzureAD/microsoft-authentication-library-for-js/issues/8592).
func wrongExternal(issuer entra.Issuer) string {
	if strings.HasPrefix(issuer.Host, issuer.Tenant+".") {
		return ""
	}
	return "the host of an External ID issuer begins with the tenant's id"
}

// wrongForm says why an address that is not an issuer is wrong; empty for somebody else's address.
func wrongForm(text string) string {
	host, _, _ := strings.Cut(text[len("https://"):], "/")
	if _, ok := entra.CloudOf(host); ok {
		return "it is an Entra ID address, but not an issuer"
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

// ofB2C reports whether an issuer with a slash at its end may be one of Azure AD B2C: those of
// Entra ID proper have none.
func ofB2C(issuer entra.Issuer, b2c bool) bool {
	cloud, _ := entra.CloudOf(issuer.Host)
	return issuer.Host != cloud.V2Issuer || b2c
}
