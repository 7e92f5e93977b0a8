package cmd

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
)

// catalogue lists every rule: those that hold for all gateways, with what each vendor adds to
// them, then each vendor's own.
func (g Gateways) catalogue() []rules.Rule {
	all, own := lint.Rules(), []rules.Rule(nil)
	for _, adapter := range g {
		advise(all, adapter.Advice())
		own = append(own, adapter.Rules()...)
	}
	return append(all, own...)
}

// advise puts a vendor's words behind those of the rules that they are about.
func advise(all []rules.Rule, advice []rules.Advice) {
	for i := range all {
		rule := &all[i]
		for _, a := range advice {
			if a.Rule == rule.Name {
				rule.Why = strings.TrimSpace(rule.Why + " " + a.Why)
				rule.Fix = strings.TrimSpace(rule.Fix + " " + a.Fix)
				rule.References = append(rule.References, a.References...)
			}
		}
	}
}

// lintPolicies runs the rules on policies, API by API.
func (j *judge) lintPolicies(policies []*rules.Policy, files []*source.File) []rules.Finding {
	var all []rules.Finding
	for _, api := range rules.ByAPI(policies) {
		subject := &rules.Subject{Policies: api, Files: files}
		subject.App = j.appOf(api)
		all = append(all, lint.Run(j.catalogue, subject)...)
	}
	return all
}

// appOf is the app registration of an API: the only one that was given, or the one whose audience its policies want.
func (j *judge) appOf(policies []*rules.Policy) *entra.Registration {
	switch {
	case j.apps == nil || len(j.apps.Apps) == 0:
		return nil
	case len(j.apps.Apps) == 1:
		return j.apps.Apps[0]
	}
	for _, p := range policies {
		for _, c := range p.Checks() {
			for _, want := range c.Test.Wants() {
				if want.Input.Name == "aud" {
					if app := appWithAudience(j.apps.Apps, want.Text); app != nil {
						return app
					}
				}
			}
		}
	}
	return nil
}

func appWithAudience(apps []*entra.Registration, audience string) *entra.Registration {
	for _, app := range apps {
		if app.AppID.Value == audience {
			return app
		}
		for _, uri := range app.URIs {
			if uri.Known() && uri.Value == audience {
				return app
			}
		}
	}
	return nil
}

// withLint adds what the rules find in the policies to what is known of them already.
func (s *policySet) withLint(known []rules.Finding) []rules.Finding {
	j := judge{catalogue: s.gateways.catalogue(), apps: s.apps}
	return lint.Sort(append(slices.Clone(known), j.lintPolicies(s.Policies, s.Files)...))
}
