package environments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// yamlName is a name as YAML has it, in quotes where it needs them.
func yamlName(name string) string {
	if name != "" && source.IsPlain(name, "/._-") && !strings.HasPrefix(name, "-") {
		return name
	}
	return inspect.Safe(source.NewString(name).JSON())
}

// YAML writes the environments file.
func (s *Survey) YAML() string {
	var b strings.Builder
	b.WriteString(
		"# Written by " + cmp.Or(s.Writer, "gatewhy init") +
			". Each environment has a gateway (its policies) and what belongs to it (its app " +
			"registrations\n" +
			"# and tokens). File names are relative to this file; patterns are allowed.\n" +
			"version: 1\n\n" +
			"# The tenant whose tokens are modelled: the id that az account show --query " +
			"tenantId -o tsv prints.\n",
	)
	if s.Tenant != "" {
		b.WriteString("tenant: " + yamlName(s.Tenant) + "\n")
	} else {
		b.WriteString("# tenant: 00000000-0000-0000-0000-000000000000\n")
	}
	if !s.cloudShown {
		b.WriteString("\n# The tenant's cloud, which no policy's keys show; without it the " +
			"public one is taken.\n# cloud: usgov\n")
	}
	b.WriteString(
		"\n# The key set that verifies real tokens; without it the tenant's own is fetched.\n" +
			s.keysLine() + "\n",
	)
	if s.Supposed {
		b.WriteString("# Where no app registration is named, an API is taken as its own " +
			"policies want it, and one client with a contract\n# as its own. Without this line " +
			"they must be named.\ndefaults:\n  callers: " + Supposed + "\n\n")
	}
	b.WriteString("environments:\n")
	for _, env := range s.environments {
		env.write(&b)
	}
	b.WriteString("\n# Intended exceptions, each with its reason.\n" + s.allow())
	if len(s.unplaced) > 0 {
		b.WriteString(
			"\n# Not placed: the name does not show the environment, or the file has too much " +
				"in it.\n",
		)
	}
	written := s.unplaced[:min(len(s.unplaced), mostUnplaced)]
	for _, u := range written {
		why := inspect.Safe(inspect.MaskTokens(u.what))
		fmt.Fprintf(&b, "#   %s, %s\n", inspect.Safe(u.name), why)
	}
	if more := len(s.unplaced) - len(written); more > 0 {
		fmt.Fprintf(&b, "#   and %d more\n", more)
	}
	return b.String()
}

// mostUnplaced is how many files are listed that are not placed: each environment may leave out
// all files that it shares with the others.
const mostUnplaced = 1000

// allow writes which environments share their tokens: those that are workloads of one, and have
// the same API. No policy could tell their tokens apart.
func (s *Survey) allow() string {
	var b strings.Builder
	for _, from := range s.environments {
		for _, to := range s.environments {
			if from != to && from.known() && to.known() && from.whole == to.whole &&
				from.instance != "" && to.instance != "" && len(from.api) > 0 &&
				slices.Equal(from.api, to.api) {
				fmt.Fprintf(&b, "  - {from: %s, to: %s, reason: the same API}\n",
					yamlName(from.name), yamlName(to.name))
			}
		}
	}
	if b.Len() == 0 {
		return "# allow:\n#   - {from: dev, to: sandbox, reason: \"…\"}\n"
	}
	return "allow:\n" + b.String()
}

// write writes an environment: as a comment where its policies are not known, since matrix asks
// for them.
func (env *surveyed) write(to *strings.Builder) {
	var b strings.Builder
	env.writePlain(&b)
	text := b.String()
	if !env.known() {
		text = strings.ReplaceAll("\n"+text, "\n  ", "\n  # ")[1:]
	}
	to.WriteString(text)
}

func (env *surveyed) writePlain(b *strings.Builder) {
	fmt.Fprintf(b, "  %s:\n", yamlName(env.name))
	switch {
	case len(env.policies) > 0:
		fmt.Fprintf(b, "    policies: %s # in the gateway's order\n", yamlList(env.policies))
	case env.open != "":
		fmt.Fprintf(b, "    policies: [] # %s lists none: the gateway lets every request in\n",
			inspect.Safe(env.open))
	default:
		b.WriteString("    # policies: [FILE] # or [], if its gateway lets every request in\n")
	}
	if all := env.gateways; len(all) > 0 {
		fmt.Fprintf(b, "    gateway: %s%s\n", all[0], orElse(all[1:]))
	}
	if env.instance != "" {
		name := inspect.Safe(source.NewString(env.instance).JSON()) // a number too is a text
		fmt.Fprintf(b, "    instance: %s # of several in these files\n", name)
	}
	switch {
	case len(env.contracts) > 0:
		others := ""
		if len(env.contracts) > 1 {
			others = " # or " + inspect.Safe(strings.Join(env.contracts[1:], ", "))
		}
		fmt.Fprintf(b, "    contracts: %s%s\n", yamlName(env.contracts[0]), others)
	case slices.ContainsFunc(env.policyFiles, func(f policyFile) bool { return f.contracts }):
		b.WriteString(
			"    # contracts: FILE with the client ids that have an approved contract, " +
				"one a line\n",
		)
	}
	env.writeAPI(b)
	writeList(b, "clients", env.clients, "the client apps that belong here")
	writeList(b, "tokens", env.tokens, "")
}

// writeAPI writes the API, or of several the choice.
func (env *surveyed) writeAPI(b *strings.Builder) {
	if len(env.apis) == 0 {
		writeList(b, "api", env.api, "the API's app registration: az ad app show --id APP")
		return
	}
	fmt.Fprintf(b, "    # api: %s # the one of these that the gateway guards; "+
		"the others belong under clients\n", yamlList(env.namesOfAPIs()))
}

// writeList writes a list of files, or where there is none, a comment that says what belongs
// there.
func writeList(b *strings.Builder, name string, files []string, hint string) {
	switch {
	case len(files) > 0:
		fmt.Fprintf(b, "    %s: %s\n", name, yamlList(files))
	case hint != "":
		fmt.Fprintf(b, "    # %s: [FILE] # %s\n", name, hint)
	}
}

func yamlList(names []string) string {
	quoted := source.Each(names, yamlName)
	return "[" + strings.Join(quoted, ", ") + "]"
}

// keysLine names the key set; of several none, since nobody knows which of them counts.
func (s *Survey) keysLine() string {
	switch len(s.keys) {
	case 0:
		return "# jwks: keys.json\n"
	case 1:
		return "jwks: " + yamlName(s.keys[0]) + "\n"
	}
	return "# jwks: one of " + inspect.Safe(strings.Join(s.keys, ", ")) + "\n"
}

// orElse is a comment with the gateways that may be meant as well.
func orElse(others []string) string {
	if len(others) == 0 {
		return ""
	}
	return " # or " + strings.Join(others, " or ") + ": the policy files do not say"
}
