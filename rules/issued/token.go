package issued

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Token is one modelled token. What its holder chooses may still be open in it (see search).
type Token struct {
	in       *setting
	tenant   string
	version  entra.Version
	audience audience
	client   string
	identity bool // an ID token: its audience is its client
	typed    idtyp
	asked    *askedClaims // what the API's registration asks for beside; nil where nobody knows
	freedom  freedom
	flow     // the doubt is that of anything else of it too

	choices *choices
}

// setting is what the tokens of a world have in common.
type setting struct {
	cloud   entra.Cloud
	at      time.Time
	objects *objects // nil where no policy reads object ids, or nobody knows any

	issued, expires *source.Value // what iat and nbf hold, and exp

	chosenPresent, chosenPerhaps *source.Value // stand for claims that are still to be chosen
}

const holderChooses = "the holder of the token chooses it"

func newSetting(cloud entra.Cloud, at time.Time) *setting {
	s := &setting{
		cloud: cloud, at: at,
		issued: seconds(at.Add(-issuedBefore)), expires: seconds(at.Add(lifetime - issuedBefore)),
	}
	s.open(holderChooses)
	return s
}

// open says why claims that are still to be chosen are not known.
func (s *setting) open(why string) {
	s.chosenPresent = &source.Value{Kind: source.Unknown, Text: why, Present: true}
	s.chosenPerhaps = &source.Value{Kind: source.Unknown, Text: why}
}

// untried is the token for which no more choices are tried, because of a limit.
func (t *Token) untried(limit string) *Token {
	next, in := *t, *t.in
	in.open(holderChooses + ", and gatewhy tries no more than " + limit)
	next.in = &in
	return &next
}

// Doubt is why it is not known whether anybody can have the token; empty where somebody can.
func (t *Token) Doubt() string { return t.doubt }

// Unlikely reports whether no source shows that Entra ID issues such a token.
func (t *Token) Unlikely() bool { return t.doubt == noScope }

// CanBeAsWanted reports whether the token may have a claim as some policy wants it, whatever that
// is: its holder chooses what it holds, or it is the same in all tokens of the tenant that a
// policy is written for.
func (t *Token) CanBeAsWanted(name string) bool {
	switch t.freedom {
	case everything:
		return true
	case asWanted:
		return name != "aud"
	case ofOtherTenant:
		return !slices.Contains(
			[]string{"aud", "iss", "tid", "ver", "appid", "azp", "oid", "sub"}, name,
		)
	}
	return name == "iss" || name == "tid"
}

// Knows reports whether the model says what the token holds of everything that a check reads of
// its claims, or whether it is there.
func (t *Token) Knows(reads []rules.Input) bool {
	for _, in := range reads {
		name := in.ClaimRead()
		if name != "" && name != "*" && t.Claim(name).Is(source.Unknown) {
			return false
		}
	}
	return true
}

// User reports whether the token is a user's.
func (t *Token) User() bool { return t.user }

// Chose is the token with a claim that is chosen; a nil value takes the claim away.
func (t *Token) Chose(name string, value *source.Value) *Token {
	v := variable{claims: []string{name}}
	next := t.with(&v, choice{values: []*source.Value{value}})
	next.choices.open = source.Without(next.choices.open,
		func(v variable) bool { return slices.Contains(v.claims, name) })
	return next
}

// Version is that of the token's format.
func (t *Token) Version() entra.Version { return t.version }

// Claim returns what the token has under a name: nil where it has no such claim, and an Unknown
// where the model does not say what it holds, marked as present where it is surely there.
func (t *Token) Claim(name string) *source.Value {
	value, _ := t.claim(name)
	return value
}

// claim gives a claim, and whether somebody still chooses what it holds.
func (t *Token) claim(name string) (value *source.Value, open bool) {
	if value, found, open := t.chosenOrOpen(name); found {
		return value, open
	}
	switch name {
	case "exp":
		return t.in.expires, false
	case "iat", "nbf":
		return t.in.issued, false
	}
	if t.freedom == everything {
		return t.pending(false), true
	}
	if value, known := t.fixed(name); known {
		return value, false
	}
	return t.byTable(name)
}

// fixed is a claim whose value the model knows in every token.
func (t *Token) fixed(name string) (value *source.Value, known bool) {
	switch name {
	case "aud":
		if t.identity { // for the client itself (id-token-claims-reference, "aud")
			return source.NewString(t.client), true
		}
		return t.audience.claim(), true
	case "iss":
		return t.issuer(t.tenant), true
	case "tid":
		return source.NewString(t.tenant), true
	case "ver":
		return source.NewString(t.version.String()), true
	case "appid":
		return t.ifVersion(entra.V1, t.client), true
	case "azp":
		return t.ifVersion(entra.V2, t.client), true
	case "scp":
		return t.scp(), true
	case "roles":
		return wordList(t.roles), true
	case "idtyp":
		return t.typeOf(), true
	}
	return nil, false
}

// byTable is a claim that the model by itself knows no value for.
func (t *Token) byTable(name string) (value *source.Value, open bool) {
	if name == "idp" && t.guest {
		return (&Token{in: t.in, version: entra.V1}).issuer(otherTenantID), false
	}
	row, listed := claimNamed(name)
	presence := row.in(t.version, t.identity, t.user)
	switch {
	case presence == Absent:
		return nil, false
	case t.guest && name == "email": // by default, whatever the registration asks for
		return notModelled(name), false
	case (presence == Optional || presence == Asked && !t.identity) &&
		(t.freedom == ofClient || t.freedom == asWanted) && !t.asked.mayHave(name, presence):
		return nil, false
	case t.freedom.chooses(presence, name, listed):
		return t.pending(presence == Chosen || presence == Present), true
	case ofItsTenant(name) && t.freedom != ofOtherTenant:
		if value, open, known := t.objectClaim(name, presence); known {
			return value, open
		}
	case ofItsTenant(name):
		// an id that Entra makes within a tenant is none of ours
		return source.NewString(otherTenantObject), false
	}
	if presence == Present {
		return &source.Value{
			Kind:    source.Unknown,
			Text:    "Entra ID writes " + name + ", and the model does not say what it contains",
			Present: true,
		}, false
	}
	return notModelled(name), false
}

// ofItsTenant reports whether a claim holds an id that is made within a tenant, and is there.
func ofItsTenant(name string) bool { return name == "oid" || name == "sub" }

// askedClaims are the optional claims that an API's registration asks for.
type askedClaims struct {
	names  []string
	groups bool // groupMembershipClaims asks for groups and what stands in their place
}

// mayHave reports whether the registration asks for a claim, or nobody knows.
func (a *askedClaims) mayHave(name string, p Presence) bool {
	return a == nil || slices.Contains(a.names, name) || p == Asked && a.groups
}

// claimsOf lists the optional claims of a registration. It is nil where only a deployment knows
// one of them.
func claimsOf(api *entra.Registration) *askedClaims {
	asked := askedClaims{groups: api.MayHaveGroups()}
	for _, c := range api.Claims {
		if c.Name.Unknown {
			return nil
		}
		asked.names = append(asked.names, c.Name.Value)
	}
	return &asked
}

// Times of a token (configurable-token-lifetimes; that iat and nbf are backdated by five minutes
// is observed).
const (
	issuedBefore = 300 * time.Second
	lifetime     = 3900 * time.Second
)

func seconds(at time.Time) *source.Value {
	return &source.Value{Kind: source.Number, Text: strconv.FormatInt(at.Unix(), 10)}
}

// issuer is the exact form for the token's version; no source tells the v1.0 form of the newest
// clouds.
func (t *Token) issuer(tenant string) *source.Value {
	return issuerIn(&t.in.cloud, tenant, t.version)
}

func issuerIn(cloud *entra.Cloud, tenant string, v entra.Version) *source.Value {
	if iss := entra.IssuerURL(*cloud, tenant, v); iss != "" {
		return source.NewString(iss)
	}
	return &source.Value{
		Kind: source.Unknown,
		Text: "no source shows the issuer of v1.0 tokens of " + cloud.Name, Present: true,
	}
}

// ifVersion is a claim of access tokens of one version: an ID token has neither appid nor azp
// (id-token-claims-reference).
func (t *Token) ifVersion(v entra.Version, text string) *source.Value {
	if t.version != v || t.identity {
		return nil
	}
	return source.NewString(text)
}

// scp is there in delegated tokens only, words with spaces between them
// (access-token-claims-reference).
func (t *Token) scp() *source.Value {
	if !t.user || t.identity {
		return nil
	}
	return wordsOf(t.scopes)
}

// wordsOf is the scopes of a delegated token.
func wordsOf(scopes []string) *source.Value {
	names, other := namesIn(scopes)
	switch {
	case other != "":
		return &source.Value{Kind: source.Unknown, Text: other, Present: true}
	case len(names) == 0:
		return source.NewString(noScopeOfOurs)
	}
	return source.NewString(strings.Join(names, " "))
}

// noScopeOfOurs is what a delegated token carries that has none of the API's own scopes.
const noScopeOfOurs = "openid profile"

// wordList is a list of strings, or nothing.
func wordList(texts []string) *source.Value {
	names, other := namesIn(texts)
	switch {
	case other != "":
		return &source.Value{Kind: source.Unknown, Text: other, Present: true}
	case len(names) == 0:
		return nil
	}
	return source.NewList(names...)
}

// shown are the claims that a token is described by, in this order.
var shown = [...]string{
	"aud", "iss", "tid", "ver", "appid", "azp", "idtyp", "idp", "scp", "roles", "iat", "nbf",
	"exp",
}

// Claims returns the token's claims as far as the model says them.
func (t *Token) Claims() *source.Value {
	object := &source.Value{Kind: source.Object}
	names := shown[:]
	if t.in.objects != nil {
		names = append(slices.Clip(names), "oid", "sub")
	}
	for _, name := range names {
		if v := t.Claim(name); v != nil && v.Kind != source.Unknown {
			object.Members = append(object.Members, source.Member{Key: name, Value: v})
		}
	}
	for _, c := range t.chosen() {
		if c.value != nil && c.value.Kind != source.Unknown && !slices.Contains(names, c.claim) {
			object.Members = append(object.Members, source.Member{Key: c.claim, Value: c.value})
		}
	}
	return object
}

// seenBy makes the token for a gateway, unsigned, with all that its policies read of it. What of
// that the model does not say is in it as unknown.
func (t *Token) seenBy(v *View) *inspect.Token {
	made := *v.blank
	made.Claims = t.Claims()
	has := make(map[string]bool, len(made.Claims.Members))
	for i := range made.Claims.Members {
		has[made.Claims.Members[i].Key] = true
	}
	for _, name := range v.claims {
		if value := t.Claim(name); value != nil && !has[name] {
			made.Claims.Members = append(
				made.Claims.Members, source.Member{Key: name, Value: value},
			)
		}
	}
	if v.all { // a member without a name stands for all that are not named
		made.Claims.Members = append(
			made.Claims.Members, source.Member{Value: notModelled("its other claims")},
		)
	}
	return &made
}

// readInto writes some claims over others.
func (t *Token) readInto(over *source.Value, names []string) *source.Value {
	*over = source.Value{Kind: source.Object, Members: slices.Grow(over.Members[:0], len(names))}
	for _, name := range names {
		if value := t.Claim(name); value != nil {
			over.Members = append(over.Members, source.Member{Key: name, Value: value})
		}
	}
	return over
}

// blank is a token with a header and nothing else. What of the header the model does not say is
// unknown.
func blank(headers []string) *inspect.Token {
	header := with(&source.Value{Kind: source.Object}, "typ", "JWT", "alg", "RS256")
	for _, name := range headers {
		if header.Member(name) == nil {
			header.Members = append(
				header.Members, source.Member{
					Key: name, Value: notModelled("the header's " + name),
				},
			)
		}
	}
	return &inspect.Token{Shape: inspect.Signed, Header: header}
}

func notModelled(what string) *source.Value {
	return &source.Value{
		Kind: source.Unknown,
		Text: "the model of what Entra ID issues does not say what " + what + " holds",
	}
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// idtyp is which tokens for an API have the optional claim idtyp (optional-claims-reference).
type idtyp uint8

const (
	untyped   idtyp = iota // none
	appsTyped              // those without a user: "app"
	allTyped               // all: with include_user_token, those of users have "user"
	unsettled              // perhaps some: only a deployment knows
)

// typeClaim is what an API's registration asks for.
func typeClaim(api *entra.Registration) idtyp {
	asked := untyped
	for _, c := range api.Claims {
		switch {
		case c.Name.Value != "idtyp":
		case slices.Contains(c.Properties, "include_user_token"):
			asked = allTyped
		default:
			asked = max(asked, appsTyped)
		}
	}
	return asked
}

// typeOf is the claim idtyp.
func (t *Token) typeOf() *source.Value {
	switch {
	case t.identity || t.typed == untyped:
		return nil
	case t.typed == unsettled:
		return notModelled("idtyp")
	case !t.user:
		return source.NewString("app")
	case t.typed == allTyped:
		return source.NewString("user")
	}
	return nil
}
