package cmd

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// apisOf lists the API instances that policies belong to, by name.
func apisOf(policies []*rules.Policy) []string {
	var apis []string
	for _, policy := range policies {
		if policy.API != "" && !slices.Contains(apis, policy.API) {
			apis = append(apis, policy.API)
		}
	}
	slices.Sort(apis)
	return apis
}

// otherAPI names the API instances of a file in which --api found none, or returns the error as it is where the file has no
// policies of any.
func (s *policySet) otherAPI(file *source.File, err error) error {
	if s.options.API == "" {
		return err
	}
	every := s.options
	every.API = ""
	compiled, failed := s.adapter.Compile(file, every)
	if failed != nil {
		return err
	}
	return problem("--api "+s.options.API+": no policy in "+file.Name+" belongs to this API instance", "the file has "+strings.Join(apisOf(compiled.Policies), ", "))
}
