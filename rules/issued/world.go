package issued

import (
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// World is what is known of a tenant: its environments, each with an API and the clients that
// belong to it.
type World struct {
	Tenant      string // its id, a GUID
	Cloud       entra.Cloud
	Places      []Place
	Assignments []entra.Assignment
	At          time.Time // when the modelled tokens are used; they were issued a moment before

	// Apart names environments whose clients have kinds of their own for the APIs of others,
	// however many environments there are.
	Apart []string
}

// Place is one environment.
type Place struct {
	Name      string
	API       *entra.Registration // nil where none is given: no tokens are modelled for it
	Clients   []*entra.Registration
	Policies  []*rules.Policy  // of its gateway; what they ask for is modelled
	Contracts *rules.Contracts // nil where they are not known
}

// clientID is a registration's application id in lower case, as Entra writes it into tokens.
func clientID(r *entra.Registration) string { return strings.ToLower(r.AppID.Value) }

// applications lists the registrations of all environments: their APIs and their clients.
func (w *World) applications() []*entra.Registration {
	var all []*entra.Registration
	for i := range w.Places {
		all = append(all, w.Places[i].applications()...)
	}
	return all
}

// applications lists the clients of an environment, and its API, which can be a client too.
func (p *Place) applications() []*entra.Registration {
	own := func(c *entra.Registration) bool { return clientID(c) == clientID(p.API) }
	if p.API == nil || slices.ContainsFunc(p.Clients, own) {
		return p.Clients
	}
	return append(slices.Clone(p.Clients), p.API)
}

// modeller makes the kinds of a world, each once.
type modeller struct {
	world     *World
	in        *setting
	required  required
	asked     map[string][]asking        // what the gateways check, by environment
	belong    map[string]map[string]bool // the clients' ids, by environment
	clients   map[string]*clientSet      // all applications, by environment
	all       *everyone                  // filled when it is asked for
	copies    map[*entra.Registration]string
	others    *clientSet           // of other tenants
	shown     map[string]bool      // the ids of all applications
	tenants   []tenant             // that may be ours, the likeliest first
	elsewhere []tenant             // another one
	assumed   bool                 // the API is made up from what the policies ask for
	apis      map[string]*resource // of the environments
	// what somebody else's API has in common with an environment's, by environment
	alike  map[string]*likeness
	shared bool // there are so many environments that the clients of several share kinds
	kinds  []*Kind
	byName map[string]*Kind
}

// Kinds lists every kind of token that Entra can issue, environment by environment, and what a
// forger writes where that may get in.
func (w *World) Kinds() []*Kind {
	m, principals := w.modeller()
	return m.everyKind(principals)
}

func (m *modeller) everyKind(principals map[string]bool) []*Kind {
	w := m.world
	m.in.objects = objectsOf(w, m.allAsked())
	for i := range w.Places {
		if api := w.Places[i].API; api != nil {
			m.issuedFor(&w.Places[i], assignmentsOf(api, w.Assignments, principals))
		}
	}
	for i := range w.Places {
		m.identityTokens(&w.Places[i])
	}
	m.forged()
	return m.kinds
}

// Size says how a world is modelled that is large.
type Size struct {
	// Alike is how many scopes and roles have no kinds of their own: there are many, and no
	// gateway tells each from one that has.
	Alike int

	// Shared says that the clients of several environments share kinds, for there are many.
	Shared bool

	Tokens int // about how many sorts of tokens there are
	Runs   int // about how many there are at all gateways together

	// Grants is how many scopes and roles are compared with what clients ask for or are assigned.
	Grants int
}

// MostTokens and MostRuns are how many sorts of tokens are modelled, and run. MostGrants is how
// many scopes and roles are compared for that.
const (
	MostTokens = 1_200_000
	MostRuns   = 120_000_000
	MostGrants = 20_000_000
)

// Each sort of tokens for an API comes in so many forms of those that have the API's name, and in
// so many for the API itself. An App ID URI more is another sixth of both.
const (
	formsLike  = 120
	formsOf    = 5
	formsByURI = 6
)

// Size tells how large the world is, before its kinds are made.
func (w *World) Size() Size {
	m, _ := w.modeller()
	return m.size()
}

// SizedKinds is [World.Size] and [World.Kinds].
func (w *World) SizedKinds() (Size, []*Kind) {
	m, principals := w.modeller()
	return m.size(), m.everyKind(principals)
}

func (m *modeller) size() Size {
	w := m.world
	homes := len(w.Places)
	if m.shared {
		homes = 1 + len(w.Apart)
	}
	size := Size{Shared: m.shared}
	askers, assignees := w.granted()
	for i := range w.Places {
		if api := w.Places[i].API; api != nil {
			sorts := m.flowsOf(api) * (formsLike + formsOf*homes)
			clients := askers[clientID(api)] + len(api.PreAuthorized) + assignees
			size.Grants += clients * (len(api.Scopes) + len(api.Roles))
			size.Tokens += sorts + sorts*max(len(api.Names())-1, 0)/formsByURI
			scopes, roles := names(api.Scopes, anyOne), names(api.Roles, anyOne)
			size.Alike += len(scopes) - len(m.required.names.toldApart(scopes))
			size.Alike += len(roles) - len(m.required.names.toldApart(roles))
		}
	}
	size.Runs = size.Tokens * len(w.Places)
	return size
}

// granted counts the clients that ask for something of an API, by its id, and those that may be
// assigned something of any.
func (w *World) granted() (askers map[string]int, assignees int) {
	askers = map[string]int{}
	for _, app := range w.applications() {
		for i := range app.Requires {
			askers[strings.ToLower(app.Requires[i].Resource.Value)]++
		}
		if app.Principal != nil && len(w.Assignments) > 0 {
			assignees++
		}
	}
	return askers, assignees
}

// modeller begins to model a world. It also gives the object ids of its applications.
func (w *World) modeller() (*modeller, map[string]bool) {
	m := &modeller{
		world: w, in: newSetting(w.Cloud, w.At), asked: map[string][]asking{},
		belong: map[string]map[string]bool{}, clients: map[string]*clientSet{},
		others: w.otherTenantsClients(),
		shown:  map[string]bool{}, alike: map[string]*likeness{}, byName: map[string]*Kind{},
		tenants: []tenant{{id: w.Tenant}}, elsewhere: []tenant{{id: otherTenantID}},
		apis: map[string]*resource{}, copies: map[*entra.Registration]string{},
	}
	for i := range w.Places {
		place := &w.Places[i]
		m.asked[place.Name] = askedBy(place.Policies)
		belong := make(map[string]bool, len(place.Clients))
		for _, c := range place.Clients {
			belong[clientID(c)] = true
		}
		m.belong[place.Name] = belong
	}
	m.required = requiredBy(m.allAsked())
	for i := range w.Places {
		policies := w.Places[i].Policies
		if g := guardOf(m.in, policies, m.asked[w.Places[i].Name]); g != nil {
			m.required.guards = append(m.required.guards, g)
		}
	}
	n := len(w.Places)
	m.shared = n > fewPlaces || m.flows()*n > mostPairs
	for _, app := range w.applications() {
		m.shown[clientID(app)] = true
	}
	return m, w.principals()
}

// allAsked lists what the gateways of all environments check.
func (m *modeller) allAsked() []asking {
	if len(m.world.Places) == 1 {
		return m.asked[m.world.Places[0].Name]
	}
	var all []asking
	for i := range m.world.Places {
		all = append(all, m.asked[m.world.Places[i].Name]...)
	}
	return all
}

// kind returns the kind of that name, and makes it where it is not there yet.
func (m *modeller) kind(name string, like Kind) *Kind {
	if k := m.byName[name]; k != nil {
		return k
	}
	like.Name = name
	k := &like
	m.byName[name] = k
	m.kinds = append(m.kinds, k)
	return k
}

// issuedFor models every token for one environment's API, and those that only look like it.
func (m *modeller) issuedFor(place *Place, known *assignments) {
	for i := range m.world.Places {
		if home := &m.world.Places[i]; m.apart(home, place) {
			m.members(home, place, known)
		}
	}
	m.otherMembers(place, known)
	for i := range m.world.Places {
		if home := &m.world.Places[i]; m.apart(home, place) {
			m.likenesses(home, place)
		}
	}
	m.otherLikenesses(place)
	m.unknownClients(place, known)
	m.unknownObjects(place, known)
	m.strangers(place, known)
	like := m.like(place)
	theirs := m.grantedByStrangers(like.grant)
	m.addOthers(
		strangerKind, Kind{Holder: Stranger}, place, m.strangersElsewhere(like.api(), theirs)...,
	)
	others := m.otherTenants(place, m.likeGrant(place, m.others))
	m.addOthers(otherTenantKind, Kind{Holder: OtherTenant}, place, others...)
}

// add puts what a group can have into one kind for each flow.
func (m *modeller) add(prefix string, like Kind, r *resource, of *group) {
	for _, f := range of.grant.flows(&m.required) {
		m.kind(prefix+f.name(), like).add(m.tokens(r, f), of.clients)
	}
}

// addAll puts what a group can have into one kind, or only what guests have.
func (m *modeller) addAll(name string, like Kind, r *resource, of *group) {
	for _, f := range of.grant.flows(&m.required) {
		if like.Guest && !f.user {
			continue
		}
		f.guest = f.guest || like.Guest
		m.kind(name, like).add(m.tokens(r, f), of.clients)
	}
}

// addGuests adds what guests of the tenant have at a group's clients for an environment's API:
// what any user has, unless assignment is required (a decision of ours: guests are not assigned).
func (m *modeller) addGuests(prefix string, like Kind, place *Place, of *group) {
	if !place.API.AssignmentRequired() {
		like.Guest = true
		m.addAll(prefix+"guest", like, m.own(place), of)
	}
}

// kept is what is kept under a key, or is made now.
func kept[K comparable, V any](all map[K]V, key K, made func() V) V {
	known, ok := all[key]
	if !ok {
		known = made()
		all[key] = known
	}
	return known
}

// add puts tokens into the kind that each of some clients can have.
func (k *Kind) add(tokens []*Token, clients *clientSet) {
	for _, t := range tokens {
		k.batches = append(k.batches, batch{token: t, clients: clients})
	}
}

// LeavesOut says in a sentence what the model does not have: whoever says that no token exists
// which gets in somewhere says this too.
const LeavesOut = "The model leaves out tokens of personal accounts, of Azure AD B2C, External " +
	"ID and other clouds, keys of one application (?appid=), stolen tokens, and what changes in " +
	"the tenant after the files were made."

// Holder is who has a token.
type Holder uint8

// The holders.
const (
	Member Holder = iota // a client of one of the environments
	// a client that a contract or a policy names and no file shows: it may be anyone's
	UnknownClient
	// a user or a client whose object id a policy names and no file shows
	UnknownObject
	Stranger    // any other client, or API, of the tenant
	OtherTenant // whoever owns another tenant of the same cloud
	Forger      // whoever writes their own token: it gets in only where no signature is checked
	// a client of some environment other than the token's: where there are many environments
	OtherMember
)

// The first part of the names of kinds that belong to no environment.
const (
	strangerKind      = "stranger"
	otherTenantKind   = "other-tenant"
	unknownClientKind = "unknown-client"
	unknownObjectKind = "unknown-object"
	forgedKind        = "forged"
	otherMemberKind   = "other-environment"
)

// Reserved lists the names that no environment can have: the rows of a matrix that belong to none
// begin with them.
func Reserved() []string {
	return []string{
		strangerKind, otherTenantKind, unknownClientKind, unknownObjectKind, forgedKind,
		otherMemberKind,
	}
}

// Ids of those who are in no file. They are made up, and no real id has this form.
const (
	strangerID        = "57a46e20-0000-4000-8000-000000000001"
	strangersAPIID    = "57a46e20-0000-4000-8000-0000000000a1"
	otherTenantID     = "07e60000-0000-4000-8000-0000000000ff"
	otherTenantClient = "07e60000-0000-4000-8000-000000000001"
	otherTenantsAPIID = "07e60000-0000-4000-8000-0000000000a1"
	otherTenantObject = "07e60000-0000-4000-8000-0000000000b1"
)

// Kind is all modelled tokens of one kind, which differ in the form of their audience, in which of
// the holder's clients they were issued to, and in what the holder chooses.
type Kind struct {
	Name   string
	Holder Holder
	Home   string // the environment whose client has the token; empty for others
	For    string // the environment whose API it was issued for; empty for another API

	Guest    bool // of a guest of the tenant
	Unasked  bool // what the environment's clients do not ask for and can have
	Identity bool // ID tokens: they are for the client itself, and for no API

	batches []batch
	number  int // among all kinds
}

// batch is the tokens that differ in nothing but their client.
type batch struct {
	token   *Token // without its client; batches share it
	clients *clientSet
	index   int // among the batches of all kinds
}

// Issued is the token of a kind that one of its clients has.
type Issued struct {
	batch  *batch
	client int // its place among the ids of the batch's clients
}

// Token returns the token by itself.
func (i Issued) Token() *Token {
	t := *i.batch.token
	t.client = i.batch.clients.ids[i.client]
	return &t
}

// Unlikely reports whether no source shows that Entra ID issues such a token.
func (i Issued) Unlikely() bool { return i.batch != nil && i.batch.token.Unlikely() }

// Mark stands for a token of some kinds, in little room.
type Mark struct{ batch, client int32 }

// Mark stands for the token among the kinds that are sorted into classes.
func (i Issued) Mark() Mark {
	if i.batch == nil {
		return Mark{}
	}
	return Mark{int32(i.batch.index), int32(i.client)}
}

// At is the token that a mark stands for.
func (c *Classes) At(m Mark) Issued { return Issued{c.batches[m.batch], int(m.client)} }

// Count is how many tokens the kind stands for: one for each client, content and audience form.
func (k *Kind) Count() int {
	n := 0
	for i := range k.batches {
		n += k.batches[i].clients.count()
	}
	return n
}

// Each visits every token of the kind.
func (k *Kind) Each(visit func(Issued)) {
	for i := range k.batches {
		for client := range k.batches[i].clients.each {
			visit(Issued{&k.batches[i], client})
		}
	}
}

// Usual lists the tokens in the forms of their audience that clients usually ask for, each for one
// client, preferably one that is preferred.
func (k *Kind) Usual(preferred func(client string) bool) []Issued {
	var all []Issued
	for i := range k.batches {
		b := &k.batches[i]
		if b.token.audience.form != "uri" && b.token.audience.form != "guid" {
			continue
		}
		all = append(all, Issued{b, b.clients.find(preferred)})
	}
	return all
}
