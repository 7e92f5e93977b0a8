package report

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// PolicySet is the policies of one run, in order, with what was read of the files that they come
// from.
type PolicySet struct {
	repair.Bench
	*repair.Draft
	gateways Gateways         // that the program knows
	options  rules.Options    // with which the files were read
	Apps     *entra.Directory // app registrations; nil where none were given

	// ofEnvironment is the API of the environment whose policies they are; nil where none is
	// known.
	ofEnvironment *entra.Registration

	// open is the environments file that says there are no policies; else it is empty.
	open string
}

// ReadPolicies reads and compiles the policy files.
func (m *Maker) ReadPolicies(names []string, options rules.Options) (*PolicySet, error) {
	return m.readPolicies(names, options, "--api NAME: the one that the request goes to")
}

// readPolicies is [Maker.ReadPolicies]. The hint says how to name one API instance of several.
func (m *Maker) readPolicies(
	names []string, options rules.Options, hint string,
) (*PolicySet, error) {
	if len(names) == 0 {
		return nil, Problem("no policy was given",
			"-p FILE: the policy as the control plane has it: JSON, YAML, Terraform or TOML",
			"how to get it: gatewhy collect policies")
	}
	found, err := m.Find(names)
	if err != nil {
		return nil, err
	}
	found, changers := m.changers(found)
	files, unread, err := m.readPolicyFiles(found, options)
	if err != nil {
		return nil, err
	}
	if len(files) > rules.MostFiles {
		return nil, rules.FilesBeyond(names)
	}
	if err := heldBeyond(files, names); err != nil {
		return nil, err
	}
	files, err = m.ofOneGateway(m.Gateways.wanted(files, found, options), found, options)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, Problem("no policy in "+inspect.Few(names, inspect.MostNames),
			changers.kustomize(changers.kustomizations.Folder()),
			"name a policy file to see why it was not recognised")
	}
	if err := changers.fault(m.Gateways, files, options); err != nil {
		return nil, err
	}
	if err := m.Gateways.allHold(files, options); err != nil {
		return nil, err
	}
	if err := m.Gateways.ofOneCluster(files, found, options); err != nil {
		return nil, err
	}
	return m.compilePolicies(files, found, unread, options, hint)
}

// compilePolicies reads and compiles files that all have policies.
func (m *Maker) compilePolicies(
	files []*source.File, found []Found, unread []rules.Unread, options rules.Options, hint string,
) (*PolicySet, error) {
	set, err := m.Gateways.Read(files, options)
	if err != nil {
		return nil, err
	}
	if set.Ambiguous != nil {
		return set, set.Ambiguous
	}
	if len(unread) > 0 {
		set.Unread = unread
		set = set.of(set.Configuration)
	}
	if err := m.otherGateway(set.Adapter, set.Files[0].Name, options); err != nil {
		return nil, err
	}
	if text := unheeded(&set.Adapter, &set.Compilation, set.Files, options); text != "" {
		m.note("%s", text)
	}
	if err := oneAPI(set.Policies, hint); err != nil {
		return set, err
	}
	return set, m.oneChain(set, found)
}

// allHold is an error where a file has no policies, or has them for several gateways.
func (g Gateways) allHold(files []*source.File, options rules.Options) error {
	adapters := g.among(files, options)
	for _, file := range files {
		if adapters[file] == nil {
			return g.noneOfAPI(options, file, mistaken(file, g.holdsNone(file, options)))
		}
		if err := g.ofSeveral(file, options); err != nil {
			return err
		}
	}
	return nil
}

// readPolicyFiles reads files. One that was named must be readable. One that was found in a folder
// is left out where it is about no policy, and with a warning where it can't be read; that is
// returned as not read where it may hold a policy. It stops where there are more files, or values
// in them, than are looked at together.
func (m *Maker) readPolicyFiles(
	found []Found, options rules.Options,
) (files []*source.File, unread []rules.Unread, err error) {
	values := int64(0)
	for _, f := range found {
		file, err := m.ReadSource(f.Name)
		switch {
		case err == nil && !f.Named && m.Gateways.holdNothing(file, options):
		case err == nil:
			files, values = append(files, file), values+int64(file.Values())
		case f.Named:
			return nil, nil, err
		default:
			text, shut := m.ReadConfiguration(f.Name)
			if shut == nil && !m.Gateways.lookLikePolicy(text) {
				m.warn("skipped: %s", inspect.Safe(err.Error()))
				break
			}
			m.warn("not read: %s", inspect.Safe(err.Error()))
			unread = append(unread, rules.Unread{File: f.Name, Why: AsError(err).Cause})
		}
		if len(files) > rules.MostFiles || rules.HeldBeyond(values, nil) != nil {
			break
		}
	}
	return files, unread, nil
}

// heldBeyond refuses files of more values than are looked at together. One file has limits of its
// own.
func heldBeyond(files []*source.File, names []string) error {
	if len(files) < 2 {
		return nil
	}
	values := int64(0)
	for _, file := range files {
		values += int64(file.Values())
	}
	return rules.HeldBeyond(values, names)
}

// otherGateway is an error where a named file has policies of another vendor's gateway than the
// command line says.
func (m *Maker) otherGateway(of rules.Adapter, file string, options rules.Options) error {
	if m.Gateway == "" || m.Gateway != options.Variant || named(options)(of) {
		return nil
	}
	return Problem(fmt.Sprintf("--gateway %s: the policies in %s are for %s", m.Gateway, file,
		strings.Join(of.VariantNames(), " or ")),
		"leave out --gateway, for the file says it; or name a file for "+m.Gateway)
}

// unheeded says which options of the command line do not count for what was read: a gateway where
// the files name another one, and an API instance where no policy says which it belongs to, and
// may be any instance's. It is empty where both count.
func unheeded(
	of *rules.Adapter, made *rules.Compilation, files []*source.File, options rules.Options,
) string {
	all, variant := "", options.Variant
	named := func(file *source.File) bool { return file.Name == options.API }
	if options.API != "" && len(made.Policies) > 0 && len(apisOf(made.Policies)) == 0 &&
		!slices.ContainsFunc(files, named) {
		all = "no policy says which API instance it belongs to: each counts for " + options.API
	}
	if variant == "" {
		return all
	}
	why := ""
	for _, other := range made.Named {
		if other != variant {
			why = "the file says that its gateway is " + other
			break
		}
	}
	if names := of.VariantNames(); why == "" && !slices.Contains(names, variant) {
		why = "the policies are for " + strings.Join(names, " or ")
	}
	if why != "" {
		why = "--gateway " + variant + " has no effect: " + why
		if all != "" {
			why += "; "
		}
	}
	return why + all
}

// ofOneGateway leaves out files of other gateways than the one that the user names, unless the
// user named them too. If files are of several gateways and nobody says which one is meant, that
// is an error: the answer of one gateway says nothing about another's.
func (m *Maker) ofOneGateway(
	files []*source.File, found []Found, options rules.Options,
) ([]*source.File, error) {
	if !inFolders(found) {
		return files, nil
	}
	given, vendors := namesGiven(found), map[string]string{} // the first file of each
	var wanted []*source.File
	adapters := m.Gateways.among(files, options)
	for _, file := range files {
		adapter := adapters[file]
		if adapter == nil {
			return files, nil // it is refused later, with a better word
		}
		if given[file.Name] || slices.Contains(adapter.VariantNames(), options.Variant) {
			wanted = append(wanted, file)
		}
		if vendors[adapter.Name] == "" {
			vendors[adapter.Name] = file.Name
		}
	}
	switch {
	case len(vendors) < 2:
		return files, nil
	case len(wanted) > 0 && len(wanted) < len(files):
		m.note("--gateway %s: %d of %d policy files are for it", options.Variant, len(wanted),
			len(files))
		return wanted, nil
	}
	var names []string
	for _, adapter := range m.Gateways {
		if name := vendors[adapter.Name]; name != "" {
			names = append(names, name+" ("+strings.Join(adapter.VariantNames(), ", ")+")")
		}
	}
	return nil, Problem("the policy files are of several gateways: "+strings.Join(names, "; "),
		"--gateway NAME takes the files of one gateway from a folder; or name those files alone",
		"in an environments file give each gateway an environment of its own: gatewhy matrix "+
			"shows each in a column")
}

// ofOneCluster is an error where files that were found in a folder make up several configurations,
// as lint sorts them. Those that somebody names are of one.
func (g Gateways) ofOneCluster(files []*source.File, found []Found, options rules.Options) error {
	if !inFolders(found) {
		return nil
	}
	adapter, err := g.ofAll(files, options)
	if err != nil || adapter.Together == nil || adapter.Apart {
		return err
	}
	groups := slices.CompactFunc(adapter.Together(files), sameTexts)
	if len(groups) < 2 {
		return nil
	}
	names := source.Each(groups, func(group []*source.File) string { return group[0].Name })
	return Problem("the policy files are of several clusters: "+
		inspect.Few(names, inspect.MostNames),
		"name the files of one: -p "+placeOf(groups),
		"an environments file has an environment for each, and gatewhy matrix a column")
}

// sameTexts reports whether two groups of files are copies of each other: of one cluster, that is.
func sameTexts(a, b []*source.File) bool {
	return slices.EqualFunc(a, b, func(a, b *source.File) bool {
		return bytes.Equal(a.Text, b.Text)
	})
}

// placeOf is the folder of the first of some groups of files, or its file where others are there
// too.
func placeOf(groups [][]*source.File) string {
	name := groups[0][0].Name
	folder := filepath.Dir(name)
	inFolder := func(file *source.File) bool { return filepath.Dir(file.Name) == folder }
	shared := slices.ContainsFunc(groups[1:], func(group []*source.File) bool {
		return slices.ContainsFunc(group, inFolder)
	})
	if shared || folder == "." {
		return name
	}
	return folder
}

// prediction is a verdict of the policies on a request, to be compared with a real answer.
func (s *PolicySet) prediction(v *rules.Verdict, request *rules.Request) rules.Prediction {
	return rules.Prediction{
		Verdict: v, Request: request, Policies: s.Policies,
		Behaviours: s.Adapter.Behaviours(), Causes: s.Adapter.Causes(),
		AnyOrder: s.Adapter.AnyOrder, Known: s.gateways,
	}
}

// oneChain warns of two files in a folder that have a policy of the same kind for one API
// instance. In two folders that is an error: they are of two environments, or of two APIs. Files
// that the user names are a chain.
func (m *Maker) oneChain(set *PolicySet, found []Found) error {
	first, second := set.stacked(found)
	if first == "" {
		return nil
	}
	if folder := filepath.Dir(second); folder == filepath.Dir(first) {
		m.warn("%s: its %d policy files are treated as one chain, but have policies of the same "+
			"kind: do they belong to several environments? name one file, or pass --env NAME",
			folder, len(set.Files))
		return nil
	}
	return Problem(first+" and "+second+" have policies of the same kind: they are of several "+
		"environments or APIs", "name the files of one: -p "+filepath.Dir(first),
		"files of one chain are named one by one, in its order: -p FILE -p FILE",
		"an environments file has an environment for each, and gatewhy matrix a column")
}

// stacked are two files with a policy of the same kind for one API instance, if they were found in
// a folder; else both are empty.
func (s *PolicySet) stacked(found []Found) (first, second string) {
	if len(s.Files) < 2 || !inFolders(found) {
		return "", ""
	}
	type sort struct {
		asset, api string
		early      bool // such a policy may stand beside an API's own
	}
	from := map[sort]string{}
	for _, p := range s.Policies {
		of := sort{p.Asset, p.API, p.Early}
		if file, seen := from[of]; seen && file != p.Pos.File {
			return file, p.Pos.File
		}
		from[of] = p.Pos.File
	}
	return "", ""
}

// namesGiven are the files that the user named.
func namesGiven(found []Found) map[string]bool {
	given := map[string]bool{}
	for _, f := range found {
		given[f.Name] = given[f.Name] || f.Named
	}
	return given
}

// wanted are the files that were named, and of those that were found in a folder the ones with
// policies and the ones that say more of them.
func (g Gateways) wanted(
	files []*source.File, found []Found, options rules.Options,
) []*source.File {
	if !inFolders(found) {
		return files
	}
	given, adapters := namesGiven(found), g.among(files, options)
	return source.Without(files, func(file *source.File) bool {
		return !given[file.Name] && adapters[file] == nil
	})
}

// of returns the set with another configuration: one that was read, or the same one for another
// gateway. A chain runs on one gateway: where one file alone names it, that holds for all.
func (s *PolicySet) of(read *rules.Configuration) *PolicySet {
	other := *s
	other.Draft = s.Compiled(read)
	if other.Guessed && len(other.Named) == 1 {
		other.Draft = s.Compiled(read.For(other.Named[0]))
	}
	return &other
}

// perGateway is the set as each gateway runs it that may be meant; the set itself where the files
// or a flag say which one it is.
func (s *PolicySet) perGateway() []*PolicySet {
	if !s.Guessed {
		return []*PolicySet{s}
	}
	return source.Each(s.Adapter.VariantNames(), func(variant string) *PolicySet {
		return s.of(s.For(variant))
	})
}

// names are those of the files, each once.
func (s *PolicySet) names() (all []string) {
	for _, file := range s.Files {
		all = source.Union(all, file.Name)
	}
	return all
}

func (s *PolicySet) file(name string) *source.File {
	for _, file := range s.Files {
		if file.Name == name {
			return file
		}
	}
	return nil
}

// apisOf lists the API instances that policies belong to, by name.
func apisOf(policies []*rules.Policy) []string {
	var apis []string
	for _, policy := range policies {
		if policy.API != "" {
			apis = source.Union(apis, policy.API)
		}
	}
	slices.Sort(apis)
	return apis
}

// APIs lists the API instances that the policies of these files belong to; none where the files
// can't be read. It does not read standard input.
func (m *Maker) APIs(names []string, options rules.Options) []string {
	names = source.Without(names, func(name string) bool { return name == "-" })
	set, _ := m.ReadPolicies(names, options) // several instances are an error beside the set
	if set == nil {
		return nil
	}
	return set.APIs()
}

// APIs lists the API instances that the policies belong to, by name.
func (s *PolicySet) APIs() []string { return apisOf(s.Policies) }

// oneAPI refuses the policies of several API instances where those of one are needed. The hint
// says how to name it.
func oneAPI(policies []*rules.Policy, hint string) error {
	apis := apisOf(policies)
	if len(apis) < 2 {
		return nil
	}
	return Problem("the policies belong to several API instances: "+
		inspect.Few(apis, inspect.MostNames), hint)
}

// noneOfAPI names the API instances of a file in which --api found none, or returns the error as
// it is where the file has no policies of any.
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
	hint := "the file has " +
		inspect.Few(apisOf(adapter.Compile(read).Policies), inspect.MostNames)
	if strings.TrimSpace(hint) == "the file has" {
		hint = "the file has one instance, without a name: leave it out"
	}
	return Problem("no policy in "+file.Name+" belongs to the API instance or workload "+api, hint)
}

// found is what is known of the policies since they were compiled, and what the rules find in
// them. The rules come without the vendor's advice: nobody reads it here.
func (s *PolicySet) found() []rules.Finding {
	j := lint.Judge{Apps: s.Apps}
	return append(slices.Clone(s.Findings), j.Policies(&s.Adapter, s.Policies, s.Files)...)
}

// comments are those of the files that set findings aside.
func (s *PolicySet) comments() []lint.Comment {
	var all []lint.Comment
	for _, file := range s.Files {
		all = append(all, lint.Comments(file)...)
	}
	return all
}

// apart reports whether lint judges the files one by one, and does not see what holds of them
// together.
func (s *PolicySet) apart() bool {
	if len(s.Files) < 2 || s.Adapter.Together == nil {
		return len(s.Files) > 1
	}
	return len(slices.CompactFunc(s.Adapter.Together(s.Files), sameTexts)) > 1
}
