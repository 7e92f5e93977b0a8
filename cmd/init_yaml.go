package cmd

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// yaml writes the environments file.
func (s *survey) yaml() string {
	var b strings.Builder
	b.WriteString("# Written by gatewhy init. Each environment has a gateway (its policies) and those who belong to it (its app registrations\n" +
		"# and tokens). File names are relative to this file; patterns are allowed.\n" +
		"version: 1\n\n" +
		"# The tenant whose tokens are modelled: the id that az account show --query tenantId prints.\n")
	if s.tenant != "" {
		b.WriteString("tenant: " + s.tenant + "\n")
	} else {
		b.WriteString("# tenant: 00000000-0000-0000-0000-000000000000\n")
	}
	b.WriteString("\n# The key set that verifies real tokens; without it the tenant's own is fetched.\n# jwks: keys.json\n\nenvironments:\n")
	for _, env := range s.environments {
		env.write(&b)
	}
	b.WriteString("\n# Crossings that are meant, each with its reason.\n# allow:\n#   - {from: dev, to: sandbox, reason: \"…\"}\n")
	if len(s.unplaced) > 0 {
		b.WriteString("\n# Not placed: no name tells the environment, or one file holds too much.\n")
	}
	for _, u := range s.unplaced {
		fmt.Fprintf(&b, "#   %s, %s\n", inspect.Safe(u.name), u.what)
	}
	return b.String()
}

func (env *surveyed) write(b *strings.Builder) {
	fmt.Fprintf(b, "  %s:\n", yamlName(env.name))
	before := b.Len()
	if len(env.policies) > 0 {
		fmt.Fprintf(b, "    policies: %s # in the gateway's order\n", yamlList(env.policies))
	}
	if all := env.gateways; len(all) > 0 {
		others := strings.Join(all[1:], " or ")
		fmt.Fprintf(b, "    gateway: %s # or %s: the policy files do not tell\n", all[0], others)
	}
	switch {
	case len(env.contracts) > 0:
		fmt.Fprintf(b, "    contracts: %s\n", yamlName(env.contracts[0]))
	case len(env.policies) > 0:
		b.WriteString("    # contracts: FILE with the client ids that have an approved contract, one a line\n")
	}
	env.writeAPI(b)
	writeList(b, "clients", env.clients, "the client apps that belong here")
	writeList(b, "tokens", env.tokens, "")
	if b.Len() == before {
		b.WriteString("    {}\n")
	}
}

// writeAPI writes the API, or of several the choice.
func (env *surveyed) writeAPI(b *strings.Builder) {
	if len(env.apis) == 0 {
		writeList(b, "api", env.api, "the API's app registration: az ad app show --id APP")
		return
	}
	names := make([]string, len(env.apis))
	for i, r := range env.apis {
		names[i] = r.name
	}
	fmt.Fprintf(b, "    # api: %s # the one of these that the gateway guards; the others belong under clients\n", yamlList(names))
}

// writeList writes a list of files, or where there is none, a comment that says what belongs there.
func writeList(b *strings.Builder, name string, files []string, hint string) {
	switch {
	case len(files) > 0:
		fmt.Fprintf(b, "    %s: %s\n", name, yamlList(files))
	case hint != "":
		fmt.Fprintf(b, "    # %s: [FILE] # %s\n", name, hint)
	}
}

func yamlList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = yamlName(name)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
