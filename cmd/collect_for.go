package cmd

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// collectionFor is the command that prints how to get what an unknown check asks for, with the ids that the policies and
// the token tell; empty where there is none, and for a policy, which is there already.
func (r *explainRun) collectionFor(need rules.Need) string {
	if need.Input == "" || need.Input == source.NeedPolicy {
		return ""
	}
	for _, c := range collectionsWith(r.policies.Adapter.Collect(), "") {
		if slices.Contains(c.Takes, need.Input) {
			return "gatewhy collect " + c.Name + r.idFlags(&c)
		}
	}
	return ""
}

// idFlags fill in the ids that a collection's commands have a place for.
func (r *explainRun) idFlags(c *rules.Collection) string {
	has := func(placeholder string) bool {
		return slices.ContainsFunc(c.Steps, func(s rules.Step) bool {
			return strings.Contains(s.Command, placeholder)
		})
	}
	flags := ""
	if has("{api}") {
		flags += r.apiFlag()
	}
	if has("{tenant}") {
		flags += r.tenantFlag()
	}
	return flags
}

// apiFlag names the API instance that the policies belong to.
func (r *explainRun) apiFlag() string {
	for _, policy := range r.policies.Policies {
		if isCollectID(policy.API) {
			return " --api " + policy.API
		}
	}
	return ""
}

// tenantFlag names the tenant that the token names, where it is one of Entra ID's.
func (r *explainRun) tenantFlag() string {
	profile := r.request.Profile()
	if _, ok := entra.ParseIssuer(profile.Issuer); ok && entra.IsGUID(profile.Tenant) {
		return " --tenant " + profile.Tenant
	}
	return ""
}
