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
)

// policyFlags name the policies and say how to read them.
type policyFlags struct {
	files   []string
	api     string
	asset   policyType
	variant choice
	runtime string
}

func (f *policyFlags) register(cmd *cobra.Command) {
	f.variant = choice{allowed: variants(), kind: "GATEWAY"}
	flags := cmd.Flags()
	flags.VarP((*texts)(&f.files), "policy", "p", "policy `FILE`, repeatable, in the gateway's order; - for standard input")
	flags.StringVar(&f.api, "api", "", "the `NAME` of the API instance, of a file with several")
	f.asset.register(cmd)
	f.variant.register(cmd, "gateway", "", "the gateway, where the file does not tell")
	flags.StringVar(&f.runtime, "runtime", "", "the `VERSION` of the Mule runtime, where expressions depend on it")
}

func (f *policyFlags) options() rules.Options {
	return rules.Options{Variant: f.variant.value, API: f.api, Asset: f.asset.asset, Runtime: f.runtime}
}

// variants lists the gateways of all adapters.
func variants() []string {
	var all []string
	for _, adapter := range adapters() {
		all = append(all, adapter.Variants...)
	}
	return all
}

// policySet is the policies of one run, in order, with the files that they come from.
type policySet struct {
	adapter rules.Adapter
	options rules.Options
	files   []*source.File
	apps    *entra.Directory // app registrations; nil where none were given

	policies []*rules.Policy
	findings []rules.Finding
	guessed  bool     // the gateway is not told, and the first one was taken
	told     []string // the gateways that the files tell
}

// readPolicies reads and compiles the policy files.
func (e *Env) readPolicies(flags *policyFlags) (*policySet, error) {
	if len(flags.files) == 0 {
		return nil, problem("no policy was given", "-p FILE: the policy as API Manager returns it (JSON), or Flex Gateway's YAML", "how to get it: gatewhy collect policies")
	}
	set := &policySet{adapter: adapters()[0], options: flags.options()}
	found, err := e.find(flags.files)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		file, err := e.readSource(f.name)
		switch {
		case err == nil && (f.named || set.holdsPolicy(file)):
			set.files = append(set.files, file)
		case err != nil && f.named:
			return nil, err
		case err != nil:
			e.warn("passed over: %s", inspect.Safe(err.Error()))
		}
	}
	if len(set.files) == 0 {
		return nil, problem("no policy in "+strings.Join(flags.files, ", "), "name a policy file to see why it is none")
	}
	if err := set.compile(); err != nil {
		return nil, err
	}
	if other := set.toldOther(flags.variant.value); other != "" {
		e.note("--gateway %s does not count: the file tells that its gateway is %s", flags.variant.value, other)
	}
	if name := set.stacked(found); name != "" {
		e.warn("%s: its %d policy files are taken for one chain, though they have policies of the same kind: are they of several environments? name one file, or pass --env NAME", name, len(set.files))
	}
	return set, oneAPI(set.policies, "the one that the request goes to")
}

// stacked is where the files come from if they were found in a folder and two of them have a policy of the same kind; else empty.
func (s *policySet) stacked(found []foundFile) string {
	if len(s.files) < 2 || !slices.ContainsFunc(found, func(f foundFile) bool { return !f.named }) {
		return ""
	}
	from := map[string]string{}
	for _, p := range s.policies {
		if file, seen := from[p.Asset]; seen && file != p.Pos.File {
			return filepath.Dir(p.Pos.File)
		}
		from[p.Asset] = p.Pos.File
	}
	return ""
}

// holdsPolicy tells whether a file that was found in a folder is one of policies.
func (s *policySet) holdsPolicy(file *source.File) bool {
	_, err := s.adapter.Compile(file, s.options)
	return err == nil
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

// compile compiles the files anew, after they or the options have changed. A chain runs on one gateway: where one file alone tells
// which, that holds for all.
func (s *policySet) compile() error {
	if err := s.compileOnce(); err != nil || !s.guessed || len(s.told) != 1 {
		return err
	}
	s.options.Variant = s.told[0]
	return s.compileOnce()
}

func (s *policySet) compileOnce() error {
	s.policies, s.findings, s.guessed, s.told = nil, nil, false, nil
	for _, file := range s.files {
		compiled, err := s.adapter.Compile(file, s.options)
		if err != nil {
			return noneOfAPI(s.adapter, s.options, file, mistaken(file, err))
		}
		s.policies = append(s.policies, compiled.Policies...)
		s.findings = append(s.findings, compiled.Findings...)
		s.guessed = s.guessed || compiled.Guessed
		for _, told := range compiled.Told {
			if !slices.Contains(s.told, told) {
				s.told = append(s.told, told)
			}
		}
	}
	return nil
}

// toldOther is the gateway that the files tell where the user names another one; empty where they agree.
func (s *policySet) toldOther(named string) string {
	for _, told := range s.told {
		if named != "" && told != named {
			return told
		}
	}
	return ""
}

// as returns the same files compiled for another gateway.
func (s *policySet) as(variant string) (*policySet, error) {
	other := &policySet{adapter: s.adapter, options: s.options, files: s.files, apps: s.apps}
	other.options.Variant = variant
	return other, other.compile()
}

// with returns the set with another file in the place of one of its own.
func (s *policySet) with(index int, file *source.File) (*policySet, error) {
	other := &policySet{adapter: s.adapter, options: s.options, files: append([]*source.File{}, s.files...)}
	other.files[index] = file
	return other, other.compile()
}

// file returns the file of that name.
func (s *policySet) file(name string) *source.File {
	for _, file := range s.files {
		if file.Name == name {
			return file
		}
	}
	return nil
}
