package environments

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Survey is what init has found in a folder.
type Survey struct {
	Writer       string // the command that writes the file; empty for init
	Supposed     bool   // callers that no file shows are made up by matrix
	Tenant       string // an id or a domain; empty where nothing says it
	cloudShown   bool   // the keys of a policy show the cloud, which matrix takes then
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
	for check := range rules.Wanted(rules.EnabledOrAll(policies)) {
		var tenants []string
		for _, address := range check.Test.KeyAddresses() {
			id := strings.ToLower(entra.TenantOfKeys(address))
			if id != "" && !slices.Contains(tenants, id) {
				tenants = append(tenants, id)
			}
			if _, ok := entra.ParseKeysURL(address); ok {
				s.cloudShown = true
			}
		}
		if len(tenants) == 1 { // only the user knows which of several it is
			s.Tenant = cmp.Or(s.Tenant, tenants[0])
		}
		for _, want := range check.Test.Wants() {
			switch issuer, ok := entra.ParseIssuer(want.Text); {
			case want.Input.ClaimTold() == "aud":
				audiences = append(audiences, want.Text)
			case want.Input.ClaimTold() == "iss" && ok && entra.IsGUID(issuer.Tenant):
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

// Files counts the files that the environments name; one that several of them name, as often.
func (s *Survey) Files() (n int) {
	for _, env := range s.environments {
		n += len(env.policies) + len(env.contracts) + len(env.api) + len(env.clients) +
			len(env.tokens)
	}
	return n
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

// known reports whether the gateway's policies are known. It may be known to have none.
func (env *surveyed) known() bool { return len(env.policies) > 0 || env.open != "" }

// only is the one environment that there is; nil where there are several, or none.
func (s *Survey) only() *surveyed {
	if len(s.environments) == 1 {
		return s.environments[0]
	}
	return nil
}

// home is the environment that a name shows, else the only one that there is.
func (s *Survey) home(name string) *surveyed {
	if env := s.environment(name); env != nil {
		return env
	}
	return s.only()
}

// AddOpen takes a file that says that a gateway has no policies.
func (s *Survey) AddOpen(name string) {
	env := s.environment(name)
	if env == nil {
		env = s.add("main")
	}
	env.open = name
}

// AddKeys takes a file with a key set.
func (s *Survey) AddKeys(name string) { s.keys = append(s.keys, name) }

// AddContracts takes a file with a list of contracts.
func (s *Survey) AddContracts(name string) { s.contracts = append(s.contracts, name) }

// Suppose takes a tenant that something beside the policies says, where they say none.
func (s *Survey) Suppose(tenant string) { s.Tenant = cmp.Or(s.Tenant, tenant) }

// Tokens lists the files with tokens.
func (s *Survey) Tokens() []string {
	return source.Flat(s.environments, func(env *surveyed) []string { return env.tokens })
}

// HasCallers reports whether an environment has tokens, or app registrations to model them from.
func (s *Survey) HasCallers() bool {
	return slices.ContainsFunc(s.environments, func(env *surveyed) bool {
		return env.known() && len(env.api)+len(env.clients)+len(env.tokens) > 0
	})
}

// WantsAudience reports whether the policies of an environment want an audience, which names the
// app registration of its API.
func (s *Survey) WantsAudience() bool {
	return slices.ContainsFunc(s.environments, func(env *surveyed) bool {
		wants := func(f policyFile) bool { return len(f.audiences) > 0 }
		return env.known() && slices.ContainsFunc(env.policyFiles, wants)
	})
}

// LeaveOut keeps a file out, and says why at the end.
func (s *Survey) LeaveOut(name, why string) {
	s.unplaced = append(s.unplaced, unplaced{name, why})
}

// LeftOut lists the files that are kept out, each with the reason.
func (s *Survey) LeftOut() []string {
	return source.Each(s.unplaced, func(u unplaced) string { return u.name + ": " + u.what })
}

// Part is what an environment has of one kind.
type Part string

// The parts of an environment, as its members are called.
const (
	PartPolicies  Part = "policies"
	PartContracts Part = "contracts"
	PartAPI       Part = "api"
	PartClients   Part = "clients"
	PartTokens    Part = "tokens"
)

// Refuse takes a part of an environment out of it, since the file would not be read with it.
func (s *Survey) Refuse(environment string, part Part, why string) {
	for _, env := range s.environments {
		if env.name != environment {
			continue
		}
		list := env.files(part)
		if part == PartPolicies {
			s.Unusable += len(*list)
		}
		for _, name := range *list {
			s.LeaveOut(name, "left out of "+string(part)+" of "+env.name+": "+why)
		}
		*list = nil
	}
}

func (env *surveyed) files(part Part) *[]string {
	switch part {
	case PartPolicies:
		return &env.policies
	case PartContracts:
		return &env.contracts
	case PartAPI:
		return &env.api
	case PartClients:
		return &env.clients
	}
	return &env.tokens
}

// Choice is what somebody must choose, since no file says it.
type Choice struct {
	Question string
	Options  []string // none where any text is an answer
	Take     func(answer string) error
}

// Choices are what must be chosen.
func (s *Survey) Choices() []Choice {
	var all []Choice
	for _, env := range s.environments {
		if len(env.gateways) > 1 && len(env.policies) > 0 {
			all = append(all, Choice{
				"Which gateway runs the policies of " + env.name + "?", env.gateways,
				func(answer string) error { env.gateways = []string{answer}; return nil },
			})
		}
		if len(env.apis) > 1 {
			all = append(all, Choice{
				"Which app registration is that of the API behind the gateway of " +
					env.name + "?",
				env.namesOfAPIs(),
				func(answer string) error { env.takeAPI(answer); return nil },
			})
		}
	}
	return all
}

// TenantChoice asks for the tenant, where tokens will be modelled and nothing says it.
func (s *Survey) TenantChoice() (Choice, bool) {
	return Choice{
		"What is the tenant's id or domain (az account show --query tenantId -o tsv)?", nil,
		func(answer string) error {
			err := checkTenant(entra.Text{Value: answer})
			if err == nil {
				s.Tenant = answer
			}
			return err
		},
	}, s.Tenant == "" && s.Modelled()
}

func (env *surveyed) namesOfAPIs() []string {
	return source.Each(env.apis, func(r registered) string { return r.name })
}
