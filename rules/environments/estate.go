package environments

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Estate is what the environments file and the files that it names hold.
type Estate struct {
	Tenant      string // the tenant's id, a GUID
	Cloud       entra.Cloud
	Sites       []Site
	Assignments []entra.Assignment
	Allow       []Crossing

	At         time.Time        // when the modelled tokens are used, a moment after their issue
	Signatures rules.Signatures // for real tokens; nil where no keys are known

	// Progress is called after each environment; it may be nil.
	Progress func(done, of int)

	looked  *int // counts the conditions of policies that were looked at
	allowed map[crossing]*Crossing
}

// Site is one environment: a gateway, and who belongs to it.
type Site struct {
	Name      string
	Policies  []*rules.Policy // in the gateway's order; nil where the environment has no gateway
	Guard     *source.Value   // the environments file's list of them; nil where no file is read
	Contracts *rules.Contracts
	API       *entra.Registration // nil where none is given
	Clients   []*entra.Registration
	Tokens    []Real
}

// Real is a token that someone has captured.
type Real struct {
	Name  string // of its file, without folder and extension
	Token *inspect.Token
}

// index is the place of a site in the file, or -1.
func (e *Estate) index(name string) int {
	return slices.IndexFunc(e.Sites, func(s Site) bool { return s.Name == name })
}

// site returns the site of that name.
func (e *Estate) site(name string) *Site {
	if i := e.index(name); i >= 0 {
		return &e.Sites[i]
	}
	return nil
}

// crossing is from which environment to which one.
type crossing struct{ from, to string }

// crossings are the entries of allow, the first of each crossing.
func (e *Estate) crossings() map[crossing]*Crossing {
	all := make(map[crossing]*Crossing, len(e.Allow))
	for i := range e.Allow {
		c := &e.Allow[i]
		if at := (crossing{c.From, c.To}); all[at] == nil {
			all[at] = c
		}
	}
	return all
}

// Row is one row of the matrix: a real token, or all modelled tokens of one kind.
type Row struct {
	*issued.Kind
	Real *Real // nil where the row is modelled
}

// rows lists the real tokens, then the kinds of token that the model knows.
func (e *Estate) rows(kinds []*issued.Kind) []*Row {
	var all []*Row
	for i := range e.Sites {
		all = append(all, e.Sites[i].realTokens()...)
	}
	for _, kind := range kinds {
		all = append(all, &Row{Kind: kind})
	}
	return all
}

// EnvironmentOf is the environment that a gateway belongs to. Where an environment has several
// gateways in a chain, each is a site of its own, such as uat/NAME, and the environment's own
// site, uat, has the callers and no gateway.
func EnvironmentOf(gateway string) string {
	name, _, _ := strings.Cut(gateway, "/")
	return name
}

// Guards are the policies of all gateways of an environment.
func (e *Estate) Guards(environment string) []*rules.Policy {
	var all []*rules.Policy
	for i := range e.Sites {
		if EnvironmentOf(e.Sites[i].Name) == environment {
			all = append(all, e.Sites[i].Policies...)
		}
	}
	return all
}

// world is what the model needs to know of the estate.
func (e *Estate) world() *issued.World {
	w := &issued.World{Tenant: e.Tenant, Cloud: e.Cloud, Assignments: e.Assignments, At: e.At}
	for _, c := range e.Allow {
		if !slices.Contains(w.Apart, c.From) {
			w.Apart = append(w.Apart, c.From)
		}
	}
	for i := range e.Sites {
		s := &e.Sites[i]
		if s.Name != EnvironmentOf(s.Name) {
			continue
		}
		policies := s.Policies
		if policies == nil {
			policies = e.Guards(s.Name)
		}
		w.Places = append(w.Places, issued.Place{
			Name: s.Name, API: s.API, Clients: s.Clients, Policies: policies,
			Contracts: s.Contracts,
		})
	}
	return w
}

func (s *Site) realTokens() []*Row {
	var all []*Row
	for i := range s.Tokens {
		name := s.Name
		if len(s.Tokens) > 1 {
			name += "/" + s.Tokens[i].Name
		}
		kind := &issued.Kind{Name: name, Home: s.Name, For: s.Name}
		all = append(all, &Row{Kind: kind, Real: &s.Tokens[i]})
	}
	return all
}

// classesOf groups the modelled tokens of rows.
func classesOf(rows []*Row) *issued.Classes {
	kinds := source.Each(rows, func(row *Row) *issued.Kind { return row.Kind })
	return issued.NewClasses(kinds)
}

// signIn reports whether the row's tokens say who has signed in to an environment's own client.
func (r *Row) signIn(environment string) bool { return r.Identity && r.Home == environment }

// meant reports whether the environment is meant to let the row's tokens in. Nobody has said so of
// guests, and of tokens that nobody asked for.
func (r *Row) meant(environment string) bool {
	return r.own(environment) && !r.Guest && !r.Unasked
}

// own reports whether an environment's client gets the row's tokens for its API.
func (r *Row) own(environment string) bool { return r.Home == environment && r.For == environment }

// likeness reports whether a client of ours gets the row's tokens for a stranger's API that has
// the name of ours.
func (r *Row) likeness() bool {
	ours := r.Holder == issued.Member || r.Holder == issued.OtherMember
	return ours && r.For == "" && !r.Identity
}

// Suppose makes up who belongs to environments that do not say it: an API as the environment's own
// policies want it, and a client that they name or that has a contract. It lists the environments
// for which it did.
func (e *Estate) Suppose() []string {
	var names []string
	for i := range e.Sites {
		s := &e.Sites[i]
		callers, policies := len(s.Clients)+len(s.Tokens), e.Guards(s.Name)
		if s.Name != EnvironmentOf(s.Name) || len(policies) == 0 || s.API != nil && callers > 0 {
			continue
		}
		api, client := issued.Supposed(policies, s.Contracts, i)
		if s.API == nil {
			s.API = api
		}
		if callers == 0 {
			s.Clients = append(s.Clients, client)
		}
		names = append(names, s.Name)
	}
	return names
}

// CheckRegistrations refuses registrations without what tokens are made of: a model of half an id
// would answer wrongly.
func CheckRegistrations(d *entra.Directory) error {
	if len(d.More) > 0 {
		return &source.Error{
			Pos: d.More[0].Pos,
			Cause: "the list continues in another answer, so it is not known who else has a " +
				"role or belongs here",
			Hints: source.Hints("fetch each @odata.nextLink until an answer has none, and pass " +
				"the values of all answers as one list, for example made with jq -s " +
				"'map(.value) | add'"),
		}
	}
	for _, app := range d.Apps {
		if !app.AppID.Known() {
			return &source.Error{
				Pos: app.Pos,
				Cause: fmt.Sprintf(
					"the application id of %s is not in this file, but every token contains it",
					inspect.Safe(app.Title()),
				),
				Hints: source.Hints("Entra ID assigns it when the app is created: pass the " +
					"output of az ad app show --id APP, or in addition to this file the output " +
					"of az ad sp show --id APP"),
			}
		}
		for _, uri := range app.URIs {
			if uri.Unknown {
				return &source.Error{
					Pos:   uri.Pos,
					Cause: "this App ID URI is known only after the deployment",
					Hints: source.Hints("pass the output of az ad app show --id APP"),
				}
			}
		}
	}
	return nil
}
