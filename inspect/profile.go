package inspect

import (
	"fmt"
	"slices"
	"strings"
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

// signatureLength is the observation that a signature has a length that its algorithm does not
// make.
const signatureLength = "signature-length"

// CutOrAltered reports whether the signature's length says that it is not whole.
func (p *Profile) CutOrAltered() bool {
	return slices.ContainsFunc(p.Observations,
		func(o Observation) bool { return o.ID == signatureLength })
}

// MayBeManaged reports whether the token belongs to a managed identity, or looks like it.
func (p *Profile) MayBeManaged() bool {
	return p.HasTrait("managed-identity") || p.HasTrait("managed-identity-likely")
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
	return d.claims.TextAt(name)
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

// odd notes what is odd, once: of a time that is out of range, and of a signature that was cut.
func (d *describer) odd(id, path, message string) {
	said := "" // what the same is seen by, of the same part
	switch id {
	case string(OutOfRange):
		said = numberOutOfRange
	case signatureLength: // the last character of a text that was cut
		said = nonCanonical
	}
	d.Observations = source.Without(d.Observations, func(o Observation) bool {
		return o.ID == said && o.Path == path
	})
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

// header notes what is odd in the header.
func (d *describer) header() {
	h := d.token.Header
	if h == nil {
		return
	}
	for _, check := range [...]func(*describer, *source.Value){
		(*describer).algorithm, (*describer).keyID, (*describer).foreignKeys,
		(*describer).critical, (*describer).nonce,
	} {
		check(d, h)
	}
}

func (d *describer) algorithm(h *source.Value) {
	alg, ok := h.Member("alg").Str()
	switch {
	case h.Member("alg") == nil:
		d.odd("alg-missing", "header.alg",
			"the header names no algorithm (alg): no gateway can verify the signature (RFC 7515, "+
				"section 4.1.1)")
	case !ok:
		d.odd("alg-malformed", "header.alg", "alg is "+brief(h.Member("alg"))+", not a string")
	case strings.EqualFold(alg, "none"):
		d.odd("unsigned", "header.alg",
			"alg is "+show(alg)+
				": the token is not signed, so anyone can have made it up; gateways reject it")
	}
	if encoded, ok := h.Member("b64").Bool(); ok && !encoded {
		d.odd("payload-unencoded", "header.b64",
			`"b64": false says that the payload is not encoded, which a token must not do (RFC `+
				`7797, section 7)`)
	}
}

// entraHeader compares the header with what Entra ID writes: RS256, as its metadata says, and a
// kid or, in tokens of 2014, an x5t.
func (d *describer) entraHeader() {
	h := d.token.Header
	if !d.entraToken() || h == nil {
		return
	}
	if alg, ok := h.Member("alg").Str(); ok && alg != "RS256" && !strings.EqualFold(alg, "none") {
		d.odd("alg-not-of-entra", "header.alg", "alg is "+show(alg)+"; Entra ID signs with RS256")
	}
	if h.Member("kid") == nil && h.Member("x5t") == nil {
		d.odd("kid-missing", "header.kid", "the header names no key; Entra ID always does")
	}
}

func (d *describer) keyID(h *source.Value) {
	kid := h.Member("kid")
	text, ok := kid.Str()
	switch {
	case kid == nil || d.token.Shape != Signed:
	case !ok:
		d.odd("kid-malformed", "header.kid",
			"kid is "+brief(kid)+", not a string (RFC 7515, section 4.1.4)")
	case text == "":
		d.odd("kid-empty", "header.kid", "kid is empty: no key can be found with it")
	case len(text) > 1000:
		d.odd("kid-long", "header.kid", fmt.Sprintf("kid has %d characters", len(text)))
	}
}

// foreignKeys is about keys that the token itself brings or points to.
func (d *describer) foreignKeys(h *source.Value) {
	for _, name := range [...]string{"jku", "x5u", "jwk", "x5c"} {
		if h.Member(name) != nil {
			d.odd("key-in-header", "header."+name,
				name+" contains or points to the token's own key; gatewhy never follows or "+
					"trusts it: whoever made the token chose it")
		}
	}
}

// critical is about extensions that a reader must understand (RFC 7515, section 4.1.11).
func (d *describer) critical(h *source.Value) {
	crit := h.Member("crit")
	names, ok := crit.Strings()
	switch {
	case crit == nil:
	case !crit.Is(source.List) || !ok || len(names) == 0:
		d.odd("crit-malformed", "header.crit",
			"crit is "+brief(crit)+
				", not a list of names; RFC 7515, section 4.1.11, says that the token must be "+
				"rejected, but most gateways accept it")
	default:
		d.odd("crit-extension", "header.crit",
			"crit names extensions that a gateway must support, or else reject the token: "+
				brief(crit)+"; many ignore it")
	}
}

// nonce is about the header member of tokens for Microsoft Graph: who does not know it can't
// verify the signature (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate
// tokens").
func (d *describer) nonce(h *source.Value) {
	if h.Member("nonce") != nil {
		d.odd("graph-nonce", "header.nonce",
			"the header has a nonce, as tokens for Microsoft Graph do: only Graph can verify "+
				"the signature; if it is genuine, it is a token for Microsoft Graph or another "+
				"Microsoft API, and not for any other")
	}
}

// signature compares the signature's length with what its algorithm gives (RFC 7518, section 3.1).
func (d *describer) signature() {
	if d.token.Shape != Signed || d.token.Header == nil ||
		d.token.Fault != nil && d.token.Signature == nil {
		return
	}
	alg := d.token.Header.TextAt("alg")
	got := len(d.token.Signature)
	want := signatureBytes(alg)
	switch {
	case strings.EqualFold(alg, "none") && got > 0:
		d.odd("signature-on-unsigned", "signature", "alg is none, but there is a signature")
	case strings.EqualFold(alg, "none"):
	case d.token.Masked:
		d.odd("signature-masked", "signature", "the signature was masked by the program that "+
			"showed the token: nobody can say whether it is valid")
	case got == 0:
		d.odd("signature-missing", "signature",
			"the signature is missing: the text was cut after its second dot, or the signature "+
				"was removed")
	case want > 0 && got != want:
		d.odd(signatureLength, "signature",
			fmt.Sprintf("the signature has %d bytes, and %s makes %d: it was cut or altered",
				got, alg, want))
	case isRSA(alg) && (got < 128 || got%64 != 0):
		d.odd(signatureLength, "signature",
			fmt.Sprintf("the signature has %d bytes, and %s makes 256 with a key of 2048 bits: "+
				"it was cut off", got, alg))
	}
}

// isRSA reports whether an algorithm's signatures are as long as the key. Keys are of 1024, 2048,
// 3072 or 4096 bits.
func isRSA(alg string) bool {
	switch alg {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return true
	}
	return false
}

// signatureBytes returns the size of an algorithm's signatures, or 0 if it depends on the key.
func signatureBytes(alg string) int {
	switch alg {
	case "HS256":
		return 32
	case "HS384":
		return 48
	case "ES256", "ES256K", "EdDSA", "HS512":
		return 64
	case "ES384":
		return 96
	case "ES512":
		return 132
	}
	return 0
}
