package oauth2proxy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fault is a value with which the program does not start.
type fault struct {
	option
	value *source.Value
	why   string
}

// faults are the values with which the program does not start (pkg/validation, options.go and
// allowlist.go; providers/providers.go, NewProvider).
func (e *entry) faults() []fault {
	var all []fault
	for _, g := range e.given {
		counts := e.get(g.option.name)
		if len(counts.given) == 0 || counts.given[0].layer != g.layer {
			continue // another layer sets it
		}
		for _, v := range g.texts() {
			if why := g.option.refuses(v); why != "" && !marked(v) {
				all = append(all, fault{g.option, v, why})
			}
		}
		if g.option.kind != list && g.value.Is(source.List) {
			all = append(all, fault{g.option, g.value, "it takes one value, and no list"})
		}
	}
	return all
}

// refuses says why the program does not start with a value of the option; empty where it may.
func (o option) refuses(v *source.Value) string {
	switch {
	case o.kind == toggle:
		if _, err := strconv.ParseBool(v.Text); err != nil {
			return "it is neither true nor false"
		}
	case o.name == "provider" && !slices.Contains(providers(), v.Text):
		return "there is no provider " + inspect.Visible(v.Text)
	case o.name == "extra_jwt_issuers" && !strings.Contains(v.Text, "="):
		return inspect.Visible(v.Text) + " is not an issuer, = and an audience"
	case o.name == "skip_auth_regex":
		return refusedExpression(v.Text)
	case o.name == "skip_auth_routes":
		return refusedExpression(routeOf(v.Text).path)
	}
	return ""
}

func refusedExpression(text string) string {
	if _, err := regexp.Compile(text); err != nil {
		return "the expression " + inspect.Visible(text) + " can't be read"
	}
	return ""
}

// providers are the kinds of provider that the program has (pkg/apis/options/providers.go).
func providers() []string {
	return []string{
		"adfs", "azure", "bitbucket", "cidaas", "digitalocean", "entra-id", "facebook", "github",
		"gitlab", "google", "keycloak", "keycloak-oidc", "linkedin", "login.gov", "nextcloud",
		"oidc", "sourcehut",
	}
}

// leaveOpen says of the first check that nobody knows what comes out of it where the program does
// not start. A switch leaves the checks open that need it.
func (c *compiler) leaveOpen(check *rules.Check) {
	for _, of := range c.faults() {
		if of.kind != toggle || of.value.Is(source.List) {
			check.Field = of.name
			check.Pos, check.Span = shown(of.value)
			check.Unknown = &rules.Unknown{
				Why: "the program does not start with its " + of.name + ": " + of.why,
			}
			return
		}
	}
}
