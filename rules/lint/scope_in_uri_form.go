package lint

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func scopeInURIForm() rules.Rule {
	return rules.Rule{
		Name:  "scope-in-uri-form",
		Title: "a scope is required in the form in which clients ask for it",
		Why: "A client asks for api://orders-uat/UAT.Access or api://orders-uat/.default; the token carries the short value, UAT.Access. " +
			"The long form is in no token: every token is rejected.",
		Fix:        "Require the short value of the scope. .default is no scope: name one that the API exposes.",
		Severity:   rules.Error,
		Lesser:     "a note where the tokens may be another issuer's, whose scopes have such a form",
		Since:      since,
		References: []string{claimsRef, kbArticle},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachCheck(s, func(p *rules.Policy, c *rules.Check) []rules.Finding {
				for _, scope := range demanded(c, "scp", "scope") {
					f := at(c, fmt.Sprintf("no token of Entra ID carries the scope %s: clients ask for it in that form, and scp has the short value", scope))
					switch {
					case strings.HasPrefix(scope, "api://"), strings.HasSuffix(scope, "/.default"), strings.Contains(scope, "://") && isEntra(p):
						return one(f)
					case strings.Contains(scope, "://"): // another client provider may have such scopes
						return one(less(f, rules.Note))
					}
				}
				return none()
			})
		},
	}
}
