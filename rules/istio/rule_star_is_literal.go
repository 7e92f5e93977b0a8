package istio

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

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
		Since:      since,
		References: []string{docPolicy, codeMatcher},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			i.eachValue(func(r *authRule, one condition, v *source.Value, l kubernetes.List) {
				if literalStar(one.attribute, v.Text) {
					all = append(all, i.FindingAt(v, l.Field, "a star in %s counts literally: "+
						"one at the beginning or the end alone stands for anything",
						v.Text))
				}
			})
			return all
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
