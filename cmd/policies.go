package cmd

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// policyFlags name the policies and say how to read them.
type policyFlags struct {
	files   []string
	api     string
	kind    policyType
	variant choice
	runtime string
}

func (f *policyFlags) register(cmd *cobra.Command, gateways Gateways) {
	f.variant = choice{allowed: gateways.variants(), kind: "GATEWAY"}
	flags := cmd.Flags()
	flags.VarP((*texts)(&f.files), "policy", "p", "policy `FILE`, repeatable, in the gateway's order; - for standard input")
	flags.StringVar(&f.api, "api", "", "the `NAME` of the API instance, of a file with several")
	f.kind.register(cmd, gateways)
	f.variant.register(cmd, "gateway", "", "the gateway, where the file does not tell")
	flags.StringVar(&f.runtime, "runtime", "", "the `VERSION` of the Mule runtime, where expressions depend on it")
}

func (f *policyFlags) options() rules.Options {
	return rules.Options{Variant: f.variant.value, API: f.api, Kind: f.kind.name, Runtime: f.runtime}
}

// policySet is the policies of one run, in order, with what was read of the files that they come from.
type policySet struct {
	repair.Bench
	*repair.Draft
	gateways Gateways         // that the program knows
	apps     *entra.Directory // app registrations; nil where none were given
}

// readPolicies reads and compiles the policy files.
func (e *Env) readPolicies(flags *policyFlags) (*policySet, error) {
	if len(flags.files) == 0 {
		return nil, problem("no policy was given", "-p FILE: the policy as API Manager returns it (JSON), or Flex Gateway's YAML", "how to get it: gatewhy collect policies")
	}
	found, err := e.find(flags.files)
	if err != nil {
		return nil, err
	}
	var files []*source.File
	var unread []rules.Unread
	for _, f := range found {
		file, err := e.readSource(f.name)
		switch {
		case err == nil && (f.named || e.Gateways.holdPolicy(file, flags.options())):
			files = append(files, file)
		case err != nil && f.named:
			return nil, err
		case err != nil && !e.mayHoldPolicy(f.name):
			e.warn("passed over: %s", inspect.Safe(err.Error()))
		case err != nil:
			e.warn("not read: %s", inspect.Safe(err.Error()))
			unread = append(unread, rules.Unread{File: f.name, Why: asError(err).Cause})
		}
	}
	if len(files) == 0 {
		return nil, problem("no policy in "+strings.Join(flags.files, ", "), "name a policy file to see why it is none")
	}
	for _, file := range files {
		if options := flags.options(); !e.Gateways.holdPolicy(file, options) {
			none := mistaken(file, e.Gateways.holdsNone(file, options))
			return nil, e.Gateways.noneOfAPI(options, file, none)
		}
	}
	set, err := e.Gateways.read(files, flags.options())
	if err != nil {
		return nil, err
	}
	set = set.beside(unread)
	switch other := set.namedOther(flags.variant.value); {
	case other != "":
		e.note("--gateway %s does not count: the file tells that its gateway is %s",
			flags.variant.value, other)
	case set.ofAnother(flags.variant.value):
		e.note("--gateway %s does not count: the policies are for %s",
			flags.variant.value, strings.Join(set.Adapter.VariantNames(), " or "))
	}
	if name := set.stacked(found); name != "" {
		e.warn("%s: its %d policy files are taken for one chain, though they have policies of the same kind: are they of several environments? name one file, or pass --env NAME", name, len(set.Files))
	}
	return set, oneAPI(set.Policies, "the one that the request goes to")
}

// stacked is where the files come from if they were found in a folder and two of them have a policy of the same kind; else empty.
func (s *policySet) stacked(found []foundFile) string {
	if len(s.Files) < 2 || !slices.ContainsFunc(found, func(f foundFile) bool { return !f.named }) {
		return ""
	}
	from := map[string]string{}
	for _, p := range s.Policies {
		if file, seen := from[p.Asset]; seen && file != p.Pos.File {
			return filepath.Dir(p.Pos.File)
		}
		from[p.Asset] = p.Pos.File
	}
	return ""
}

// mayHoldPolicy reports whether a file that can't be read may be one of policies: it can't even be
// opened, or has a word that policies have.
func (e *Env) mayHoldPolicy(name string) bool {
	text, err := e.readFile(name)
	return err != nil || e.Gateways.lookLikePolicy([]byte(text))
}

// holdPolicy tells whether a file that was found in a folder is one of policies.
func (g Gateways) holdPolicy(file *source.File, options rules.Options) bool {
	_, ok := g.of(file, options)
	return ok
}

// readSource reads a configuration file, or standard input for -.
func (e *Env) readSource(name string) (*source.File, error) {
	if name == "-" {
		text, err := readAll(e.Stdin, "standard input")
		if err != nil {
			return nil, err
		}
		return source.Read("standard input", []byte(text))
	}
	text, err := e.readFile(name)
	if err != nil {
		return nil, err
	}
	return source.Read(name, []byte(text))
}

// of returns the set with another configuration: one that was read, or the same one for another
// gateway. A chain runs on one gateway: where one file alone names it, that holds for all.
func (s *policySet) of(read *rules.Configuration) *policySet {
	other := *s
	other.Draft = s.Compiled(read)
	if other.Guessed && len(other.Named) == 1 {
		other.Draft = s.Compiled(read.For(other.Named[0]))
	}
	return &other
}

// beside returns the set with files that could not be read.
func (s *policySet) beside(unread []rules.Unread) *policySet {
	if len(unread) == 0 {
		return s
	}
	other := *s
	other.Unread = unread
	return other.of(s.Configuration)
}

// namedOther is the gateway that the files name where the user names another one; empty where they agree.
func (s *policySet) namedOther(variant string) string {
	for _, named := range s.Named {
		if variant != "" && variant != named {
			return named
		}
	}
	return ""
}

// ofAnother reports whether the user names a gateway of another vendor than the policies are for.
func (s *policySet) ofAnother(variant string) bool {
	return variant != "" && !slices.Contains(s.Adapter.VariantNames(), variant)
}

// file returns the file of that name.
func (s *policySet) file(name string) *source.File {
	for _, file := range s.Files {
		if file.Name == name {
			return file
		}
	}
	return nil
}
