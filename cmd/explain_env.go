package cmd

import (
	"path/filepath"

	"github.com/gatewhy/gatewhy/rules"
)

// environmentFlags take a request's surroundings from an environment of the environments file.
type environmentFlags struct {
	name   string
	config string
}

// explained are the policies that a request meets, with the contracts where an environment tells them.
func (e *Env) explained(flags *explainFlags) (*policySet, *rules.Contracts, error) {
	if flags.environment.name == "" {
		set, err := e.readPolicies(&flags.policies)
		return set, nil, err
	}
	if len(flags.policies.files) > 0 {
		return nil, nil, problem("--env and -p both name policies", "leave one of them out")
	}
	site, set, err := e.readEnvironment(flags.environment.config, flags.environment.name)
	if err != nil {
		return nil, nil, err
	}
	return set, site.Contracts, e.environmentKeys(flags)
}

// environmentKeys takes the key set, else the tenant, of the environments file, where the command line names neither.
func (e *Env) environmentKeys(flags *explainFlags) error {
	if flags.keys.jwks != "" || flags.keys.tenant != "" || flags.keys.issuer != "" {
		return nil
	}
	file, err := e.readEnvironments(flags.environment.config)
	if err != nil {
		return err
	}
	if file.Keys.Value != "" {
		flags.keys.jwks = filepath.Join(filepath.Dir(flags.environment.config), file.Keys.Value)
		return nil
	}
	if flags.keys.offline {
		return nil
	}
	flags.keys.tenant = file.Tenant.Value
	if file.Cloud.Value != "" {
		flags.keys.cloud.value = file.Cloud.Value
	}
	return nil
}

// assume gives the environment's contracts to the requests that have none from the command line.
func (r *explainRun) assume(contracts *rules.Contracts) {
	for _, request := range []*rules.Request{r.request, r.other} {
		if request != nil && request.Contracts == nil {
			request.Contracts = contracts
		}
	}
}
