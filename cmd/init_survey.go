package cmd

import (
	"cmp"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// survey is what init has found in a folder.
type survey struct {
	tenant        string // from the policies' key URLs; empty where none tells it
	environments  []*surveyed
	unplaced      []unplaced
	policies      int
	registrations int
	registered    []registered
}

// surveyed is what belongs to one environment. Names are relative to the folder.
type surveyed struct {
	name                                      string
	policies, contracts, api, clients, tokens []string
	gateways                                  []string     // that may run them, where no file names one
	audiences                                 []string     // that the policies want
	apis                                      []registered // of which it is not known which one the gateway guards
}

// unplaced is a file of which no environment is known.
type unplaced struct{ name, what string }

// survey sorts the files of a folder by what they are and where they belong.
func (e *Env) survey(folder string) (*survey, error) {
	found, err := e.findIn(folder)
	if err != nil {
		return nil, err
	}
	s := &survey{}
	for _, f := range found {
		file, err := e.readSource(f.name)
		if err != nil {
			continue // it may be anything: lint says what is wrong with it
		}
		name, err := filepath.Rel(folder, f.name)
		if err != nil {
			return nil, err
		}
		if adapter, ok := e.Gateways.of(file, rules.Options{}); ok {
			read, err := adapter.Read([]*source.File{file}, rules.Options{})
			if err != nil {
				return nil, err
			}
			compiled := adapter.Compile(read)
			s.policy(filepath.ToSlash(name), &adapter, &compiled)
		} else if d, err := entra.ReadRegistrations(file); err == nil {
			s.registered = append(s.registered, registered{filepath.ToSlash(name), d})
		}
	}
	s.registrations = len(s.registered)
	s.placeRegistrations()
	return s, e.surveyOthers(folder, s)
}

func (s *survey) policy(name string, adapter *rules.Adapter, compiled *rules.Compilation) {
	s.policies++
	env := s.environment(name)
	if env == nil {
		env = s.add("main")
	}
	env.policies = append(env.policies, name)
	if compiled.Guessed {
		env.gateways = adapter.VariantNames()
	}
	for _, policy := range compiled.Policies {
		for _, check := range policy.Checks() {
			env.audiences = append(env.audiences, s.told(check)...)
		}
	}
}

// told takes the tenant from what a check asks for, and gives the audiences that it wants.
func (s *survey) told(check *rules.Check) (audiences []string) {
	if key := check.Test.Key; key != nil {
		s.tenant = cmp.Or(s.tenant, entra.TenantOfKeys(key.URL))
	}
	for _, want := range check.Test.Wants() {
		switch want.Input.Name {
		case "aud":
			audiences = append(audiences, want.Text)
		case "iss":
			if issuer, ok := entra.ParseIssuer(want.Text); ok && entra.IsGUID(issuer.Tenant) {
				s.tenant = cmp.Or(s.tenant, issuer.Tenant)
			}
		}
	}
	return audiences
}

func isAPI(app *entra.Registration) bool {
	return len(app.URIs)+len(app.Scopes)+len(app.Roles) > 0
}

// surveyOthers looks for tokens and lists of contracts, by their names.
func (e *Env) surveyOthers(folder string, s *survey) error {
	root := e.path(folder)
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		env := s.environment(name)
		switch {
		case env == nil:
		case strings.HasSuffix(name, ".jwt"):
			env.tokens = append(env.tokens, name)
		case e.isContracts(name, folder):
			env.contracts = append(env.contracts, name)
		}
		return nil
	})
}

// isContracts tells a list of contracts by its name, and that it can be read.
func (e *Env) isContracts(name, folder string) bool {
	if !strings.Contains(strings.ToLower(name), "contract") || !slices.Contains([]string{".txt", ".json", ".yaml", ".yml"}, filepath.Ext(name)) {
		return false
	}
	_, err := e.readContracts(filepath.Join(folder, filepath.FromSlash(name)))
	return err == nil
}

// stages are the words by which teams call their environments.
func stages() []string {
	return []string{
		"dev", "development", "test", "tst", "qa", "int", "integration", "sit", "uat", "acc", "acceptance", "stage", "staging", "stg", "preprod",
		"prod", "production", "prd", "sandbox", "sbx", "perf", "demo", "training",
	}
}

// environment finds or makes the environment that a name tells: the last word in it that names a stage.
func (s *survey) environment(name string) *surveyed {
	if stage := stageIn(strings.TrimSuffix(name, filepath.Ext(name))); stage != "" {
		return s.add(stage)
	}
	return nil
}

// stageIn is the last word of a name that is a stage, with the number that may follow it; empty where there is none.
func stageIn(name string) string {
	words := strings.FieldsFunc(strings.ToLower(spaced(name)), func(r rune) bool { return strings.ContainsRune("/-_. ", r) })
	for _, word := range slices.Backward(words) {
		if slices.Contains(stages(), strings.TrimRight(word, "0123456789")) {
			return word
		}
	}
	return ""
}

// spaced puts a space between words that are told apart by capitals: ordersDevApp.
func spaced(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

func (s *survey) add(name string) *surveyed {
	for _, env := range s.environments {
		if env.name == name {
			return env
		}
	}
	env := &surveyed{name: name}
	s.environments = append(s.environments, env)
	return env
}

// yamlName is a name as YAML has it, in quotes where it needs them.
func yamlName(name string) string {
	plain := !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-", r)
	})
	if plain && name != "" && !strings.HasPrefix(name, "-") {
		return name
	}
	return (&source.Value{Kind: source.String, Text: name}).JSON()
}
