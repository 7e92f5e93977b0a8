package lint

import "github.com/gatewhy/gatewhy/rules"

func clientIDClaimNamesNoClient() rules.Rule {
	return rules.Rule{
		Name:  "client-id-claim-names-no-client",
		Title: "the client id is read from a claim that names something else",
		Why: "sub and oid name a user, or a client's service principal, by an id of its own, " +
			"and aud names the API. None of them is an application id that could have a " +
			"contract: every token is rejected.",
		Fix:        "Read appid (v1.0 tokens) or azp (v2.0 tokens).",
		Severity:   rules.Error,
		Locks:      true,
		References: []string{claimsRef},
		Check:      eachCheck(checkNamesClient, isEntra),
	}
}

func checkNamesClient(c *rules.Check) []rules.Finding {
	ids := identities(c)
	what := named(ids[0].claim)
	if what == "" || named(ids[1].claim) == "" {
		return nil
	}
	return one(at(c, "%s %s, but contracts are for application ids", ids[0].claim, what))
}

// named says what a claim of Entra ID names instead of a client (access-token-claims-reference).
// It is empty for a claim that may name a client.
func named(claim string) string {
	switch claim {
	case "sub", "oid":
		return "names a user, or in an app-only token the client's service principal, " +
			"which has an id of its own"
	case "aud":
		return "names the API that the token is for"
	case "iss", "tid":
		return "names the tenant"
	case "upn", "unique_name", "preferred_username", "email", "name":
		return "names a user"
	case "appidacr", "azpacr":
		return "says how the client authenticated"
	case "scp", "roles", "ver", "idtyp", "uti", "wids", "groups":
		return "does not name a client"
	}
	return ""
}
