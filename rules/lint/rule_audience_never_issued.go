package lint

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func audienceNeverIssued() rules.Rule {
	return rules.Rule{
		Name:  "audience-never-issued",
		Title: "the audience has a form that Entra ID never writes",
		Why: "aud is one App ID URI, such as api://orders, or the application id in lower case, " +
			"and is compared character by character. No token has a scope, a name, quotes, or " +
			"several values in one text there: nobody gets in.",
		Fix: "Write the audience exactly as it is in the token, and several audiences in the " +
			"form that the gateway expects for lists.",
		Severity:   rules.Error,
		Locks:      true,
		Lesser:     "a warning if another audience in the list can match, or if it may be a scope",
		References: []string{claimsRef, accessTokens},
		Check:      eachCheck(checkAudienceText, hasAppOrIsEntra),
	}
}

func checkAudienceText(c *rules.Check) []rules.Finding {
	if !ofClaims(c) {
		return nil
	}
	audiences := wantedTexts(c, claim("aud"))
	wrong := func(text string) bool { return audienceFault(text) != "" }
	i := slices.IndexFunc(audiences, wrong)
	if i < 0 {
		if i = slices.IndexFunc(audiences, likeScope); i >= 0 {
			f := at(c, "%s looks like a scope: the audience is the part before it", audiences[i])
			return one(less(f, rules.Warning))
		}
		return nil
	}
	f := at(c, "no token has the audience %s: %s",
		inspect.InSentence(audiences[i]), audienceFault(audiences[i]))
	if slices.ContainsFunc(audiences, func(text string) bool { return !wrong(text) }) {
		f = less(f, rules.Warning)
	}
	return one(f)
}

// audienceFault is why no token of Entra ID has an audience; empty where one may. A wildcard has a
// rule of its own.
func audienceFault(text string) string {
	bare := strings.TrimPrefix(text, "spn:")
	switch {
	case entra.IsGUID(bare) && bare != strings.ToLower(bare):
		return "an application id is in lower case"
	case strings.Contains(text, "*"), entra.CanHold("aud", text) && !isScope(text):
		return ""
	case text == "":
		return "it is empty"
	case isScope(text):
		return "it is a scope, and the audience is the part before it"
	case strings.ContainsAny(text, "\"'[]{}"):
		return "quotes and brackets are not part of it"
	case !strings.Contains(text, ":"):
		return "it is neither an App ID URI, which has a scheme such as api://, " +
			"nor an application id"
	}
	return "it is one value, and this looks like several, or has a character that no audience has"
}

// isScope reports whether a text is a scope as clients ask for it: an App ID URI and the scope's
// value.
func isScope(text string) bool {
	before, value, found := cutLast(text, "/")
	if !found || strings.HasSuffix(before, "/") { // api://orders
		return false
	}
	usual := []string{".default", "user_impersonation", "access_as_user", "access_as_application"}
	return slices.Contains(usual, value)
}

// likeScope reports whether a text may be a scope: an App ID URI and such a value as Orders.Read,
// which is no version as in api://orders/v1.0.
func likeScope(text string) bool {
	before, value, _ := cutLast(text, "/")
	first, second, _ := strings.Cut(value, ".")
	return strings.HasPrefix(before, "api://") && first != "" && second != "" &&
		!unicode.IsDigit(rune(second[0]))
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}
