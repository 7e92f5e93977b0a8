package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Pulling is what was fetched into a folder.
type Pulling struct {
	Folder  string
	Config  string       // the environments file; empty where it is not written
	Columns []string     // the environments that it should name
	Files   []PulledFile // in the order of writing, the environments file last
	Gone    []string     // folders of an earlier run that nothing was fetched for
	Missing []error
	Secrets int      // values that were masked
	Wanted  string   // the environments file to write where there is none
	Absent  []string // the columns that an environments file that was kept does not name
	Unread  error    // why the environments file that was kept can't be read
	Next    []rules.Step

	instances []environments.Instance
}

// PulledFile is a file with what a run did to it.
type PulledFile struct {
	Name   string // with its folder, with slashes
	Text   []byte
	Before []byte // nil where it was not there
	Secret bool   // it may hold secrets: a new file is for its owner alone
}

// Change says what a run did to the file: new, changed or same.
func (f *PulledFile) Change() string {
	switch {
	case f.Before == nil:
		return "new"
	case bytes.Equal(f.Before, f.Text):
		return "same"
	}
	return "changed"
}

// Pulled is what a control plane has of one API instance, or of what holds for a whole
// environment.
type Pulled struct {
	Environment   string
	EnvironmentID string
	Several       bool   // the environment has more API instances than this one
	API           string // empty for what holds for the whole environment
	ID            string
	Label         string
	Gateway       string // empty where it is not known

	Instance  *source.Value
	Policies  *source.Value // nil where they could not be fetched
	Contracts []*source.Value
	Counted   bool // Contracts is known
}

// PullFiles names and puts together the files of a pull.
type PullFiles struct {
	maker   *Maker
	secrets bool              // secrets stay as they are
	folders map[string]string // of the environments, by their ids
	open    map[string]bool   // environments whose automated policies are not known, by their ids
	names   map[string]bool   // those of the columns, in lower case
	shared  map[string]string // the automated policies of the environments, by their ids
	out     *Pulling
	survey  environments.Survey
}

// PullFiles begins a pull into a folder. Of secret values only a mark is kept, unless they are
// wanted.
func (m *Maker) PullFiles(folder string, secrets bool) *PullFiles {
	p := &PullFiles{
		maker: m, secrets: secrets, folders: map[string]string{}, open: map[string]bool{},
		names: map[string]bool{}, shared: map[string]string{},
		out: &Pulling{Folder: folder, Config: path.Join(folder, DefaultEnvironments)},
	}
	for _, name := range issued.Reserved() {
		p.names[name] = true
	}
	p.survey.Writer, p.survey.Supposed = "gatewhy pull", true
	return p
}

// Take makes the files of what was fetched: of an environment first what holds for all of it.
func (p *PullFiles) Take(one *Pulled) {
	if one.API != "" {
		p.instance(one)
		return
	}
	// A list that has become empty is written over that of an earlier run.
	name := path.Join(p.folder(one), "automated-policies.json")
	switch {
	case one.Policies == nil:
		p.open[one.EnvironmentID] = true
		p.out.Missing = append(p.out.Missing, Problem("what the gateways of "+
			one.Environment+" let in is not known, for its automated policies count too",
			"no column for it is written into "+p.out.Config))
	case hasPolicies(one.Policies):
		p.shared[one.EnvironmentID] = name
		p.add(name, one.Policies)
	case !p.maker.IsGone(path.Join(p.out.Folder, name)):
		p.add(name, one.Policies)
	}
}

// Pulling is all that was taken, with the environments file that names it.
func (p *PullFiles) Pulling() *Pulling {
	p.out.Wanted = p.survey.YAML()
	p.out.Columns = p.survey.Names()
	if len(p.out.Columns) > environments.MostEnvironments && p.maker.IsGone(p.out.Config) {
		p.out.Config = ""
	}
	return p.out
}

// AddGone notes the folders of an earlier run whose API instances are not among those that were
// fetched now, where everything was. Their files stay.
func (m *Maker) AddGone(p *Pulling) error {
	const file = "api-instance.json"
	before, err := fs.Glob(os.DirFS(m.Path(p.Folder)), "*/*/"+file)
	if err != nil {
		return err
	}
	now := make(map[string]bool, len(p.Files))
	for i := range p.Files {
		now[p.Files[i].Name] = true
	}
	for _, name := range before {
		if !now[path.Join(p.Folder, name)] {
			p.Gone = append(p.Gone, path.Join(p.Folder, path.Dir(name)))
		}
	}
	return nil
}

// hasPolicies reports whether a list of policies has one, in its envelope or without.
func hasPolicies(v *source.Value) bool {
	if v == nil {
		return false
	}
	for _, envelope := range []string{"policies", "automatedPolicies"} {
		if inner := v.Member(envelope); inner != nil {
			v = inner
		}
	}
	return len(v.Items) > 0
}

// instance makes the files of an API instance, and its environment.
func (p *PullFiles) instance(one *Pulled) {
	name := p.column(one)
	folder := path.Join(p.folder(one), slug(one.API)+"-"+slug(one.ID))
	column := environments.Instance{Name: name, Gateway: one.Gateway}
	if one.Instance != nil {
		p.add(path.Join(folder, "api-instance.json"), one.Instance)
	}
	if one.Policies != nil {
		file := path.Join(folder, "policies.json")
		text := p.add(file, one.Policies)
		column.Listed = file
		if hasPolicies(one.Policies) {
			column.Policies = append(column.Policies, file)
			column.Compiled = p.maker.compiled(file, text)
		}
	}
	if shared := p.shared[one.EnvironmentID]; shared != "" && one.Policies != nil {
		column.Policies = append(column.Policies, shared)
	}
	if p.open[one.EnvironmentID] { // they count for it too, so what lets in is not known
		column.Policies, column.Listed = nil, ""
	}
	if one.Counted {
		column.Contracts = path.Join(folder, "contracts.json")
		total := strconv.Itoa(len(one.Contracts))
		p.add(column.Contracts, &source.Value{Kind: source.Object, Members: []source.Member{
			{Key: "total", Value: &source.Value{Kind: source.Number, Text: total}},
			{Key: "contracts", Value: &source.Value{Kind: source.List, Items: one.Contracts}},
		}})
	}
	p.survey.AddInstance(column)
	column.Compiled = nil
	p.out.instances = append(p.out.instances, column)
}

// column is the name of an instance in the environments file, which no other instance has.
func (p *PullFiles) column(one *Pulled) string {
	words := []string{cmp.Or(one.Environment, one.EnvironmentID)}
	if one.Several {
		words = append(words, one.API)
	}
	name := columnName(words...)
	for _, more := range []string{cmp.Or(one.Label, one.ID), one.ID, one.EnvironmentID} {
		if p.names[strings.ToLower(name)] {
			words = append(words, more)
			name = columnName(words...)
		}
	}
	p.names[strings.ToLower(name)] = true
	return name
}

// columnName joins words to a name that a person can read and YAML can have as a key. A long word
// is cut.
func columnName(words ...string) string {
	clean := make([]string, len(words))
	for i, word := range words {
		word = strings.NewReplacer("/", "-", "\n", " ").Replace(word)
		runes := []rune(word)
		clean[i] = string(runes[:min(len(runes), 60)])
	}
	return strings.Join(clean, "-")
}

// compiled is what a policy file holds, as far as it can be read: the environments file takes the
// tenant from it.
func (m *Maker) compiled(name string, text []byte) *rules.Compilation {
	file, err := source.Read(name, text)
	if err != nil {
		return nil
	}
	adapter, ok := m.Gateways.of(file, rules.Options{})
	if !ok {
		return nil
	}
	read, err := adapter.Read([]*source.File{file}, rules.Options{})
	if err != nil {
		return nil
	}
	compiled := adapter.Compile(read)
	return &compiled
}

// add adds a file, relative to the folder.
func (p *PullFiles) add(name string, v *source.Value) []byte {
	text := p.text(v)
	p.out.Files = append(p.out.Files, PulledFile{
		Name: path.Join(p.out.Folder, name), Text: text, Secret: p.secrets,
	})
	return text
}

// text is a value as indented JSON, with marks in the place of secrets.
func (p *PullFiles) text(v *source.Value) []byte {
	if !p.secrets {
		v = p.masked(v)
	}
	var b bytes.Buffer
	if json.Indent(&b, []byte(v.JSON()), "", "  ") != nil {
		return []byte(v.JSON() + "\n") // it is not JSON that JSON can't indent
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// SecretMark stands in a file for a secret that was not kept. Policies take it for a value that
// only a deployment knows.
const SecretMark = "${secret}"

func (p *PullFiles) masked(v *source.Value) *source.Value {
	if text, ok := v.Str(); ok {
		return p.withoutSecrets(v, text)
	}
	if v == nil || len(v.Items)+len(v.Members) == 0 {
		return v
	}
	other := *v
	other.Items, other.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	for i, item := range other.Items {
		other.Items[i] = p.masked(item)
	}
	var s shield
	for i := range other.Members {
		m := &other.Members[i]
		isText := m.Value.Is(source.String)
		switch {
		case isText && m.Value.Text != "" && !isPublicKey(m.Value.Text) &&
			(s.isSecret(m) || isCredential(v, m)),
			!isText && isSecretField(m.Key) && holdsText(m.Value):
			p.out.Secrets++
			m.Value = source.NewString(SecretMark)
		default:
			m.Value = p.masked(m.Value)
		}
	}
	return &other
}

// withoutSecrets is a text with marks in the place of what in it has the shape of a secret: a
// token, credentials, the key in a URL.
func (p *PullFiles) withoutSecrets(v *source.Value, text string) *source.Value {
	spans := inspect.SecretSpans(text)
	if (&shield{}).holdsSecret(text) {
		spans = []source.Span{{End: len(text)}}
	}
	if len(spans) == 0 || isPublicKey(text) {
		return v
	}
	var b strings.Builder
	from := 0
	for _, span := range spans {
		b.WriteString(text[from:span.Start] + SecretMark)
		from = span.End
	}
	p.out.Secrets += len(spans)
	return source.NewString(b.String() + text[from:])
}

func holdsText(v *source.Value) bool {
	return v.Is(source.String) || slices.ContainsFunc(v.Items, holdsText) ||
		slices.ContainsFunc(v.Members, func(m source.Member) bool { return holdsText(m.Value) })
}

// isPublicKey reports whether a text is a public key or a certificate in PEM, and nothing else:
// textKey holds one where tokens are signed with RSA, and without it no signature can be checked.
func isPublicKey(text string) bool {
	const dashes = "-----" // PEM ends with them, so nothing can stand behind the key
	text = strings.TrimSpace(text)
	set, err := keys.ParsePEM("", text)
	if err != nil || len(set.Keys) != 1 || set.Keys[0].Private || set.Keys[0].Fault != "" {
		return false
	}
	marks := strings.Count(text, dashes)
	return marks == 0 || marks == 4 && strings.HasPrefix(text, dashes) &&
		strings.HasSuffix(text, dashes)
}

// folder is the folder of an environment: its name as a file's name can have it. Where nothing of
// the name is left, or another environment's looks alike, its id tells it apart.
func (p *PullFiles) folder(one *Pulled) string {
	if folder, known := p.folders[one.EnvironmentID]; known {
		return folder
	}
	folder := slug(one.Environment)
	taken := slices.Contains(slices.Collect(maps.Values(p.folders)), folder)
	if taken || folder == unnamed {
		folder += "-" + slug(one.EnvironmentID)
	}
	p.folders[one.EnvironmentID] = folder
	return folder
}

const unnamed = "unnamed"

// slug is a name as the part of a file's name, whatever the control plane calls it.
func slug(name string) string {
	plain := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(name), "-")
	plain = strings.Trim(plain, "-")
	return cmp.Or(plain[:min(len(plain), 60)], unnamed)
}

// AbsentColumns lists the environments that the environments file in the folder does not name, and
// the policies that it does not name of the others: one that was applied since, say.
func (m *Maker) AbsentColumns(p *Pulling) ([]string, error) {
	file, err := m.ReadEnvironments(p.Config)
	if err != nil {
		return nil, err
	}
	var absent []string
	for i := range p.instances {
		instance := &p.instances[i]
		env, known := file.Environment(instance.Name)
		switch {
		case !known && slices.Contains(p.Columns, instance.Name):
			absent = append(absent, instance.Name)
		case known:
			for _, name := range instance.Policies {
				if !namesFile(env.Policies, name) {
					absent = append(absent, instance.Name+": "+name)
				}
			}
		}
	}
	return absent, nil
}

// namesFile reports whether one of some texts names a file, by its name, a pattern or its folder.
func namesFile(texts []entra.Text, name string) bool {
	return slices.ContainsFunc(texts, func(t entra.Text) bool {
		matches, err := path.Match(t.Value, name)
		return err == nil && matches || path.Clean(t.Value) == name ||
			strings.HasPrefix(name, path.Clean(t.Value)+"/")
	})
}

// Counts are how many files are new, changed, and as they were.
func (p *Pulling) Counts() (fresh, changed, same int) {
	for i := range p.Files {
		switch p.Files[i].Change() {
		case "new":
			fresh++
		case "changed":
			changed++
		default:
			same++
		}
	}
	return fresh, changed, same
}

// AddNext says what to do with what was fetched.
func (p *Pulling) AddNext(shell Shell, azure bool) {
	var all steps
	if p.Config == "" {
		most := strconv.Itoa(environments.MostEnvironments)
		all.add("No "+DefaultEnvironments+" is written, for "+
			Counted(len(p.Columns), "environment")+" are too many for matrix: "+most+" is the "+
			"most. Other commands read the files. For matrix, fetch fewer into a folder of their "+
			"own", "gatewhy pull FOLDER --environment NAME")
		p.Next = all
		return
	}
	if len(p.Columns) == 0 || p.Unread != nil {
		return
	}
	all.add("See who is let in where", shell.Line("gatewhy", "matrix", "-c", p.Config))
	if !azure {
		all.add("Fetch the app registrations that the audiences name, through the Azure CLI: the "+
			"matrix can then distinguish each environment's clients",
			shell.Line("gatewhy", "pull", p.Folder, "--from", "azure"))
	}
	p.Next = all
}

// WantedApps are the audiences that the policies of an environments file want, whose app
// registrations are to be fetched.
type WantedApps struct {
	Audiences []string
	Found     map[string][]string // the files of an audience's API, by audience
	Apps      map[string][]string // the same files, by the id of the application
	by        []wantedBy
}

type wantedBy struct {
	environment *environments.Environment
	audiences   []string
}

// WantedApps reads the audiences that the policies of an environments file want. Environments that
// name an app registration already are left out; so are those that are not named, where any is.
func (m *Maker) WantedApps(config string, named []string) (*WantedApps, error) {
	estate, err := m.quiet().ReadEstate(config)
	if err != nil {
		return nil, err
	}
	wanted := &WantedApps{Found: map[string][]string{}, Apps: map[string][]string{}}
	for i := range estate.File.Environments {
		env := &estate.File.Environments[i]
		isNamed := func(name string) bool { return strings.EqualFold(name, env.Name) }
		if len(env.API) > 0 || len(named) > 0 && !slices.ContainsFunc(named, isNamed) {
			continue
		}
		by := wantedBy{environment: env}
		for check := range rules.Wanted(rules.EnabledOrAll(estate.Guards(env.Name))) {
			for _, want := range check.Test.Wants() {
				if want.Input.ClaimRead() == "aud" && isAudience(want.Text) {
					by.audiences = source.Union(by.audiences, want.Text)
				}
			}
		}
		wanted.by = append(wanted.by, by)
		wanted.Audiences = source.Union(wanted.Audiences, by.audiences...)
	}
	if len(wanted.Audiences) == 0 {
		return nil, Problem(config+": no policy wants an audience whose app registration is "+
			"missing", "an app registration is found by the audience that the policy checks")
	}
	return wanted, nil
}

// isAudience reports whether a text can name an app registration for the Azure CLI: an id, or the
// URI of an API, and nothing that its command line could take for something else.
func isAudience(text string) bool {
	return entra.IsGUID(text) || source.IsPlain(text, ":/._-") &&
		strings.Contains(text, "://") && !strings.HasPrefix(text, "-")
}

// AddApp adds a file about the API of an audience, and returns its name in the folder.
func (m *Maker) AddApp(p *Pulling, audience, kind string, text []byte) string {
	name := path.Join("entra", slug(audience)+kind+".json")
	file := PulledFile{Name: path.Join(p.Folder, name), Text: text}
	if before, err := m.ReadBytes(file.Name); err == nil {
		file.Before = before
	}
	p.Files = append(p.Files, file)
	return name
}

// NameApps names the files that were found in the environments file, in the place of the comment
// that asks for them. What has no such comment is said.
func (m *Maker) NameApps(p *Pulling, wanted *WantedApps) error {
	text, err := m.ReadBytes(p.Config)
	if err != nil {
		return err
	}
	lines := strings.SplitAfter(string(text), "\n")
	for _, by := range wanted.by {
		var files []string
		for _, audience := range by.audiences {
			files = source.Union(files, wanted.Found[audience]...)
		}
		if len(files) == 0 {
			continue
		}
		p.Columns = append(p.Columns, by.environment.Name)
		if !nameAPI(lines, by.environment.Pos, files) {
			p.Absent = append(p.Absent, by.environment.Name+": api: ["+
				strings.Join(files, ", ")+"]")
		}
	}
	after := strings.Join(lines, "")
	if after != string(text) {
		p.Files = append(p.Files, PulledFile{Name: p.Config, Text: []byte(after), Before: text})
	}
	return nil
}

// nameAPI replaces the comment of an environment that asks for its app registration.
func nameAPI(lines []string, at source.Position, files []string) bool {
	for i := at.Line; i < len(lines); i++ {
		indent := len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
		if strings.TrimSpace(lines[i]) != "" && indent < at.Column {
			return false // the next environment
		}
		if strings.HasPrefix(lines[i][indent:], "# api: [FILE]") {
			lines[i] = lines[i][:indent] + "api: [" + strings.Join(files, ", ") + "]\n"
			return true
		}
	}
	return false
}
