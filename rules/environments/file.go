package environments

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// File is an environments file (gatewhy.yaml) as it was read. File names in it are relative to
// its own folder.
type File struct {
	Name         string
	Source       *source.File
	Tenant       entra.Text // an id or a domain
	Cloud        entra.Text // the id of the tenant's cloud; empty for the public one
	Keys         entra.Text // jwks: the key set's file
	Defaults     Defaults
	Environments []Environment
	Allow        []Crossing
}

// Environment is one entry under environments.
type Environment struct {
	Name      string
	Pos       source.Position
	Policies  []entra.Text  // in the gateway's order; globs are allowed
	Guard     *source.Value // the list of policies, which may be empty; nil where it is missing
	Contracts entra.Text
	Gateway   entra.Text   // which of the vendor's gateways, where the policy files do not say
	Instance  entra.Text   // which API instance of the files; empty where they have one
	API       []entra.Text // the API's app registration, its service principal and assignments
	Clients   []entra.Text // globs are allowed
	Tokens    []entra.Text // globs are allowed
	URL       entra.Text   // of a request that its gateway may be probed with
}

// Crossing is an entry under allow: tokens of one environment are meant to be let in at another.
type Crossing struct {
	From, To, Reason string
	Pos              source.Position
}

// Ignored is an entry under lint.ignore: findings that someone has looked at.
type Ignored struct {
	Rule   string
	Path   string    // which files: a pattern where ** is any folders; empty for all
	Field  string    // of the configuration; empty for all
	Reason string    // why; without one the entry sets nothing aside
	Until  time.Time // the last day; the zero time for always
	Pos    source.Position
	Span   source.Span
}

// Ended reports whether the entry's last day has passed.
func (i *Ignored) Ended(day time.Time) bool {
	return !i.Until.IsZero() && day.After(i.Until.AddDate(0, 0, 1))
}

// Covers reports whether the entry is about a finding of this rule in this file. In its path *
// stands for a part of a name, ? for one character, and ** for any folders. Nothing else in it has
// a meaning.
func (i *Ignored) Covers(rule, file string) bool {
	if i.Rule != rule {
		return false
	}
	name := path.Clean(strings.ReplaceAll(file, `\`, "/"))
	literal := strings.NewReplacer(`\`, `\\`, "[", `\[`, "{", `\{`)
	pattern := literal.Replace(strings.TrimPrefix(i.Path, "./"))
	return i.Path == "" || doublestar.MatchUnvalidated(pattern, name)
}

// Environment returns the environment of that name.
func (f *File) Environment(name string) (*Environment, bool) {
	for i := range f.Environments {
		if f.Environments[i].Name == name {
			return &f.Environments[i], true
		}
	}
	return nil, false
}

// Names lists the environments in the file's order.
func (f *File) Names() []string {
	return source.Each(f.Environments, func(e Environment) string { return e.Name })
}

// Read reads an environments file. Every error is a [*source.Error] at the place that is wrong.
func Read(file *source.File) (*File, error) {
	f := &File{Name: file.Name, Source: file}
	if len(file.Documents) != 1 {
		cause := fmt.Sprintf("%d documents, but an environments file has one", len(file.Documents))
		return nil, refusal(source.Position{File: file.Name, Line: 1, Column: 1}, cause, "")
	}
	err := f.read(file.Documents[0])
	if err == nil {
		err = f.check(file.Documents[0])
	}
	if err != nil {
		return nil, err
	}
	f.takeDefaults()
	return f, nil
}

func (f *File) read(v *source.Value) error {
	return object(
		v, "the environments file",
		reader{"version", version},
		text("tenant", &f.Tenant), text("cloud", &f.Cloud), text("jwks", &f.Keys),
		reader{"defaults", func(v *source.Value) (err error) {
			f.Defaults, err = ReadDefaults(v)
			return err
		}},
		reader{"environments", f.readEnvironments},
		list("allow", f.readCrossing),
		reader{"lint", func(v *source.Value) error { // what it says is read by lint: [IgnoresIn]
			_, err := Ignores(v)
			return err
		}},
	)
}

func version(v *source.Value) error {
	n, ok := v.Int()
	switch {
	case ok && n == 1:
		return nil
	case ok && n > 1:
		return wrong(v, "version must be 1", "a later version needs a later gatewhy")
	}
	return wrong(v, "version must be 1", "write the whole number: version: 1")
}

// MostEnvironments is how many of them a file may have: the matrix grows with their square.
const MostEnvironments = 1000

func (f *File) readEnvironments(v *source.Value) error {
	if n := len(v.Members); v.Is(source.Object) && n > MostEnvironments {
		return wrong(v, fmt.Sprintf("the file has %d environments, and no more than %d are read",
			n, MostEnvironments), "make environments files of some of the environments each")
	}
	if !v.Is(source.Object) {
		return wrong(v, "environments must be an object: a name, then what belongs to it",
			"such as environments: {dev: {policies: [policies/dev.json]}}")
	}
	for _, m := range v.Members {
		if _, there := f.Environment(m.Key); there {
			return twice(m, "environments", v.Members)
		}
		if err := checkName(m); err != nil {
			return err
		}
		f.Environments = append(f.Environments, Environment{Name: m.Key, Pos: m.KeyPos})
		if err := f.Environments[len(f.Environments)-1].read(m.Value); err != nil {
			return err
		}
	}
	return nil
}

// checkName refuses names that the matrix uses for rows of its own.
func checkName(m source.Member) error {
	switch {
	case m.Key == "" || strings.ContainsAny(m.Key, "/\n"):
		return refusal(m.KeyPos, "an environment's name is empty or has a slash in it", "")
	case slices.Contains(issued.Reserved(), m.Key):
		return refusal(
			m.KeyPos, "an environment can't be called "+m.Key, "the matrix has rows with that "+
				"name",
		)
	}
	return nil
}

// read reads an environment; all of its lines may be comments still, as init writes them.
func (e *Environment) read(v *source.Value) error {
	if v.Is(source.Null) {
		return nil
	}
	return object(
		v, "the environment "+e.Name,
		reader{"policies", e.readPolicies}, text("contracts", &e.Contracts),
		text("gateway", &e.Gateway), text("instance", &e.Instance),
		texts("api", &e.API), texts("clients", &e.Clients), texts("tokens", &e.Tokens),
		text("url", &e.URL),
	)
}

// readPolicies reads the files, and the place of their list: an empty one is a gateway that checks
// nothing, a missing one a gateway that nobody has written down.
func (e *Environment) readPolicies(v *source.Value) error {
	if !v.Is(source.Null) {
		e.Guard = v
	}
	return texts("policies", &e.Policies).read(v)
}

func (f *File) readCrossing(v *source.Value) error {
	c := Crossing{Pos: v.Pos}
	err := object(
		v, "an entry of allow",
		plain("from", &c.From), plain("to", &c.To), plain("reason", &c.Reason),
	)
	f.Allow = append(f.Allow, c)
	return err
}

func noVersion(v *source.Value) error {
	return wrong(v, "version is missing", "the first line is version: 1")
}

// IgnoresIn reads lint in a document of an environments file, or of a file with nothing else. The
// rest is not looked at, but for the version, which environments need, and for a name that is
// lint's with a slip: such a section would ignore nothing, and nobody would know.
func IgnoresIn(document *source.Value) ([]Ignored, error) {
	number := document.Member("version")
	switch {
	case number != nil:
		if err := version(number); err != nil {
			return nil, err
		}
	case document.Member("environments") != nil:
		return nil, noVersion(document)
	}
	section := document.Member("lint")
	if section == nil && document.Is(source.Object) {
		for _, m := range document.Members {
			if inspect.Nearest(m.Key, []string{"lint"}, inspect.FewEdits(m.Key)) != "" {
				cause := fmt.Sprintf("%q is not a field of the environments file", m.Key)
				return nil, refusal(m.KeyPos, cause, "did you mean lint?")
			}
		}
	}
	return Ignores(section)
}

// mostIgnored is how many entries lint.ignore may have: each is compared with each finding.
const mostIgnored = 2000

// Ignores reads the value of lint. An entry without a reason is not an error: it is a finding of
// lint. Every error is a [*source.Error] at the place that is wrong.
func Ignores(v *source.Value) ([]Ignored, error) {
	if !v.IsSet() {
		return nil, nil
	}
	if entries := v.Member("ignore"); entries != nil && len(entries.Items) > mostIgnored {
		return nil, wrong(entries, fmt.Sprintf("lint.ignore has %d entries, and no more than %d "+
			"are read", len(entries.Items), mostIgnored),
			"a baseline has any number of findings: gatewhy help findings")
	}
	var all []Ignored
	err := object(v, "lint", list("ignore", func(item *source.Value) error {
		i := Ignored{Pos: item.Pos, Span: item.Span}
		err := object(
			item, "an entry of lint.ignore",
			plain("rule", &i.Rule), plain("path", &i.Path), plain("field", &i.Field),
			perhaps("reason", &i.Reason),
			when("until", &i.Until, time.DateOnly, "a day", "2027-01-31"),
		)
		if err == nil && i.Rule == "" {
			err = wrong(
				item, "an entry of lint.ignore needs a rule",
				`such as {rule: any-client-accepted, path: "policies/legacy/**", `+
					`reason: "…", until: 2027-01-31}`,
			)
		}
		all = append(all, i)
		return err
	}))
	return all, err
}

// check compares the file's parts with each other.
func (f *File) check(v *source.Value) error {
	switch {
	case v.Member("version") == nil:
		return noVersion(v)
	case len(f.Environments) == 0:
		return wrong(
			v, "there are no environments",
			"environments: is an object of names; gatewhy init writes a file to start from",
		)
	}
	if err := checkCloud(f.Cloud); err != nil {
		return err
	}
	if err := checkTenant(f.Tenant); err != nil {
		return err
	}
	if strings.Contains(f.Keys.Value, "://") {
		return refusal(f.Keys.Pos, "jwks must be a file, but this is an address",
			"leave jwks out, and the tenant's keys are fetched; gatewhy collect keys says how to "+
				"save them")
	}
	for _, c := range f.Allow {
		if err := f.checkCrossing(&c); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) checkCrossing(c *Crossing) error {
	if c.From == "" || c.To == "" {
		return refusal(c.Pos, "an entry of allow needs from and to",
			"such as {from: dev, to: sandbox, reason: \"…\"}")
	}
	if c.From == c.To {
		return refusal(c.Pos, "an entry of allow needs two environments, but both are "+
			shorten(c.To), "an environment's own tokens are meant to be let in there anyway")
	}
	if c.Reason == "" {
		const why = "say why these tokens are meant to be let in, for those who read it next year"
		return refusal(c.Pos, "an entry of allow needs a reason", why)
	}
	for _, name := range []string{c.From, c.To} {
		if _, ok := f.Environment(name); !ok {
			cause := fmt.Sprintf("allow names an environment %q that does not "+
				"exist", shorten(name))
			return refusal(c.Pos, cause, "there are "+strings.Join(f.Names(), ", "))
		}
	}
	return nil
}

// Defaults is what an environments file says once for all environments, and for commands that are
// about none of them.
type Defaults struct {
	Tenant   entra.Text   // an id or a domain
	Cloud    entra.Text   // the id of the tenant's cloud
	Gateway  entra.Text   // which of the vendor's gateways, where a policy file does not say
	Policies []entra.Text // globs are allowed

	// Callers is "supposed" where an environment that names no API, or neither clients nor tokens,
	// is taken to have those that its policies and contracts want; else empty.
	Callers string
}

// Supposed is the value of callers that has them made up: see [Estate.Suppose].
const Supposed = "supposed"

// ReadDefaults reads the value of defaults, in an environments file or in a file that holds
// nothing else. Every error is a [*source.Error] at the place that is wrong.
func ReadDefaults(v *source.Value) (Defaults, error) {
	var d Defaults
	if !v.IsSet() {
		return d, nil
	}
	err := object(
		v, "defaults",
		text("tenant", &d.Tenant), text("cloud", &d.Cloud), text("gateway", &d.Gateway),
		texts("policies", &d.Policies),
		orNull("callers", new(bool), choice("callers", &d.Callers, Supposed)),
	)
	if err == nil {
		err = checkCloud(d.Cloud)
	}
	if err == nil {
		err = checkTenant(d.Tenant)
	}
	return d, err
}

// takeDefaults fills in what the file and its environments do not say themselves.
func (f *File) takeDefaults() {
	if f.Tenant.Value == "" {
		f.Tenant = f.Defaults.Tenant
	}
	if f.Cloud.Value == "" {
		f.Cloud = f.Defaults.Cloud
	}
	for i := range f.Environments {
		if env := &f.Environments[i]; env.Gateway.Value == "" {
			env.Gateway = f.Defaults.Gateway
		}
	}
}

// checkTenant refuses what can't be one tenant.
func checkTenant(tenant entra.Text) error {
	const hint = "the tenant's id, as az account show --query tenantId -o tsv prints it, or one " +
		"of its domains, such as contoso.onmicrosoft.com"
	text := tenant.Value
	switch {
	case text == "" || entra.IsGUID(text):
		return nil
	case slices.Contains([]string{"common", "organizations", "consumers"}, strings.ToLower(text)):
		return refusal(tenant.Pos, text+" means many tenants, but tenant must be one", hint)
	case strings.ContainsAny(text, "/:"):
		const cause = "tenant must be an id or a domain, but this is an address"
		return refusal(tenant.Pos, cause, hint)
	case !strings.Contains(text, ".") || strings.ContainsAny(text, " @"):
		cause := fmt.Sprintf("%q is neither a tenant's id nor a domain", shorten(text))
		return refusal(tenant.Pos, cause, hint)
	}
	return nil
}

func checkCloud(cloud entra.Text) error {
	if _, ok := entra.CloudByID(cloud.Value); ok || cloud.Value == "" {
		return nil
	}
	ids := source.Each(entra.Clouds(), func(known entra.Cloud) string { return known.ID })
	cause := fmt.Sprintf("%q is not a cloud", shorten(cloud.Value))
	return refusal(cloud.Pos, cause, "clouds are "+strings.Join(ids, ", "))
}
