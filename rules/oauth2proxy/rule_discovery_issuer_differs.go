package oauth2proxy

import (
	"net/url"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func discoveryIssuerDiffers() rules.Rule {
	return rules.Rule{
		Name:  "discovery-issuer-differs",
		Title: "an issuer is not the one that its discovery document names",
		Why: "OAuth2 Proxy compares the issuer with the one that the discovery document names, " +
			"character by character, and does not start where they differ. Of an extra issuer " +
			"it then looks for keys at .well-known/jwks.json, where Entra ID has none. Entra " +
			"ID's documents name the tenant by its id, v2.0 without a slash at the end, and " +
			"v1.0 at sts.windows.net with one; of common and organizations they name no tenant.",
		Fix: "Write the issuer as the tokens have it: https://login.microsoftonline.com/" +
			"TENANT-ID/v2.0, or https://sts.windows.net/TENANT-ID/ for v1.0 tokens.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docEntra, issueIssuer},
		Check:      eachBearer(hasOtherIssuers),
	}
}

func hasOtherIssuers(i instance) []rules.Finding {
	var all []rules.Finding
	skip := i.get("insecure_oidc_skip_issuer_verification")
	discovery := i.get("skip_oidc_discovery")
	issuer, provider := i.get("oidc_issuer_url"), i.get("provider")
	if skip.off() && discovery.off() && issuer.unknown == nil &&
		!withoutVerifier(provider.text()) && differs(issuer.text()) {
		all = append(all, i.finding(issuer, "the discovery document of %s names another issuer, "+
			"and OAuth2 Proxy does not start", issuer.text())...)
	}
	extra := i.get("extra_jwt_issuers")
	for _, item := range extra.values {
		if name, _, _ := strings.Cut(item.Text, "="); !marked(item) && differs(name) {
			all = append(all, i.findingAt(item, extra, "the discovery document of %s names "+
				"another issuer, and OAuth2 Proxy finds no keys for it", name)...)
		}
	}
	return all
}

// differs reports whether an address at Entra ID is not an issuer as its documents write it.
func differs(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil || !entra.IsEntraHost(u.Host) {
		return false
	}
	read, ok := entra.ParseIssuer(issuer)
	if !ok {
		return true
	}
	if _, shared := entra.CloudOf(u.Host); read.Kind != entra.Workforce && !shared ||
		read.Policy != "" {
		return false // a tenant's own host, of which other rules hold
	}
	for _, id := range read.Clouds {
		cloud, _ := entra.CloudByID(id)
		if entra.IsGUID(read.Tenant) &&
			issuer == entra.IssuerURL(cloud, read.Tenant, read.Version) {
			return false
		}
	}
	return true
}
