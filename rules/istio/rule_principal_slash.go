package istio

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

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
		Since:      since,
		References: []string{issueSlash, codeGenerate},
		Over:       []string{"issuer-never-issued"},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			i.eachValue(func(r *authRule, one condition, v *source.Value, l kubernetes.List) {
				to := withSlash(v.Text)
				if one.attribute != ofPrincipal || to == "" {
					return
				}
				issuer, _, _ := cutLast(v.Text)
				f := i.FindingAt(v, l.Field, "no token has the issuer %s: the issuer of v1.0 "+
					"tokens ends in a slash, and the principal is %s", issuer, to)
				f.Value = issuer
				all = append(all, f)
			})
			return all
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
