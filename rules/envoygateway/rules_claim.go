package envoygateway

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

func claimIsNoText() rules.Rule {
	return rules.Rule{
		Name:  "claim-is-no-text",
		Title: "a claim is compared that is a number or a boolean",
		Why: "Envoy Gateway too compares a claim with texts alone, or with what a list of texts " +
			"holds.",
		Fix:        "In Envoy Gateway a cel expression can compare numbers (1.9 and later).",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeRules},
		Check: eachInstance(func(s subject) {
			for _, claim := range s.comparedClaims() {
				if slices.Contains(envoy.NoTexts(), claim.name) {
					s.found.At(claim.at.Member("name"), claim.path+"name",
						"%s is a number or a boolean in tokens: this never matches", claim.name)
				}
			}
		}),
	}
}

func textClaimComparedWithList() rules.Rule {
	return rules.Rule{
		Name:  "text-claim-compared-with-list",
		Title: "a claim that is a text is looked into as a list",
		Why: "valueType StringArray looks into lists alone, and String, the default, compares " +
			"texts alone. A client id, a tenant or a subject is a text in every Entra ID token: " +
			"as StringArray it never matches. scope is a list before any rule sees it, and so " +
			"is scp from Envoy Gateway 1.7 on.",
		Fix: "Leave valueType out for a text; for scopes use scopes, or StringArray.",

		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeRules},
		Check: eachInstance(func(s subject) {
			texts := []string{
				"aud", "azp", "appid", "iss", "tid", "oid", "sub", "idtyp", "ver", "appidacr",
				"azpacr", "upn", "preferred_username", "email", "name", "unique_name",
			}
			for _, claim := range s.comparedClaims() {
				name, isList := claim.name, claim.kind == "StringArray"
				at := cmp.Or(claim.at.Member("values"), claim.at)
				switch {
				case !s.ofEntra():
				case isList && slices.Contains(texts, name):
					s.found.At(at, claim.path+"valueType",
						"%s is a text in tokens: StringArray never matches it", name)
				case !isList && (name == "scope" ||
					name == "scp" && s.has(scpSince) == rules.Yes):
					s.found.At(at, claim.path+"valueType", "%s is split into a list before the "+
						"rules see it: String never matches it", name)
				}
			}
		}),
	}
}
