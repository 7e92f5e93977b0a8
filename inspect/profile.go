package inspect

import (
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// TokenKind is what a token is for.
type TokenKind string

// The kinds.
const (
	KindAccess    TokenKind = "access"
	KindID        TokenKind = "id"
	KindOpaque    TokenKind = "opaque"
	KindEncrypted TokenKind = "encrypted"
	KindUnknown   TokenKind = "unknown"
)

// IssuedBy is the product that issued a token, as far as its iss claim says. That claim is not
// proved here.
type IssuedBy string

// The products.
const (
	ByEntra    IssuedBy = "entra"
	ByB2C      IssuedBy = "entra-b2c"
	ByExternal IssuedBy = "entra-external"
	ByOther    IssuedBy = "other"
)

// Flow says in whose name a token was issued.
type Flow string

// The flows.
const (
	AppOnly     Flow = "app-only"  // for an application: client credentials, managed identity
	Delegated   Flow = "delegated" // for a user, through an application
	FlowUnknown Flow = "unknown"
)

// AudienceForm is how an audience is written.
type AudienceForm string

// The forms.
const (
	NoAudience        AudienceForm = "none"
	AppIDURI          AudienceForm = "app-id-uri"  // v1.0 tokens of Entra ID
	GUID              AudienceForm = "guid"        // an application id: always so in v2.0 tokens
	SPN               AudienceForm = "spn"         // spn: and an application id: v1.0 tokens
	FirstParty        AudienceForm = "first-party" // an API of Microsoft, in whatever form
	OtherAudience     AudienceForm = "other"
	SeveralAudiences  AudienceForm = "several" // Entra ID never writes this
	MalformedAudience AudienceForm = "malformed"
)

// ClientID is the claim that names the client, and what it says.
type ClientID struct {
	Claim string // "appid", "azp", "client_id", "cid"; empty if no claim names the client
	Value string
}

// Sign is a reason for something that the Profile says.
type Sign struct {
	About   string // "kind", "flow"
	Path    string // where it is: "claims.scp"
	Message string
}

// Profile is what a token says about itself. None of it is verified.
type Profile struct {
	Kind     TokenKind
	IssuedBy IssuedBy
	Version  string // "1.0" or "2.0", of tokens of Entra ID; else empty
	Flow     Flow   // unknown for all but access tokens
	ClientID ClientID
	// ClientName is the client's name, if it is one of Microsoft's own.
	ClientName string
	// ClientProof is how the client authenticated: "none", "secret", "certificate", or empty if no
	// claim says how.
	ClientProof string

	Audience     []string
	AudienceForm AudienceForm
	// Resource is the name of Microsoft's API that the token is for, or empty.
	Resource string

	Issuer string
	Clouds []string // ids of the clouds that write such an issuer
	Tenant string   // the tid claim, else the tenant that the issuer names
	Policy string   // user flow or custom policy of B2C

	Scopes []string
	Roles  []string

	IssuedAt  Instant
	NotBefore Instant
	ExpiresAt Instant

	// Signs are why Kind and Flow are what they are, the strongest first.
	Signs []Sign
	// Traits are what else is worth knowing, and not odd.
	Traits []Observation
	// Observations are the token's own, followed by what is odd in what it says.
	Observations []Observation
}

// Lifetime returns the time from iat, else nbf, to exp, or 0 if they do not say.
func (p *Profile) Lifetime() time.Duration {
	from := p.IssuedAt
	if !from.Known() {
		from = p.NotBefore
	}
	if !from.Known() || !p.ExpiresAt.Known() {
		return 0
	}
	return p.ExpiresAt.Meant.Sub(from.Meant)
}

// HasTrait reports whether the traits have one with this id.
func (p *Profile) HasTrait(id string) bool {
	return slices.ContainsFunc(p.Traits, func(t Observation) bool { return t.ID == id })
}

// Describe says what kind of token it is, from its header and claims alone. It knows no clock and
// no keys.
func Describe(t *Token) Profile {
	d := &describer{token: t, claims: t.Claims}
	d.Observations = append(d.Observations, t.Observations...)
	d.Kind, d.Flow, d.IssuedBy = shapeKind(t), FlowUnknown, ByOther
	d.header()
	d.signature()
	if d.claims == nil {
		absent := Instant{Problem: Absent}
		d.IssuedAt, d.NotBefore, d.ExpiresAt = absent, absent, absent
		d.Audience, d.Scopes, d.Roles = []string{}, []string{}, []string{}
		d.AudienceForm = NoAudience
		return d.Profile
	}
	for _, step := range [...]func(*describer){
		(*describer).issuer, (*describer).entraHeader, (*describer).version, (*describer).tenant,
		(*describer).times, (*describer).permissions, (*describer).client, (*describer).audience,
		(*describer).kind, (*describer).flow, (*describer).traits, (*describer).names,
	} {
		step(d)
	}
	return d.Profile
}

// Parties returns a token's client and audience as [Describe] does, without the rest of the
// profile.
func Parties(t *Token) (client ClientID, audience []string) {
	if t.Claims == nil {
		return ClientID{}, nil
	}
	d := &describer{token: t, claims: t.Claims}
	d.IssuedBy = ByOther
	d.issuer()
	d.version()
	d.clientID()
	audience, _ = d.claims.Member("aud").Strings()
	return d.ClientID, audience
}

// shapeKind returns the kind of a token whose claims can't be read.
func shapeKind(t *Token) TokenKind {
	switch {
	case t.Shape == Opaque:
		return KindOpaque
	case t.Shape == Encrypted && t.Fault != nil && t.Fault.ID == "encrypted":
		return KindEncrypted
	}
	return KindUnknown
}

// describer fills in a Profile.
type describer struct {
	Profile
	token  *Token
	claims *source.Value
	iss    entra.Issuer // if IssuedBy is not ByOther
}

// str returns a claim that is a string, or "".
func (d *describer) str(name string) string {
	s, _ := d.claims.Member(name).Str()
	return s
}

func (d *describer) has(name string) bool {
	v := d.claims.Member(name)
	return v != nil && v.Kind != source.Null
}

// firstOf returns the first of the claims that is there, or "".
func (d *describer) firstOf(names ...string) string {
	for _, name := range names {
		if d.has(name) {
			return name
		}
	}
	return ""
}

// odd notes what is odd. Of a time that is out of range it says nothing else.
func (d *describer) odd(id, path, message string) {
	if id == string(OutOfRange) {
		d.Observations = slices.DeleteFunc(d.Observations, func(o Observation) bool {
			return o.ID == numberOutOfRange && o.Path == path
		})
	}
	d.Observations = append(d.Observations, Observation{ID: id, Path: path, Message: message})
}

func (d *describer) trait(id, path, message string) {
	d.Traits = append(d.Traits, Observation{ID: id, Path: path, Message: message})
}

func (d *describer) sign(about, claim, message string) {
	d.Signs = append(d.Signs, Sign{About: about, Path: "claims." + claim, Message: message})
}

// entraToken reports whether the issuer is one of Entra ID's, B2C and External ID included.
func (d *describer) entraToken() bool { return d.IssuedBy != ByOther }

// show returns a text of the token for a message: short, and fit for a terminal.
func show(text string) string { return `"` + Safe(ShortenMiddle(text, 80)) + `"` }
