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

// oneAPI refuses the policies of several API instances where those of one are needed: which is which one, in words.
func oneAPI(policies []*rules.Policy, which string) error {
	apis := apisOf(policies)
	if len(apis) < 2 {
		return nil
	}
	return problem("the policies belong to several API instances: "+strings.Join(apis, ", "), "--api NAME: "+which)
}

// noneOfAPI names the API instances of a file in which --api found none, or returns the error as it is where the file has no
// policies of any.
func (g Gateways) noneOfAPI(options rules.Options, file *source.File, err error) error {
	api := options.API
	options.API = ""
	adapter, ok := g.of(file, options)
	if api == "" || !ok {
		return err
	}
	read, failed := adapter.Read([]*source.File{file}, optionsFor(&adapter, options))
	if failed != nil {
		return err
	}
	return problem("--api "+api+": no policy in "+file.Name+" belongs to this API instance", "the file has "+strings.Join(apisOf(adapter.Compile(read).Policies), ", "))
}
