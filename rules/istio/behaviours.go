package istio

import "github.com/gatewhy/gatewhy/rules"

// The situations in which a proxy answers by itself.
const (
	malformedToken   = "malformed-token"
	algorithmUnknown = "algorithm-not-supported"
	issuerUnknown    = "issuer-not-configured"
	notYetValid      = "not-yet-valid"
	expired          = "expired"
	wrongAudience    = "wrong-audience"
	badSignature     = "bad-signature"
	noKey            = "no-key"
	denied           = "denied"
)

// How much an answer weighs where no JWT rule accepts the token: that of a rule for another issuer
// counts only if there is no other, and that of a rule whose place has no token never does.
const (
	ofNoToken int8 = iota
	ofOtherIssuer
	ofThisIssuer
)

// behaviours is the table of what a proxy answers. The bodies are those of Envoy's source; that
// the status is 401, or 403 for an audience, Istio's own tests say.
func behaviours() []rules.Behaviour {
	row := func(situation, title string, answer rules.Answer, headers ...string) rules.Behaviour {
		answer.Situation = situation
		return rules.Behaviour{
			Situation: situation, Title: title, Variant: Name, Policies: []string{Name},
			Answer: answer, Headers: headers, Checked: checkedOn,
		}
	}
	says := func(status int, words, reference string) rules.Answer {
		return rules.Answer{
			Status: status, Says: words, Weight: ofThisIssuer, Evidence: inferred(reference),
		}
	}
	body := func(status int, text string, evidence rules.Evidence) rules.Answer {
		return rules.Answer{
			Status: status, Body: text, Weight: ofThisIssuer, Evidence: evidence,
		}
	}
	const challenge = `www-authenticate: Bearer realm="URL of the request", error="invalid_token"`
	other := body(401, "Jwt issuer is not configured", inferred(codeJWT))
	other.Weight = ofOtherIssuer
	return []rules.Behaviour{
		row(malformedToken, "a token is there and is not a readable JWT",
			says(401, "Jwt", codeJWT), challenge),
		row(algorithmUnknown, "the token is signed with an algorithm that Envoy does not know",
			body(401, "Jwt header [alg] is not supported", inferred(codeJWT)), challenge),
		row(issuerUnknown, "no JWT rule is for the token's issuer", other, challenge),
		row(notYetValid, "the token is not valid yet, by more than 60 seconds",
			body(401, "Jwt not yet valid", inferred(codeJWT)), challenge),
		row(expired, "the token has expired, by more than 60 seconds",
			body(401, "Jwt is expired", inferred(codeJWT)), challenge),
		row(wrongAudience, "the token is for none of the audiences",
			body(403, "Audiences in Jwt are not allowed", inferred(codeEnvoy)), challenge),
		row(badSignature, "the signature does not verify",
			body(401, "Jwt verification fails", inferred(codeJWT)), challenge),
		row(noKey, "the key set has no key that fits the token's kid and alg",
			body(401, "Jwks doesn't have key to match kid or alg from Jwt", inferred(codeJWT)),
			challenge),
		row(denied, "an AuthorizationPolicy denies the request, or none allows it",
			body(403, "RBAC: access denied", documented(docTaskAuthz))),
	}
}

// row looks up what a proxy sends in a situation.
func (c *compiler) row(situation string) rules.Answer {
	for _, b := range c.table {
		if b.Situation == situation {
			return b.Answer
		}
	}
	return rules.Answer{}
}

// causes are what a prediction does not see.
func causes() []rules.Cause {
	return []rules.Cause{
		{
			ID:    "keys-not-fetched",
			Title: "istiod could not fetch the keys, so that every token is refused",
			Why: "istiod then gives the proxies a key set that fits no token, and each is " +
				"refused as by a wrong signature",
			Look: "the log of istiod for the address of the keys, and whether it may go out " +
				"there: a firewall or a proxy on the way",
			Evidence:   inferred(codeApplier),
			Situations: []string{noKey},
		},
		{
			ID:    "other-policies",
			Title: "another policy selects the workload too",
			Why: "policies of the root namespace and of the workload's own add up, and each can " +
				"deny; the access log names the one that did, or none",
			Look: "istioctl x authz check POD, and in the access log " +
				"rbac_access_denied_matched_policy",
			Evidence:   documented(docPolicy),
			Situations: []string{denied},
		},
	}
}
