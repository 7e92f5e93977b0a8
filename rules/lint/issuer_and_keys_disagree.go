package lint

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func issuerAndKeysDisagree() rules.Rule {
	return rules.Rule{
		Name:  "issuer-and-keys-disagree",
		Title: "the issuer and the key set belong to different tenants or clouds",
		Why: "The policy wants the issuer of one tenant and verifies with the keys of another. Between clouds nothing verifies; between " +
			"tenants of one cloud it works by the keys that they happen to share.",
		Fix:        "Take both from the same tenant. A v1.0 issuer with the v2.0 key document of its tenant is sound: it lists the same keys.",
		Severity:   rules.Error,
		Lesser:     "a warning where the two tenants are of one cloud, and share keys",
		Since:      since,
		References: []string{accessTokens},
		Check:      checkIssuerAndKeys,
	}
}

func checkIssuerAndKeys(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		c, text := issuerOf(p)
		_, url := keysOf(p)
		issuer, okIssuer := entra.ParseIssuer(text)
		keys, okKeys := parseKeysURL(url)
		if !okIssuer || !okKeys {
			continue
		}
		switch {
		case !issuer.Is(keys.cloud.ID):
			all = append(all, at(c, fmt.Sprintf("the issuer is not of %s, whose keys the policy verifies with: nothing verifies", keys.cloud.Name)))
		case !keys.shared() && entra.IsGUID(keys.tenant) && !strings.EqualFold(keys.tenant, issuer.Tenant):
			f := at(c, fmt.Sprintf("the issuer is of tenant %s, and the key set that of tenant %s", issuer.Tenant, keys.tenant))
			all = append(all, less(f, rules.Warning))
		}
	}
	return all
}
