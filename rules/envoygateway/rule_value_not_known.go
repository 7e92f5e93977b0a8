package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

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
