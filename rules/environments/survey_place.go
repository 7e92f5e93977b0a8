package environments

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// known reports whether the gateway's policies are known. It may be known to have none.
func (env *surveyed) known() bool { return len(env.policies) > 0 || env.open != "" }

// only is the one environment that there is; nil where there are several, or none.
func (s *Survey) only() *surveyed {
	if len(s.environments) == 1 {
		return s.environments[0]
	}
	return nil
}

// home is the environment that a name shows, else the only one that there is.
func (s *Survey) home(name string) *surveyed {
	if env := s.environment(name); env != nil {
		return env
	}
	return s.only()
}

// AddOpen takes a file that says that a gateway has no policies.
func (s *Survey) AddOpen(name string) {
	env := s.environment(name)
	if env == nil {
		env = s.add("main")
	}
	env.open = name
}

// AddKeys takes a file with a key set.
func (s *Survey) AddKeys(name string) { s.keys = append(s.keys, name) }

// AddContracts takes a file with a list of contracts.
func (s *Survey) AddContracts(name string) { s.contracts = append(s.contracts, name) }

// Suppose takes a tenant that something beside the policies says, where they say none.
func (s *Survey) Suppose(tenant string) { s.Tenant = cmp.Or(s.Tenant, tenant) }

// Tokens lists the files with tokens.
func (s *Survey) Tokens() (all []string) {
	for _, env := range s.environments {
		all = append(all, env.tokens...)
	}
	return all
}

// HasCallers reports whether an environment has tokens, or app registrations to model them from.
func (s *Survey) HasCallers() bool {
	return slices.ContainsFunc(s.environments, func(env *surveyed) bool {
		return env.known() && len(env.api)+len(env.clients)+len(env.tokens) > 0
	})
}

// WantsAudience reports whether the policies of an environment want an audience, which names the
// app registration of its API.
func (s *Survey) WantsAudience() bool {
	return slices.ContainsFunc(s.environments, func(env *surveyed) bool {
		wants := func(f policyFile) bool { return len(f.audiences) > 0 }
		return env.known() && slices.ContainsFunc(env.policyFiles, wants)
	})
}

// LeaveOut keeps a file out, and says why at the end.
func (s *Survey) LeaveOut(name, why string) {
	s.unplaced = append(s.unplaced, unplaced{name, why})
}

// LeftOut lists the files that are kept out, each with the reason.
func (s *Survey) LeftOut() []string {
	all := make([]string, len(s.unplaced))
	for i, u := range s.unplaced {
		all[i] = u.name + ": " + u.what
	}
	return all
}

// Part is what an environment has of one kind.
type Part string

// The parts of an environment, as its members are called.
const (
	PartPolicies  Part = "policies"
	PartContracts Part = "contracts"
	PartAPI       Part = "api"
	PartClients   Part = "clients"
	PartTokens    Part = "tokens"
)

// Refuse takes a part of an environment out of it, since the file would not be read with it.
func (s *Survey) Refuse(environment string, part Part, why string) {
	for _, env := range s.environments {
		if env.name != environment {
			continue
		}
		list := env.files(part)
		if part == PartPolicies {
			s.Unusable += len(*list)
		}
		for _, name := range *list {
			s.LeaveOut(name, "left out of "+string(part)+" of "+env.name+": "+why)
		}
		*list = nil
	}
}

func (env *surveyed) files(part Part) *[]string {
	switch part {
	case PartPolicies:
		return &env.policies
	case PartContracts:
		return &env.contracts
	case PartAPI:
		return &env.api
	case PartClients:
		return &env.clients
	}
	return &env.tokens
}

// Choice is what somebody must choose, since no file says it.
type Choice struct {
	Question string
	Options  []string // none where any text is an answer
	Take     func(answer string) error
}

// Choices are what must be chosen.
func (s *Survey) Choices() []Choice {
	var all []Choice
	for _, env := range s.environments {
		if len(env.gateways) > 1 && len(env.policies) > 0 {
			all = append(all, Choice{
				"Which gateway runs the policies of " + env.name + "?", env.gateways,
				func(answer string) error { env.gateways = []string{answer}; return nil },
			})
		}
		if len(env.apis) > 1 {
			all = append(all, Choice{
				"Which app registration is that of the API behind the gateway of " +
					env.name + "?",
				env.namesOfAPIs(),
				func(answer string) error { env.takeAPI(answer); return nil },
			})
		}
	}
	return all
}

// TenantChoice asks for the tenant, where tokens will be modelled and nothing says it.
func (s *Survey) TenantChoice() (Choice, bool) {
	return Choice{
		"What is the tenant's id or domain (az account show --query tenantId -o tsv)?", nil,
		func(answer string) error {
			err := checkTenant(entra.Text{Value: answer})
			if err == nil {
				s.Tenant = answer
			}
			return err
		},
	}, s.Tenant == "" && s.Modelled()
}

func (env *surveyed) namesOfAPIs() []string {
	names := make([]string, len(env.apis))
	for i, r := range env.apis {
		names[i] = r.name
	}
	return names
}
