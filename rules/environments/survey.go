package environments

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// Survey is what init has found in a folder.
type Survey struct {
	Writer       string // the command that writes the file; empty for init
	Supposed     bool   // callers that no file shows are made up by matrix
	Tenant       string // an id or a domain; empty where nothing says it
	keys         []string
	contracts    []string // that their content shows to be some
	environments []*surveyed
	unplaced     []unplaced
	Unusable     int      // files of policies that no environment can have
	Builds       []string // commands that save policies which no file shows as they are
	registered   []registered
}

// surveyed is what belongs to one environment. Names are relative to the folder.
type surveyed struct {
	name                                      string
	policies, contracts, api, clients, tokens []string

	runs     []string     // the vendor's gateways, which run its policies
	open     string       // the file that says that its gateway has no policies
	gateways []string     // that may run them, where no file names one
	apis     []registered // we do not know which one of them the gateway guards

	policyFiles []policyFile
	stage       string // this is the part of it that one API has; empty where it is all of it
	whole       string // the name of the environment that this is a part of
	part        string // what the names of that API's files have, and those of the others lack
	instance    string // the API instance that this is about, of several in its files
}

// unplaced is a file that we know no environment for.
type unplaced struct{ name, what string }

// AddPolicy takes a policy file, which one of these gateways runs. It is whole where no other file
// says more of its policies.
func (s *Survey) AddPolicy(
	name string, gateways []string, compiled *rules.Compilation, whole bool,
) {
	env := s.environment(name)
	if env == nil {
		env = s.add("main")
	}
	if len(env.policies) > 0 && !slices.Equal(env.runs, gateways) {
		env = s.add(env.name + "-" + gateways[0]) // a gateway before or behind the other
	}
	env.runs = gateways
	env.policies = append(env.policies, name)
	if compiled.Guessed {
		env.gateways = gateways
	}
	f := policyFileOf(name, compiled, s.learn(compiled.Policies))
	f.joint, f.ofNone, f.ofAll = f.joint || !whole, f.ofNone && whole, f.ofAll || !whole
	env.policyFiles = append(env.policyFiles, f)
}

// Instance is an environment with all of its files: an API instance as a control plane has it.
type Instance struct {
	Name      string
	Policies  []string // in the gateway's order
	Listed    string   // the file with its own list of policies, which may be empty
	Compiled  *rules.Compilation
	Gateway   string
	Contracts string
}

// AddInstance takes an environment as it is. Where no list of its policies is known, it is a
// comment.
func (s *Survey) AddInstance(i Instance) {
	env := s.add(i.Name)
	env.policies = i.Policies
	if len(i.Policies) == 0 {
		env.open = i.Listed
	}
	if i.Gateway != "" {
		env.gateways = []string{i.Gateway}
	}
	if i.Contracts != "" {
		env.contracts = []string{i.Contracts}
	}
	if i.Compiled != nil {
		env.policyFiles = []policyFile{policyFileOf("", i.Compiled, s.learn(i.Compiled.Policies))}
	}
}

// learn takes the tenant from what policies ask for, and returns the audiences that they want.
func (s *Survey) learn(policies []*rules.Policy) (audiences []string) {
	for check := range rules.EachCheck(policies) {
		if key := check.Test.Key; key != nil {
			for _, address := range key.Addresses() {
				s.Tenant = cmp.Or(s.Tenant, entra.TenantOfKeys(address))
			}
		}
		for _, want := range check.Test.Wants() {
			switch issuer, ok := entra.ParseIssuer(want.Text); {
			case want.Input.Name == "aud":
				audiences = append(audiences, want.Text)
			case want.Input.Name == "iss" && ok && entra.IsGUID(issuer.Tenant):
				s.Tenant = cmp.Or(s.Tenant, issuer.Tenant)
			}
		}
	}
	return audiences
}

// environment finds or makes the environment that a file's name shows: the last word in it that
// names a stage.
func (s *Survey) environment(name string) *surveyed {
	stage := stageIn(strings.TrimSuffix(name, filepath.Ext(name)))
	if stage == "" {
		return nil
	}
	if s.isApart(stage) && !slices.ContainsFunc(s.environments, func(env *surveyed) bool {
		return env.name == stage
	}) {
		return s.partOf(stage, name)
	}
	return s.add(stage)
}

// stageIn is the last word of a name that is a stage, with the number that may follow it; empty
// where there is none.
func stageIn(name string) string {
	stages := []string{ // by which teams call their environments
		"dev", "development", "test", "tst", "qa", "int", "integration", "sit", "uat", "acc",
		"acceptance", "stage", "staging", "stg", "preprod", "prod", "production", "prd", "sandbox",
		"sbx", "perf", "demo", "training",
	}
	for _, word := range slices.Backward(words(name)) {
		if slices.Contains(stages, strings.TrimRight(word, "0123456789")) {
			return word
		}
	}
	return ""
}

// words are those of a name, in lower case.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(spaced(name)), func(r rune) bool {
		return strings.ContainsRune("/-_. :;,+@()[]", r)
	})
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

func (s *Survey) add(name string) *surveyed {
	for _, env := range s.environments {
		if env.name == name {
			return env
		}
	}
	env := &surveyed{name: name}
	s.environments = append(s.environments, env)
	return env
}

// registered is a file of app registrations, service principals or assignments.
type registered struct {
	name string
	*entra.Directory
}

// AddRegistrations takes a file of app registrations, service principals or assignments.
func (s *Survey) AddRegistrations(name string, d *entra.Directory) {
	s.registered = append(s.registered, registered{name, d})
}

// Registrations counts their files.
func (s *Survey) Registrations() int { return len(s.registered) }

// Policies counts the files with policies that environments have.
func (s *Survey) Policies() int {
	files := map[string]bool{}
	for _, env := range s.environments {
		for _, name := range env.policies {
			files[name] = true
		}
	}
	return len(files)
}

// Unplaced counts the files that we know no environment for.
func (s *Survey) Unplaced() int { return len(s.unplaced) }

// Names lists the environments whose policies are known.
func (s *Survey) Names() []string { return s.namesOf(true) }

// Comments lists the environments that are written as a comment, since their policies are not
// known.
func (s *Survey) Comments() []string { return s.namesOf(false) }

func (s *Survey) namesOf(known bool) (names []string) {
	for _, env := range s.environments {
		if env.known() == known {
			names = append(names, env.name)
		}
	}
	return names
}

// AddOther takes a file that may be a token, or a list of contracts, by its name.
func (s *Survey) AddOther(name string, isContracts func() bool) {
	env := s.home(name)
	switch {
	case env == nil || slices.Contains(env.contracts, name):
	case strings.HasSuffix(name, ".jwt"):
		env.tokens = append(env.tokens, name)
	case isContracts():
		env.contracts = append(env.contracts, name)
	}
}

// PlaceRegistrations sorts the files once all are read: which of two APIs a gateway guards its
// policies tell, and whose a service principal is its application.
func (s *Survey) PlaceRegistrations() {
	isAPI := func(app *entra.Registration) bool {
		return len(app.URIs)+len(app.Scopes)+len(app.Roles) > 0
	}
	for _, r := range s.registered {
		switch env := s.environmentOf(r); {
		case len(r.Apps) == 0:
		case env == nil:
			s.unplaced = append(s.unplaced, unplaced{r.name, describe(r)})
		case !slices.ContainsFunc(r.Apps, isAPI):
			env.clients = append(env.clients, r.name)
		case len(r.Apps) > 1:
			s.unplaced = append(
				s.unplaced, unplaced{r.name, describe(r) + "; the API needs a file of its own"},
			)
		default:
			env.apis = append(env.apis, r)
		}
	}
	s.separateAPIs()
	for _, env := range s.environments {
		env.chooseAPI()
	}
	for _, name := range s.contracts {
		if env := s.home(name); env != nil {
			env.contracts = append(env.contracts, name)
		}
	}
	for _, r := range s.registered {
		if len(r.Apps) == 0 {
			s.placeBeside(r)
		}
	}
}

// chooseAPI takes the one API of an environment, or of several the one whose audience its
// policies want; the others are clients then. Where that does not tell, nobody guesses.
func (env *surveyed) chooseAPI() {
	var guarded []string
	for _, r := range env.apis {
		wanted := func(f policyFile) bool {
			return slices.ContainsFunc(f.audiences, func(audience string) bool {
				return entra.WithAudience(r.Apps[:1], audience) != nil
			})
		}
		only := len(env.apis) == 1 && env.stage == ""
		if only || slices.ContainsFunc(env.policyFiles, wanted) {
			guarded = append(guarded, r.name)
		}
	}
	if len(guarded) == 1 {
		env.takeAPI(guarded[0])
	}
}

// takeAPI takes one of several APIs; the others are clients then.
func (env *surveyed) takeAPI(name string) {
	env.api = []string{name}
	for _, r := range env.apis {
		if r.name != name {
			env.clients = append(env.clients, r.name)
		}
	}
	env.apis = nil
}

// placeBeside puts service principals and assignments beside the application that they belong
// to, or with the API of the environment that their name shows.
func (s *Survey) placeBeside(r registered) {
	placed := false
	for _, env := range s.environments {
		for _, list := range []*[]string{&env.api, &env.clients} {
			if s.belongs(r, *list) {
				*list = append(*list, r.name)
				placed = true
				break
			}
		}
	}
	if placed {
		return
	}
	if env := s.environment(r.name); env != nil {
		env.api = append(env.api, r.name)
		return
	}
	s.unplaced = append(s.unplaced, unplaced{r.name, describe(r)})
}

// belongs reports whether a service principal is that of an application in one of the files.
func (s *Survey) belongs(r registered, files []string) bool {
	return slices.ContainsFunc(s.registered, func(other registered) bool {
		return slices.Contains(files, other.name) &&
			slices.ContainsFunc(other.Apps, func(app *entra.Registration) bool {
				return slices.ContainsFunc(
					r.Principals,
					func(p *entra.ServicePrincipal) bool { return p.AppID.Is(app.AppID) },
				)
			})
	})
}

// environmentOf is the one that the file's name shows, else the one that the applications' names
// show, where they agree.
func (s *Survey) environmentOf(r registered) *surveyed {
	if env := s.environment(r.name); env != nil || len(r.Apps) == 0 {
		return env
	}
	stage := ""
	for i, app := range r.Apps {
		of := stageIn(app.Name.Value)
		if of == "" || i > 0 && of != stage {
			return s.only()
		}
		stage = of
	}
	return s.add(stage)
}

func describe(r registered) string {
	switch len(r.Apps) {
	case 0:
		return "a service principal or assignments"
	case 1:
		return "an app registration"
	}
	return fmt.Sprintf("%d app registrations in one file", len(r.Apps))
}

// Modelled reports whether tokens will be modelled, whose issuer takes a tenant.
func (s *Survey) Modelled() bool {
	return slices.ContainsFunc(
		s.environments,
		func(env *surveyed) bool { return env.known() && len(env.api) > 0 },
	)
}
