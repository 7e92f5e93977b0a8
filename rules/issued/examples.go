package issued

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Example is a token in full, as Entra ID writes it for one client and one API: nothing in it is
// open or unknown. What is empty is left out or has a stand-in.
type Example struct {
	Version  entra.Version // V1 where it is 0
	Cloud    entra.Cloud   // the public one where it is empty
	Tenant   string
	Audience string
	Client   string
	User     bool
	Identity bool     // an ID token: Audience is its client
	Scopes   []string // of a user's token
	Roles    []string
	Object   string // oid: of the user, or of the client's service principal
	At       time.Time

	freedom freedom  // of who has it: what they can make of claims that the model does not fix
	chosen  []chosen // what they have made of them
}

// The parties of examples that do not say otherwise.
const (
	ExampleTenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	ExampleAPI    = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	ExampleClient = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	exampleUser   = "0d7c4b8e-5a3f-4e61-b2c9-1f8e7d6c5b4a"
	exampleDaemon = "a4e2c9d1-6b70-4f35-8d1e-3c5b7a9f2e60"
	exampleKey    = "assumed"
)

// Claims returns the example's claims.
func (e Example) Claims() *source.Value {
	t := e.token()
	return t.InFull(e.Object)
}

func (e Example) token() *Token {
	cloud := e.Cloud
	if cloud.ID == "" {
		cloud = entra.Clouds()[0]
	}
	t := &Token{
		in: newSetting(cloud, e.At), tenant: orText(e.Tenant, ExampleTenant),
		version:  max(e.Version, entra.V1),
		audience: audience{value: orText(e.Audience, ExampleAPI)},
		client:   orText(e.Client, ExampleClient),
		identity: e.Identity, freedom: e.freedom,
		flow: flow{user: e.User || e.Identity, scopes: e.Scopes, roles: e.Roles},
	}
	if e.Identity {
		t.client = orText(e.Audience, t.client)
	}
	if e.chosen != nil {
		t.choices = &choices{chosen: e.chosen}
		t.choices.index()
	}
	return t
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// InFull returns the token's claims with a stand-in for each that is there and whose value the
// model does not say: what Entra ID always writes. The object id may be empty.
func (t *Token) InFull(object string) *source.Value {
	full := t.Claims()
	for i := range claims {
		name := claims[i].name
		value := t.Claim(name)
		if value.Is(source.Unknown) && (value.Present || name == "oid") &&
			full.Member(name) == nil {
			full.Members = append(
				full.Members, source.Member{Key: name, Value: t.standIn(name, object)},
			)
		}
	}
	return full
}

// standIn is a value as Entra ID writes one of this claim.
func (t *Token) standIn(name, object string) *source.Value {
	if object == "" {
		object = exampleDaemon
		if t.user {
			object = exampleUser
		}
	}
	switch name {
	case "oid":
		return source.NewString(object)
	case "sub":
		if t.user {
			return source.NewString("pairwise-of-the-user")
		}
		return source.NewString(object) // of an app-only token it is oid
	case "appidacr", "azpacr":
		return source.NewString("1")
	case "acr":
		return source.NewString("1")
	case "amr":
		return source.NewList("pwd")
	case "unique_name":
		return source.NewString("user@contoso.example")
	case "uti":
		return source.NewString("FVsGxYXI30-TuikuuUoFAA")
	case "rh":
		return source.NewString("0.AXEAfgofXA0")
	}
	return source.NewString("k2BgYPjP9Mfxs2vKUxaH3kf3")
}

// unsigned makes a token that nobody has signed.
func unsigned(claims *source.Value, more string) *inspect.Token {
	header := `{"typ":"JWT",` + more + `"alg":"RS256","kid":"` + exampleKey + `"}`
	return inspect.Parse(encode(header) + "." + encode(claims.JSON()) + "." + encode("assumed"))
}

// Shapes lists the names of the tokens that a policy test can start from.
func Shapes() []string {
	return []string{
		"entra-v1-app-only", "entra-v1-delegated", "entra-v2-app-only", "entra-v2-delegated",
		"entra-id-token", "graph", "b2c", "external-id",
	}
}

// Shape makes a token of that name: issued five minutes before that time, valid for an hour more,
// unsigned. Claims stand over the shape's; a null takes one away. Of the claims that are read, it
// is not known what those hold that the model leaves open and that nobody says.
func Shape(name string, at time.Time, over *source.Value, read ...string) *inspect.Token {
	t, object := shapeClaims(name, at)
	more := ""
	if name == "graph" {
		more = `"nonce":"of-graph",` // microsoft graph's own, which nobody else can verify
	}
	if over == nil {
		over = &source.Value{}
	}
	override(object, over)
	made := unsigned(object, more)
	for _, claim := range read {
		value := notModelled(claim)
		if t != nil {
			value = t.Claim(claim)
		} else if row, _ := claimNamed(claim); strings.Contains(row.columns, string(Fixed)) {
			value = nil // it is one of those that make the shape
		}
		said := over.Find(claim) != nil || t == nil && object.Member(claim) != nil
		if said || !value.Is(source.Unknown) {
			continue
		}
		value = &source.Value{
			Kind: source.Unknown, Present: value.Present, Text: "the test does not say what " +
				claim + " holds: write it into its claims, or null where the token has none",
		}
		if claim == "*" {
			claim = "" // a member without a name stands for all that are not named
		}
		override(made.Claims, &source.Value{Members: []source.Member{{Key: claim, Value: value}}})
	}
	return made
}

// ReadBy lists the claims that policies read, in order; "*" stands for any.
func ReadBy(policies []*rules.Policy) []string {
	read := readingOf(askedBy(policies))
	return read.claims
}

// shapeClaims is a shape's token and its claims in full. There is no token where the model knows
// none.
func shapeClaims(name string, at time.Time) (*Token, *source.Value) {
	e := Example{Audience: "api://orders", At: at}
	own := []string{"user_impersonation"}
	switch name {
	case "entra-v1-delegated":
		e.User, e.Scopes = true, own
	case "entra-v2-app-only":
		e.Version, e.Audience = entra.V2, ExampleAPI
	case "entra-v2-delegated":
		e.Version, e.Audience, e.User, e.Scopes = entra.V2, ExampleAPI, true, own
	case "entra-id-token":
		e.Version, e.Audience, e.Identity = entra.V2, ExampleClient, true
	case "graph":
		e.Audience, e.User, e.Scopes = "https://graph.microsoft.com", true, []string{
			"User.Read", "openid", "profile",
		}
	case "b2c", "external-id":
		return nil, ofCustomers(name, at)
	}
	t := e.token()
	t.typed = unsettled
	object := t.InFull("")
	if e.Identity {
		with(object, "nonce", "678910", "preferred_username", "user@contoso.example")
	}
	return t, object
}

// ofCustomers are the tokens of Azure AD B2C and of External ID
// (azure/active-directory-b2c/tokens-overview), which the model knows no more of.
func ofCustomers(name string, at time.Time) *source.Value {
	object := &source.Value{Kind: source.Object}
	if name == "b2c" {
		with(
			object, "iss", "https://contoso.b2clogin.com/"+ExampleTenant+"/v2.0/", "aud",
			ExampleAPI, "azp", ExampleClient, "ver", "1.0", "tfp", "B2C_1_signin", "scp", "read",
		)
	} else {
		with(
			object, "iss", "https://"+ExampleTenant+".ciamlogin.com/"+ExampleTenant+"/v2.0", "aud",
			ExampleAPI, "azp", ExampleClient, "ver", "2.0", "scp", "read", "tid", ExampleTenant,
		)
	}
	with(object, "oid", exampleUser, "sub", "pairwise-of-the-user")
	times := Token{in: newSetting(entra.Cloud{}, at)}
	for _, name := range []string{"iat", "nbf", "exp"} {
		object.Members = append(object.Members, source.Member{Key: name, Value: times.Claim(name)})
	}
	return object
}

// with adds claims that are texts, in names and values that follow each other.
func with(object *source.Value, pairs ...string) *source.Value {
	for i := 0; i < len(pairs); i += 2 {
		object.Members = append(
			object.Members, source.Member{Key: pairs[i], Value: source.NewString(pairs[i+1])},
		)
	}
	return object
}

// override puts claims over others; a null takes one away.
func override(object, with *source.Value) {
	for _, m := range with.Members {
		kept := object.Members[:0]
		for _, have := range object.Members {
			if have.Key != m.Key {
				kept = append(kept, have)
			}
		}
		object.Members = kept
		if m.Value.Kind != source.Null {
			object.Members = append(object.Members, m)
		}
	}
}

// The parties of examples of an environment that is known in part, beside those of a world that is
// made up.
const (
	assumedURI            = "api://this-environment"
	otherEnvironmentURI   = "api://another-environment"
	otherEnvironmentAPI   = "55555555-5555-4555-8555-555555555555"
	otherEnvironmentOwner = "55555555-5555-4555-8555-555555555501"
)

// Assumed is the example with a stand-in for whatever is not known of it: the version whose tokens
// carry such an audience, a tenant, an audience and a client that no configuration has.
func (e Example) Assumed() Example {
	if e.Version == 0 {
		e.Version = entra.V1
		if entra.IsGUID(e.Audience) {
			e.Version = entra.V2
		}
	}
	audience := assumedURI
	if e.Version == entra.V2 {
		audience = assumedAPI
	}
	e.Tenant, e.Client = orText(e.Tenant, assumedTenant), orText(e.Client, assumedClient)
	e.Audience = orText(e.Audience, audience)
	if e.At.IsZero() {
		e.At = assumedTime()
	}
	return e
}

// Wanted is the example as policies want it to let their environment in, if they let anybody in.
// Scopes and roles that are not known are those that they ask for, and so is whatever else they
// were written for (see asWanted). Where it is not known whether a user has signed in, that is as
// the policies want it too. The words are those of some policies, which may be others.
func (e Example) Wanted(v, words *View, scopes, roles bool) (Example, rules.Decision) {
	all := []Example{e}
	if scopes && !e.User && len(words.texts["scp"]) > 0 {
		user := e
		user.User = true
		all = append(all, user)
	}
	var best Answer
	for _, one := range all {
		one.freedom = asWanted
		t := one.Token()
		if roles {
			t.choices.open = append(t.choices.open, wordsVariable("roles", one.Roles, words))
		}
		if scopes && one.User {
			t.choices.open = append(t.choices.open, wordsVariable("scp", one.Scopes, words))
		}
		got := v.Furthest(t)
		if best.Token == nil || Further(got.Verdict.Outcome, best.Verdict.Outcome) {
			best = got
		}
	}
	return e.as(best.Token), best.Verdict.Outcome
}

// as is the example with what was chosen in its token.
func (e Example) as(t *Token) Example {
	e.User, e.freedom, e.chosen = t.user, t.freedom, nil
	for _, c := range t.Settled().chosen() {
		switch c.claim {
		case "roles":
			e.Roles, _ = c.value.Strings()
		case "scp":
			text, _ := c.value.Str()
			e.Scopes = strings.Fields(text)
		default:
			e.chosen = append(e.chosen, c)
		}
	}
	return e
}

// wordsVariable is which scopes or roles a token has: those that are known, and beside them all or
// one of those that policies compare with.
func wordsVariable(claim string, known []string, v *View) variable {
	var more []string
	for _, text := range v.texts[claim] {
		for _, word := range strings.Fields(text) {
			if entra.CanHold(claim, word) && !slices.Contains(known, word) &&
				!slices.Contains(more, word) && len(more) < mostTexts {
				more = append(more, word)
			}
		}
	}
	sets := [][]string{known, slices.Concat(known, more)}
	for _, word := range more {
		sets = append(sets, append(slices.Clip(known), word))
	}
	made := variable{claims: []string{claim}}
	for _, set := range sets {
		value := wordList(set)
		if claim == "scp" {
			value = wordsOf(set)
		}
		made.choices = append(made.choices, choice{values: []*source.Value{value}})
	}
	return made
}

// Token is the example's token. Whether its API asks for idtyp nobody says.
func (e Example) Token() *Token {
	t, made := e.token(), choices{}
	if t.choices != nil {
		made = *t.choices
	}
	if _, known := made.find("idtyp"); !known {
		made.open = []variable{typeVariable(t.user)}
	}
	t.choices = &made
	return t
}

// ofOthers is the example without what its own holder has made of it.
func (e Example) ofOthers() Example {
	e.freedom, e.chosen = ofClient, nil
	return e
}

// OfOtherEnvironment is what a client of another environment has for that environment's API: like
// this token, and with scopes and roles that are called otherwise.
func (e Example) OfOtherEnvironment() Example {
	e = e.ofOthers()
	e.Client, e.Audience = otherEnvironmentOwner, otherEnvironmentURI
	if e.Version == entra.V2 {
		e.Audience = otherEnvironmentAPI
	}
	if len(e.Scopes) > 0 {
		e.Scopes = []string{"Other.Access"}
	}
	if len(e.Roles) > 0 {
		e.Roles = []string{"Other.Role"}
	}
	return e
}

// Around gives the holders of tokens that are sent to where the example belongs. Its API is that
// of the registration, or where that is nil, one that has what the example has.
func (e Example) Around(
	app *entra.Registration, policies []*rules.Policy, contracts *rules.Contracts,
) *Holders {
	place := Place{
		Name: assumedName, API: app, Policies: policies, Contracts: contracts,
		Clients: []*entra.Registration{{AppID: entra.Text{Value: e.Client}}},
	}
	if app == nil {
		place.API = e.registration()
	}
	t := e.token()
	w := &World{Tenant: t.tenant, Cloud: t.in.cloud, At: e.At, Places: []Place{place}}
	h := w.HoldersAt(assumedName)
	h.assumed, h.reads.flow = app == nil, true
	return h
}

// registration is an API that has what the example has. That users can consent to its scopes
// nobody rules out.
func (e Example) registration() *entra.Registration {
	asked := texts{"scp": e.Scopes, "roles": e.Roles}
	api := assumedRegistration(asked, []string{e.Audience})
	api.Version = entra.Text{Value: strconv.Itoa(int(e.Version))}
	if entra.IsGUID(e.Audience) {
		api.AppID.Value = e.Audience
	}
	for i := range api.Scopes {
		api.Scopes[i].AdminOnly = api.Scopes[i].Value.Unknown
	}
	for i := range api.Roles {
		api.Roles[i].Users = e.User
	}
	return &api
}

// Request is a request with the example, the moment after it was issued, of a gateway with these
// contracts, and with what gets furthest of all that may be written beside its token.
func (e Example) Request(v *View) *rules.Request {
	t := e.Token()
	bare := rules.Request{
		Token: t.seenBy(v), At: e.At, Contracts: v.contracts, Signatures: t.signatures(),
	}
	_, written := v.FurthestReal(t.client, func() *rules.Request {
		r := bare
		return &r
	})
	written.Into(&bare)
	return &bare
}
