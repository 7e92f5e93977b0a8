package cmd

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// collectionFor is the command that prints how to get what an unknown check asks for, with the ids that the policies and
// the token tell; empty where there is none.
func (r *explainRun) collectionFor(need rules.Need) string {
	switch need.Input {
	case source.NeedContracts:
		return "gatewhy collect contracts" + r.apiFlag()
	case source.NeedIntrospection:
		return "gatewhy collect introspection"
	case source.NeedKeySet:
		return "gatewhy collect keys" + r.tenantFlag()
	case source.NeedRuntime, source.NeedGateway:
		return "gatewhy collect api-instance" + r.apiFlag()
	case source.NeedHeader, source.NeedRequest:
		return "gatewhy collect request"
	}
	return ""
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
