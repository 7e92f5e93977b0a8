package istio

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func valueNeverMatches() rules.Rule {
	return rules.Rule{
		Name:  "value-never-matches",
		Title: "a value is one that no request has",
		Why: "Methods are compared with their case, and paths from their first slash to the " +
			"query. A principal, an issuer or an audience that no JWT rule accepts never gets " +
			"as far. What a DENY rule asks for in vain is not denied, and what an ALLOW rule " +
			"excludes in vain gets in.",
		Fix: "Write methods in capitals and paths from their first slash, and name issuers and " +
			"audiences as the JWT rules have them.",
		Severity:   rules.Error,
		Lesser:     "a warning where the value only fails to let somebody in",
		References: []string{docPolicy, docKeys, codeMatcher},
		Check: eachInstance(func(i instance) {
			for _, v := range i.comparisons() {
				why := i.noRequestHas(v.attribute, v.Text)
				if why == "" {
					continue
				}
				f := i.found.At(v.Value, v.list.Field, "%s matches nothing: %s", v.Text, why)
				if (v.rule.of.action() == actionAllow) != v.not {
					f.Severity = rules.Warning
				}
			}
		}),
	}
}

// asRequestsHave is a value as requests have it; empty where that is not known.
func asRequestsHave(attribute, value string) string {
	switch {
	case attribute == ofPrincipal:
		return withSlash(value)
	case attribute == ofMethod:
		return strings.ToUpper(value)
	case attribute == ofPath && !strings.Contains(value, "?") && !strings.HasPrefix(value, "/"):
		return "/" + value
	}
	return ""
}

func starIsLiteral() rules.Rule {
	return rules.Rule{
		Name:  "star-is-literal",
		Title: "a star counts as a character",
		Why: "A value may begin or end with one star, which stands for anything. A second star, " +
			"and one in the middle, count literally. In a request principal a star " +
			"counts only before the issuer, or as the end of the subject.",
		Fix: "Leave one star, at the beginning or the end; for a path, {*} stands for one " +
			"segment and {**} for any number of them.",
		Severity:   rules.Warning,
		References: []string{docPolicy, codeMatcher},
		Check: eachInstance(func(i instance) {
			for _, v := range i.comparisons() {
				if literalStar(v.attribute, v.Text) {
					i.found.At(v.Value, v.list.Field, "a star in %s counts literally: one at the "+
						"beginning or the end alone stands for anything", v.Text)
				}
			}
		}),
	}
}

// literalStar reports whether a star of a value does not stand for anything.
func literalStar(attribute, value string) bool {
	switch attribute {
	case ofNamespace, ofAccount, ofTrust, ofPeer:
		return false // regular expressions are made of them
	case ofPath:
		if _, template := pathTemplate(value); template {
			return false
		}
	case ofPrincipal:
		issuer, subject, found := cutLast(value)
		if found {
			return strings.Contains(strings.TrimPrefix(issuer, "*"), "*") ||
				strings.Contains(strings.TrimSuffix(subject, "*"), "*") ||
				strings.HasPrefix(issuer, "*") && strings.Contains(subject, "*")
		}
	}
	return strings.Contains(formOf(value).text, "*")
}

func principalSlash() rules.Rule {
	return rules.Rule{
		Name:  "principal-slash",
		Title: "a request principal lacks the slash at the end of the issuer",
		Why: "A request principal is the issuer, a slash and the subject, and Istio splits it " +
			"at its last slash. The issuer of v1.0 tokens ends in a slash itself, so that its " +
			"principals have two. With one, the issuer is compared without its slash, and no " +
			"token has that.",
		Fix: "Write https://sts.windows.net/TENANT-ID//SUBJECT, or …//* for every subject; for " +
			"v2.0 tokens https://login.microsoftonline.com/TENANT-ID/v2.0/*.",
		Severity:   rules.Error,
		References: []string{issueSlash, codeGenerate},
		Over:       []string{"issuer-never-issued"},
		Check: eachInstance(func(i instance) {
			for _, v := range i.comparisons() {
				to := withSlash(v.Text)
				if v.attribute != ofPrincipal || to == "" {
					continue
				}
				issuer, _, _ := cutLast(v.Text)
				i.found.At(v.Value, v.list.Field, "no token has the issuer %s: the issuer of "+
					"v1.0 tokens ends in a slash, and the principal is %s", issuer, to,
				).Value = issuer
			}
		}),
	}
}

// withSlash is a principal of v1.0 tokens as it should be; empty where nothing is wrong with it.
func withSlash(value string) string {
	issuer, subject, found := cutLast(value)
	if !found || strings.HasSuffix(issuer, "/") {
		return ""
	}
	iss, ok := entra.ParseIssuer(issuer + "/")
	if !ok || iss.Version != entra.V1 || !strings.HasPrefix(issuer, "https://sts.") {
		return ""
	}
	return issuer + "//" + subject
}

func claimIsNoText() rules.Rule {
	return rules.Rule{
		Name:  "claim-is-no-text",
		Title: "a claim is compared that is a number or a boolean",
		Why: "Istio compares claims with texts alone: a text, or a list that holds one. A " +
			"number or a boolean never matches, however the value is written in the policy.",
		Fix:        "Compare a claim that is a text, such as roles, scp or azp.",
		Severity:   rules.Error,
		References: []string{docKeys, codeGenerate},
		Check: eachInstance(func(i instance) {
			for _, v := range i.comparisons() {
				name, isClaim := bracketed(strings.TrimPrefix(v.attribute, ofClaims))
				if isClaim && slices.Contains(envoy.NoTexts(), name) {
					i.found.At(v.Value, v.list.Field,
						"%s is a number or a boolean in tokens: this never matches", name)
				}
			}
		}),
	}
}

func scopeNotSplit() rules.Rule {
	return rules.Rule{
		Name:  "scope-not-split",
		Title: "scp is compared as one text",
		Why: "Entra ID writes all scopes of a token into scp, with blanks between them. Envoy " +
			"splits scope and permission at their blanks, and scp only if the JWT rule says so: " +
			"else a token with two scopes has neither of them.",
		Fix: "Add spaceDelimitedClaims: [scp] to the JWT rule (Istio 1.28 and later), or list " +
			"each combination of scopes that tokens have.",
		Severity:   rules.Warning,
		References: []string{issueSplit, docRules},
		Check: eachInstance(func(i instance) {
			if !i.ofEntra() || i.splits("scp") {
				return
			}
			for _, v := range i.comparisons() {
				text := formOf(v.Text).text
				if v.attribute == ofClaims+"[scp]" && text != "" && !strings.Contains(text, " ") {
					i.found.At(v.Value, v.list.Field, "a token with %s and another scope does "+
						"not match: scp is one text, and is not split at its blanks", text)
				}
			}
		}),
	}
}

// splits reports whether each JWT rule has a claim split, as far as the version lets it.
func (c *compiler) splits(claim string) bool {
	keeps := func(r *jwtRule) bool { return !slices.Contains(r.split.Texts(), claim) }
	return len(c.jwt) > 0 && !c.before(splitSince) && !slices.ContainsFunc(c.jwt, keeps)
}

// valueNotKnown looks at what decides on requests, and not at where the policies hold.
func valueNotKnown() rules.Rule {
	return rules.Rule{
		Name:       "value-not-known",
		Title:      "the file does not show a value that decides",
		Why:        "In the manifests of Istio it is a template's mark.",
		Fix:        "For Istio pass what helm template or kubectl kustomize prints.",
		Severity:   rules.Note,
		References: []string{docRules, docPolicy},
		Check: eachInstance(func(i instance) {
			hidden := func(v *source.Value, field string) {
				i.found.At(v, field, "%s", v.Doubt(field))
			}
			for _, p := range i.policies {
				for _, field := range []string{"action", "jwtRules", "rules"} {
					kubernetes.EachHidden(p.Spec.Member(field), field, hidden)
				}
			}
		}),
	}
}
