package report

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// DefaultEnvironments is the environments file that is read where none is named.
const DefaultEnvironments = "gatewhy.yaml"

// Estate is the environments file with everything that it names.
type Estate struct {
	environments.Estate
	Name string // of the environments file
	File *environments.File

	CloudTaken bool // neither the file nor the policies name the cloud: it is the public one

	sets   map[string]*PolicySet // of each environment that has policies
	reader *estateReader
}

// environmentsSource reads the environments file, of which no part is looked at yet. What is said
// of a large configuration, that it may be a whole cluster, does not hold for it.
func (m *Maker) environmentsSource(name string) (*source.File, error) {
	file, err := m.ReadSource(name)
	if large := (*source.Error)(nil); errors.As(err, &large) && large.Limit {
		return nil, HintedOnly(err,
			"an environments file is not so large; is this the right file?")
	}
	return file, err
}

// ReadEnvironments reads the environments file.
func (m *Maker) ReadEnvironments(name string) (*environments.File, error) {
	file, err := m.environmentsSource(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, m.noEnvironments(name, err)
	case err != nil:
		return nil, err
	}
	read, err := environments.Read(file)
	return read, m.OrMistaken(err, name, anEnvironments)
}

// noEnvironments is the error where the environments file is not there, with the command that
// writes one from what lies in its folder.
func (m *Maker) noEnvironments(name string, err error) error {
	words := []string{"gatewhy", "init"}
	folder, file := filepath.Split(name)
	if folder != "" {
		words = append(words, filepath.Clean(folder))
	}
	if file != DefaultEnvironments {
		words = append(words, "-c", file)
	}
	const write = "this writes one from the files in a folder"
	if name == DefaultEnvironments { // most often nobody has named it
		return HintedOnly(err, "where it has another name: -c FILE", write, m.Shell.Line(words...))
	}
	return Hinted(err, write, m.Shell.Line(words...))
}

// estateReader reads the files that an environments file names, which are relative to its folder.
type estateReader struct {
	maker  *Maker
	folder string
	estate *Estate
	chains map[string][]string // the gateways of environments that have several, in their order
	given  rules.Options       // what the command line says, which counts before the file

	apps, contracted int // how many app registrations and contracts were read

	directories map[string]*entra.Directory // the registrations of files, by their names

	conditions rules.Conditions // of the policies that were read
}

// mostRegistrations is how many app registrations the files of all environments may have: all of
// them are in the memory.
const mostRegistrations = 75_000

// mostContracted is how many contracts the files of all environments may have. Each client that no
// file shows is modelled.
const mostContracted = 300_000

// newEstate is the estate of an environments file before anything that it names is read.
func (m *Maker) newEstate(name string, file *environments.File) *Estate {
	e := &Estate{Name: name, File: file, sets: map[string]*PolicySet{}}
	e.reader = &estateReader{
		maker: m, folder: filepath.Dir(name), estate: e, chains: map[string][]string{},
		directories: map[string]*entra.Directory{},
	}
	e.At, e.Allow = m.Now(), file.Allow
	return e
}

// ReadEstate reads the environments file and all that it names but the keys: the tenant's id, its
// cloud and the signatures are the caller's to settle.
func (m *Maker) ReadEstate(name string) (*Estate, error) {
	file, err := m.ReadEnvironments(name)
	if err != nil {
		return nil, err
	}
	estate := m.newEstate(name, file)
	if _, err := estate.KeysFile(); err != nil {
		return nil, err
	}
	r := estate.reader
	for i := range file.Environments {
		of := &file.Environments[i]
		site := environments.Site{Name: of.Name}
		err := readParts(of, &site, r.policies, r.contracts, r.api, r.clients, r.tokens)
		if err != nil {
			return nil, err
		}
		estate.Sites = append(estate.Sites, site)
		for _, name := range r.chains[of.Name] { // of several gateways each is a site of its own
			estate.Sites = append(estate.Sites, environments.Site{
				Name: name, Guard: site.Guard, Contracts: site.Contracts,
				Policies: estate.sets[name].Policies,
			})
		}
	}
	return estate, nil
}

// Chain lists the gateways of an environment that has several; nil where it has one.
func (e *Estate) Chain(environment string) []string { return e.reader.chains[environment] }

// ReadEnvironment reads the policies and contracts of one environment, as --env names it. What the
// options say counts before what the file says.
func (m *Maker) ReadEnvironment(
	config, name string, options rules.Options,
) (*environments.Site, *PolicySet, error) {
	file, err := m.ReadEnvironments(config)
	if err != nil {
		return nil, nil, err
	}
	of, ok := file.Environment(name)
	if !ok {
		return nil, nil, Problem("--env "+name+": this environment is not in "+config,
			"there are "+strings.Join(file.Names(), ", "))
	}
	estate := m.newEstate(config, file)
	site := &environments.Site{Name: name}
	r := estate.reader
	r.given = options
	if err := readParts(of, site, r.policies, r.contracts, r.api); err != nil {
		return nil, nil, err
	}
	if chain := estate.reader.chains[name]; chain != nil {
		return nil, nil, Problem("--env "+name+": its policies are of several gateways: "+
			strings.Join(chain, ", "),
			"name the files of one of them, or the gateway: --gateway NAME")
	}
	set := estate.sets[name]
	if set == nil {
		set = m.openSet(config, of.Guard)
	}
	set.ofEnvironment = site.API
	return site, set, nil
}

// openSet is the set of an environment that says it has no policies, which means that its gateway
// lets every request in.
func (m *Maker) openSet(config string, guard *source.Value) *PolicySet {
	return &PolicySet{
		gateways: m.Gateways, open: config,
		Bench: repair.Bench{Adapter: rules.Adapter{}.Complete()},
		Draft: &repair.Draft{
			Configuration: &rules.Configuration{},
			Compilation: rules.Compilation{Findings: []rules.Finding{{
				Rule: "route-not-covered", Severity: rules.Warning,
				Pos: guard.Pos, Span: guard.Span, Field: "policies",
				Message: "no policy applies: the gateway lets every request in",
			}}},
		},
	}
}

// readParts reads parts of an environment, up to the first that can't be read.
func readParts(
	of *environments.Environment, site *environments.Site,
	parts ...func(*environments.Environment, *environments.Site) error,
) error {
	for _, read := range parts {
		if err := read(of, site); err != nil {
			return err
		}
	}
	return nil
}

// expand lists the files that a text of the environments file names; a pattern names any number of
// them.
func (r *estateReader) expand(texts []entra.Text) ([]string, error) {
	var all []Found
	for _, t := range texts {
		found, err := r.find(t)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	names := source.Each(unique(all), func(f Found) string { return f.Name })
	return names, nil
}

// find lists the files that one text names. One that names none is an error: an empty folder of
// policies would be a gateway that lets everybody in.
func (r *estateReader) find(t entra.Text) ([]Found, error) {
	if inspect.MaskTokens(t.Value) != t.Value {
		return nil, ProblemAt(t.Pos, "this is a token, but the name of a file is expected",
			"tokens are secrets: save it in a file, such as tokens/dev.jwt, and name that")
	}
	name := filepath.FromSlash(t.Value)
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.folder, name)
	}
	found, err := r.maker.findOne(name)
	cause, hint := "", "names are relative to the folder of "+filepath.Base(t.Pos.File)
	switch {
	case err != nil:
		cause = AsError(err).Error()
	case len(found) == 0:
		cause = t.Value + ": this folder has no configuration file"
		hint = "a pattern names files of any kind, such as " + path.Join(t.Value, "*.jwt")
	default:
		return found, nil
	}
	return nil, ProblemAt(t.Pos, cause, hint)
}

func (r *estateReader) one(t entra.Text) (string, error) {
	names, err := r.expand([]entra.Text{t})
	if err == nil && len(names) != 1 {
		err = ProblemAt(t.Pos,
			fmt.Sprintf("%s: %d files, but one is expected", t.Value, len(names)))
	}
	if err != nil {
		return "", err
	}
	return names[0], nil
}

func (r *estateReader) policies(of *environments.Environment, site *environments.Site) error {
	if of.Guard == nil {
		return ProblemAt(of.Pos, "policies is missing in the environment "+of.Name,
			"policies: the files, in the gateway's order",
			"policies: [] says that its gateway has none, and lets every request in")
	}
	site.Guard, site.Policies = of.Guard, []*rules.Policy{}
	names, err := r.expand(of.Policies)
	if err != nil || len(names) == 0 {
		return err
	}
	if err := r.maker.Gateways.check(of.Gateway); err != nil {
		return err
	}
	options := r.given
	options.Variant = cmp.Or(options.Variant, of.Gateway.Value)
	options.API = cmp.Or(options.API, r.instance(of, names))
	chain := r.maker.chainOf(names, r.given.Variant)
	for _, files := range chain {
		set, err := r.maker.readPolicies(files, options,
			"instance: NAME, under "+of.Name+": the one that the environment is about")
		if err != nil {
			return r.blameOne(err, of.Policies, files, aPolicy)
		}
		for _, policy := range set.Policies {
			r.conditions.Beyond(policy.Root)
		}
		if r.conditions.BeyondAll() {
			return beyond(of.Pos, "with the environment "+of.Name, rules.MostConditions,
				"conditions of policies",
				"make environments files of some of the environments each")
		}
		if set.Guessed {
			r.maker.note("%s: the policy files do not say which gateway runs them; %s is "+
				"assumed; if that is wrong, add gateway: to the environment", of.Name,
				set.Policies[0].Product)
		}
		if len(chain) == 1 {
			r.estate.sets[of.Name], site.Policies = set, set.Policies
			return nil
		}
		name := of.Name + "/" + set.Policies[0].Variant
		r.estate.sets[name] = set
		r.chains[of.Name] = append(r.chains[of.Name], name)
	}
	site.Policies = nil // each gateway is a site of its own
	r.maker.note("%s: its policies are of several gateways, which are a column each: %s; "+
		"a request must pass all of them", of.Name, strings.Join(r.chains[of.Name], ", "))
	return nil
}

// instance is the environment's API instance, as its files have it. One that is called as its
// file is, or as a place in that, starts at the folder of the environments file, as the file does.
func (r *estateReader) instance(of *environments.Environment, files []string) string {
	return renamed(of.Instance.Value, files, r.inFolder, asItIs)
}

// inFolder is a file's name from the folder of the environments file on.
func (r *estateReader) inFolder(name string) string { return r.maker.from(r.folder)(name) }

func asItIs(name string) string { return name }

// renamed is an API instance with another name for the one of some files that it is called as.
func renamed(instance string, files []string, from, to func(name string) string) string {
	for _, file := range files {
		rest, ok := strings.CutPrefix(instance, from(file))
		if ok && (rest == "" || rest[0] == ':') {
			return to(file) + rest
		}
	}
	return instance
}

// chainOf sorts files by the vendors whose gateways they configure, in the order of the first file
// of each. A file that is not a policy stays with the first vendor, which refuses it. Where a
// variant is one of them, only its files are wanted.
func (m *Maker) chainOf(names []string, variant string) [][]string {
	var chain [][]string
	at := map[string]int{}
	var files []*source.File
	for _, name := range names {
		file, _ := m.ReadSource(name) // what can't be read is refused later
		files = append(files, file)
	}
	read := source.Without(files, func(f *source.File) bool { return f == nil })
	adapters := m.Gateways.among(read, rules.Options{})
	for n, name := range names {
		vendor := ""
		if adapter := adapters[files[n]]; adapter != nil {
			vendor = adapter.Name
		}
		i, known := at[vendor]
		switch {
		case known:
		case vendor == "" && len(chain) > 0:
			i = 0
		default:
			i = len(chain)
			at[vendor], chain = i, append(chain, nil)
		}
		chain[i] = append(chain[i], name)
	}
	for _, adapter := range m.Gateways {
		i, known := at[adapter.Name]
		if known && len(chain) > 1 && slices.Contains(adapter.VariantNames(), variant) {
			m.note("--gateway %s: %d of %d policy files are for it", variant, len(chain[i]),
				len(names))
			return chain[i : i+1]
		}
	}
	return chain
}

// check refuses the name of a gateway that is not known.
func (g Gateways) check(name entra.Text) error {
	if name.Value == "" || slices.Contains(g.Variants(), name.Value) {
		return nil
	}
	cause := "gatewhy does not know this gateway"
	if len(name.Value) <= LongestWord {
		cause = fmt.Sprintf("there is no gateway %q", name.Value)
	}
	return ProblemAt(name.Pos, cause, "one of: "+strings.Join(g.Variants(), ", "))
}

func (r *estateReader) contracts(of *environments.Environment, site *environments.Site) error {
	if of.Contracts.Value == "" {
		return nil
	}
	name, err := r.one(of.Contracts)
	if err == nil {
		site.Contracts, err = r.maker.readContracts(name)
		err = r.blame(err, []entra.Text{of.Contracts}, name, aContracts)
	}
	if err != nil {
		return err
	}
	if r.contracted += len(site.Contracts.IDs); r.contracted > mostContracted {
		return beyond(source.Position{File: name}, "with this file", mostContracted, "contracts",
			"make environments files of some of the environments each")
	}
	return site.Contracts.Of(r.policiesOf(of.Name))
}

// policiesOf are those of an environment, or of each gateway of its chain.
func (r *estateReader) policiesOf(environment string) []*rules.Policy {
	var all []*rules.Policy
	for _, name := range slices.Sorted(maps.Keys(r.estate.sets)) {
		if environments.EnvironmentOf(name) == environment {
			all = append(all, r.estate.sets[name].Policies...)
		}
	}
	return all
}

func (r *estateReader) tokens(of *environments.Environment, site *environments.Site) error {
	names, err := r.expand(of.Tokens)
	if err != nil {
		return err
	}
	for _, name := range names {
		token, err := r.maker.ReadToken([]string{"@" + name})
		if err != nil {
			return r.notAToken(err, of.Tokens, name)
		}
		if inspect.Describe(token).Kind == inspect.KindID {
			r.maker.warn("%s is an ID token: it tells a client who has signed in, and is not "+
				"for an API; pass the access token", inspect.Safe(name))
		}
		base := filepath.Base(name)
		captured := environments.Real{
			Name: strings.TrimSuffix(base, filepath.Ext(base)), Token: token,
		}
		site.Tokens = append(site.Tokens, captured)
	}
	return nil
}

func (r *estateReader) directory(texts []entra.Text) (*entra.Directory, error) {
	names, err := r.expand(texts)
	if err != nil {
		return nil, err
	}
	d, err := r.registrations(texts, names)
	if err != nil {
		return nil, err
	}
	if r.apps += len(d.Apps); r.apps > mostRegistrations {
		return nil, beyond(source.Position{File: names[len(names)-1]}, "with this file",
			mostRegistrations, "app registrations",
			"pass only the clients that belong to an environment")
	}
	return d, environments.CheckRegistrations(d)
}

// registrations reads the app registrations of files that texts name; those of the same files once
// for all environments.
func (r *estateReader) registrations(
	texts []entra.Text, names []string,
) (*entra.Directory, error) {
	list := strings.Join(names, "\n")
	if known := r.directories[list]; known != nil {
		return known, nil
	}
	files, err := r.maker.readSources(names)
	if err != nil {
		return nil, err
	}
	d, err := entra.ReadRegistrations(files...)
	if err != nil {
		return nil, r.blameOne(err, texts, names, anAppRegistration)
	}
	r.directories[list] = d
	r.estate.Assignments = append(r.estate.Assignments, d.Assignments...)
	return d, nil
}

// beyond is the error for an estate that has more than is looked at together.
func beyond(at source.Position, with string, most int, what, hint string) error {
	many := ProblemAt(at, fmt.Sprintf("%s there are more than %d %s, the most that are looked at "+
		"together", with, most, what), hint)
	many.Limit = true
	return many
}

func (r *estateReader) api(of *environments.Environment, site *environments.Site) error {
	if len(of.API) == 0 {
		return nil
	}
	d, err := r.directory(of.API)
	if err != nil {
		return err
	}
	switch {
	case len(d.Apps) == 0:
		return ProblemAt(of.API[0].Pos, "no app registration of the API, only what belongs to one",
			"pass also the output of az ad app show --id APP")
	case len(d.Apps) > 1:
		return ProblemAt(of.API[0].Pos, fmt.Sprintf("%d app registrations, but an environment "+
			"has one API", len(d.Apps)), "its clients belong under clients")
	}
	site.API = d.Apps[0]
	return nil
}

func (r *estateReader) clients(of *environments.Environment, site *environments.Site) error {
	if len(of.Clients) == 0 {
		return nil
	}
	d, err := r.directory(of.Clients)
	if err != nil {
		return err
	}
	site.Clients = source.Without(d.Clients(), func(app *entra.Registration) bool {
		// the API's own is there for its object id
		return site.API != nil && app.Principal != nil && !slices.Contains(d.Apps, app) &&
			app.AppID.Is(site.API.AppID)
	})
	return nil
}

// Has reports whether this is so of an environment.
func (e *Estate) Has(what func(*environments.Site) bool) bool {
	for i := range e.Sites {
		if what(&e.Sites[i]) {
			return true
		}
	}
	return false
}

// KeysFile is the name of the key set that the environments file names; empty where it names none.
func (e *Estate) KeysFile() (string, error) {
	if e.File.Keys.Value == "" {
		return "", nil
	}
	name, err := e.reader.one(e.File.Keys)
	if err != nil {
		return "", err
	}
	_, err = e.reader.maker.ReadKeys(name)
	return name, e.reader.blame(err, []entra.Text{e.File.Keys}, name, aKeySet)
}

// KeysFile is the name of the key set that an environments file names; empty where it names none.
func (m *Maker) KeysFile(name string, file *environments.File) (string, error) {
	return m.newEstate(name, file).KeysFile()
}

func (e *Estate) source(name string) *source.File {
	if name == e.File.Source.Name {
		return e.File.Source
	}
	for _, set := range e.sets {
		if file := set.file(name); file != nil {
			return file
		}
	}
	return nil
}

// ReadDefaults reads the section defaults of the environments file. The rest of the file is not
// looked at.
func (m *Maker) ReadDefaults(name string) (d environments.Defaults, err error) {
	file, err := m.environmentsSource(name)
	if err != nil {
		return d, err
	}
	for _, document := range file.Documents {
		if section := document.Member("defaults"); section != nil {
			return environments.ReadDefaults(section)
		}
	}
	return d, nil
}

// FilesBeside lists the files that texts of an environments file name, relative to its folder.
func (m *Maker) FilesBeside(name string, texts []entra.Text) ([]string, error) {
	r := &estateReader{maker: m, folder: filepath.Dir(name)}
	return r.expand(texts)
}

// IsGone reports whether there is no such file.
func (m *Maker) IsGone(name string) bool {
	_, err := os.Stat(m.Path(name))
	return os.IsNotExist(err)
}
