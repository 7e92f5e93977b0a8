package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// Pulling is what was fetched into a folder.
type Pulling struct {
	Folder  string
	Config  string       // the environments file
	Kept    bool         // it was there, and is as it was
	Columns []string     // the environments that it should name
	Files   []PulledFile // in the order of writing, the environments file last
	Gone    []string     // files of an earlier run that nothing was fetched for
	Missing []error
	Secrets int      // values that were masked
	Wanted  string   // the environments file as it is written where there is none
	Absent  []string // the columns that an environments file that was kept does not name
	Next    []rules.Step
}

// PulledFile is a file with what a run did to it.
type PulledFile struct {
	Name   string // with its folder, with slashes
	Text   []byte
	Before []byte // nil where it was not there
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
	Environment string
	API         string // empty for what holds for the whole environment
	ID          string
	Label       string
	Gateway     string // empty where it is not known

	Instance  *source.Value
	Policies  *source.Value // nil where they could not be had
	Contracts []*source.Value
	Counted   bool // Contracts is known
}

// pullFiles names and puts together the files of a pull.
type pullFiles struct {
	maker   *Maker
	secrets bool // secrets stay as they are
	folders map[string]bool
	names   map[string]bool
	out     *Pulling
	survey  environments.Survey
}

// PullFiles makes the files of what was fetched, and the environments file that names them. Of
// secret values only a mark is kept, unless they are wanted.
func (m *Maker) PullFiles(folder string, all []Pulled, secrets bool) (*Pulling, error) {
	p := &pullFiles{
		maker: m, secrets: secrets, folders: map[string]bool{}, names: map[string]bool{},
		out: &Pulling{Folder: folder, Config: path.Join(folder, DefaultEnvironments)},
	}
	p.survey.Writer, p.survey.Supposed = "gatewhy pull", true
	many := map[string]int{}
	for i := range all {
		if all[i].API != "" {
			many[all[i].Environment]++
		}
	}
	shared := map[string]string{} // the automated policies of each environment
	for i := range all {
		one := &all[i]
		if one.API == "" {
			if hasPolicies(one.Policies) {
				name := path.Join(p.folder(one.Environment), "automated-policies.json")
				shared[one.Environment] = name
				p.add(name, one.Policies)
			}
			continue
		}
		if err := p.instance(one, many[one.Environment] > 1, shared[one.Environment]); err != nil {
			return nil, err
		}
	}
	p.out.Wanted = p.survey.YAML()
	p.out.Columns = p.survey.Names()
	return p.out, nil
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
func (p *pullFiles) instance(one *Pulled, many bool, shared string) error {
	name := one.Environment
	if many {
		name += "-" + one.API
	}
	if p.names[name] {
		name += "-" + cmp.Or(one.Label, one.ID)
	}
	if p.names[name] {
		name += "-" + one.ID
	}
	name = strings.NewReplacer("/", "-", "\n", " ").Replace(name)
	p.names[name] = true
	folder := path.Join(p.folder(one.Environment), slug(one.API)+"-"+slug(one.ID))
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
	if shared != "" && one.Policies != nil {
		column.Policies = append(column.Policies, shared)
	}
	if one.Counted {
		column.Contracts = path.Join(folder, "contracts.json")
		p.addText(column.Contracts, p.contracts(one.Contracts))
	}
	p.survey.AddInstance(column)
	return nil
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

// contracts are those of all pages, as one answer.
func (p *pullFiles) contracts(all []*source.Value) []byte {
	total := strconv.Itoa(len(all))
	v := &source.Value{Kind: source.Object, Members: []source.Member{
		{Key: "total", Value: &source.Value{Kind: source.Number, Text: total}},
		{Key: "contracts", Value: &source.Value{Kind: source.List, Items: all}},
	}}
	return p.text(v)
}

// add adds a file, relative to the folder.
func (p *pullFiles) add(name string, v *source.Value) []byte {
	text := p.text(v)
	p.addText(name, text)
	return text
}

func (p *pullFiles) addText(name string, text []byte) {
	p.out.Files = append(p.out.Files, PulledFile{
		Name: path.Join(p.out.Folder, name), Text: text,
	})
}

// text is a value as indented JSON, with marks in the place of secrets.
func (p *pullFiles) text(v *source.Value) []byte {
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

// masked is a value with marks in the place of secrets.
func (p *pullFiles) masked(v *source.Value) *source.Value {
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
		if m.Value.Is(source.String) && m.Value.Text != "" && s.isSecret(m) {
			p.out.Secrets++
			m.Value = &source.Value{Kind: source.String, Text: SecretMark}
		} else {
			m.Value = p.masked(m.Value)
		}
	}
	return &other
}

// folder is the folder of an environment: its name as a file's name can have it.
func (p *pullFiles) folder(environment string) string {
	return slug(environment)
}

// slug is a name as the part of a file's name, whatever the control plane calls it.
func slug(name string) string {
	plain := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(name), "-")
	plain = strings.Trim(plain, "-")
	return cmp.Or(plain[:min(len(plain), 60)], "unnamed")
}

// AbsentColumns lists the environments that the environments file in the folder does not name.
func (m *Maker) AbsentColumns(p *Pulling) ([]string, error) {
	file, err := m.ReadEnvironments(p.Config)
	if err != nil {
		return nil, err
	}
	known := file.Names()
	return slices.DeleteFunc(slices.Clone(p.Columns), func(name string) bool {
		return slices.Contains(known, name)
	}), nil
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
	if len(p.Columns) == 0 {
		return
	}
	p.Next = append(p.Next, rules.Step{
		Note:    "See who is let in where",
		Command: shell.Line("gatewhy", "matrix", "-c", p.Config),
	})
	if azure {
		return
	}
	p.Next = append(p.Next, rules.Step{
		Note: "Fetch the app registrations that the audiences name, through the Azure CLI: the " +
			"matrix can then distinguish each environment's clients",
		Command: shell.Line("gatewhy", "pull", p.Folder, "--from", "azure"),
	})
}
