package envoygateway

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func claimIsNoText() rules.Rule {
	return rules.Rule{
		Name:  "claim-is-no-text",
		Title: "a claim is compared that is a number or a boolean",
		Why: "Envoy Gateway too compares a claim with texts alone, or with what a list of texts " +
			"holds.",
		Fix:        "In Envoy Gateway a cel expression can compare numbers (1.9 and later).",
		Severity:   rules.Error,
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
		Fix: "Leave valueType out for a text; for scopes use scopes, or StringArray with one " +
			"scope a value.",
		Severity:   rules.Error,
		Lesser:     "a warning where the version of Envoy Gateway is not known",
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
				case !isList && s.isSplit(name) == rules.Yes:
					s.found.At(at, claim.path+"valueType", "%s", neverText(name))
				case !isList && s.isSplit(name) == rules.Maybe:
					f := s.found.At(at, claim.path+"valueType", "from Envoy Gateway 1.7 on %s",
						neverText(name))
					f.Severity = rules.Warning
				}
			}
		}),
	}
}

func expressionNotParseable() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-parseable",
		Title: "an expression can't be read",
		Why: "Envoy Gateway parses the cel of a rule when it translates the policy. If it " +
			"can't, every route of the policy answers 500.",
		Fix:        "Correct it at the column that the message names.",
		Severity:   rules.Error,
		References: []string{docAPI, codePolicy},
		Check: eachInstance(func(s subject) {
			for _, e := range s.expressions() {
				if e.fault == nil {
					continue
				}
				message := e.unreadable()
				for _, hint := range e.fault.Hints {
					message += "; " + hint.Text
				}
				s.found.At(s.faultAt(e, e.fault), e.field, "%s", message)
			}
		}),
	}
}

func expressionNotSupported() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-supported-by-gateway",
		Title: "an expression uses what this gateway does not have",
		Why: "Envoy Gateway parses the cel of a rule, and does not look whether Envoy can " +
			"run it. Envoy refuses a configuration with all, exists, map and the like, with " +
			"string(), or with a function that it does not have, and keeps the one before.",
		Fix: "In Envoy Gateway write it with ==, in, has, startsWith, endsWith, contains and " +
			"matches: 'a' in … looks into a list.",
		Severity:   rules.Error,
		References: []string{codeCEL},
		Check: eachExpression(func(s subject, e celExpression) {
			if refused := e.parsed.Refused(); refused != nil {
				s.found.At(s.faultAt(e, refused), e.field, "%s (column %d)",
					refused.Cause, refused.Pos.Column)
			}
		}),
	}
}

func expressionDecidesNothing() rules.Rule {
	return rules.Rule{
		Name:  "expression-decides-nothing",
		Title: "an expression gives the same for every request",
		Why: "A rule whose cel is never true matches nothing, and one whose cel is always true " +
			"matches everything. An error counts as not true: that of a claim of a provider " +
			"that the policy does not have, or of a part of scp, which is a list of words in " +
			"the metadata and not a text.",
		Fix: "Compare what requests differ in; for a scope write 'Orders.Read' in " +
			"metadata.filter_metadata['envoy.filters.http.jwt_authn']['PROVIDER']['scp'].",
		Severity:   rules.Error,
		References: []string{docAPI, codeJWT, codeCEL},
		Check: eachExpression(func(s subject, e celExpression) {
			always := true
			for _, part := range e.parsed.Parts(s.celEnv()) {
				if isNever(part.Predicate) {
					s.found.At(e.at, e.field, "%s", trueForNone(part))
					return
				}
				always = always && isAlways(part.Predicate)
			}
			if always {
				s.found.At(e.at, e.field, "the expression is true for every request")
			}
		}),
	}
}

func queryInPath() rules.Rule {
	return rules.Rule{
		Name:  "query-in-path",
		Title: "an expression compares a path that has the query too",
		Why: "In cel request.path has the query of the request. A Deny rule for /admin does not " +
			"match /admin?x, so every caller gets past it.",
		Fix:        "Write request.url_path, which has no query.",
		Severity:   rules.Error,
		Lesser:     "a warning in an Allow rule, which keeps out requests with a query",
		References: []string{docAttributes},
		Check: eachExpression(func(s subject, e celExpression) {
			for _, test := range e.parsed.WholePaths() {
				f := s.found.At(e.at, e.field, "%s: request.path has the query too, which any "+
					"caller can add", test)
				if e.rule.action == actionAllow {
					f.Severity = rules.Warning
				}
			}
		}),
	}
}

func tokenHeaderRefused() rules.Rule {
	return rules.Rule{
		Name:  "token-header-refused",
		Title: "the proxy refuses the header in which the token is looked for",
		Why: "Envoy Gateway's proxies answer 400 to a request with an underscore in the name of " +
			"a header, before any filter sees it. Where every provider looks for the token in " +
			"such headers alone, no request with a token gets in.",
		Fix: "Name the header with hyphens in extractFrom, or let a ClientTrafficPolicy of the " +
			"Gateway have headers.withUnderscoresAction: Allow.",
		Severity:   rules.Warning,
		References: []string{issueDefaults, docAPI},
		Check: eachInstance(func(s subject) {
			if s.doubt == nil && s.refusesUnderscores() &&
				envoy.OnlyBehindUnderscore(s.inEnvoy()) {
				p := s.providers[0]
				s.found.At(p.at.Member("extractFrom"), p.path+"extractFrom", "a header with an "+
					"underscore in its name is refused, unless a ClientTrafficPolicy allows it, "+
					"and the token is looked for in no other place")
			}
		}),
	}
}

// valueNotKnown looks at what decides on requests, and not at where the policies hold.
func valueNotKnown() rules.Rule {
	return rules.Rule{
		Name:       "value-not-known",
		Title:      "the file does not show a value that decides",
		Why:        "In the manifests of Envoy Gateway it is a template's mark.",
		Fix:        "For Envoy Gateway pass what helm template or kubectl kustomize prints.",
		Severity:   rules.Note,
		References: []string{docAPI},
		Check: eachInstance(func(i subject) {
			hidden := func(v *source.Value, field string) {
				i.found.At(v, field, "%s", v.Doubt(field))
			}
			for _, field := range []string{"jwt", "authorization"} {
				kubernetes.EachHidden(i.spec.Member(field), field, hidden)
			}
		}),
	}
}
