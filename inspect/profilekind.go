package inspect

import "strings"

// kindSigns are the claims that tell an ID token from an access token, the strongest first. Entra ID gives both
// the same typ (learn.microsoft.com/entra/identity-platform/id-token-claims-reference and
// access-token-claims-reference). What B2C writes into either is told by the claims marked so.
var kindSigns = [...]struct {
	claim string
	kind  TokenKind
	why   string
	b2c   bool
}{
	{"c_hash", KindID, "c_hash binds an authorization code: ID tokens have it", true},
	{"at_hash", KindID, "at_hash binds an access token: ID tokens have it", true},
	{"nonce", KindID, "nonce answers a sign-in request: ID tokens have it", false},
	{"scp", KindAccess, "scp says what a client may do for a user: access tokens have it", true},
	{"appidacr", KindAccess, "appidacr says how the client proved itself: v1.0 access tokens have it", true},
	{"azpacr", KindAccess, "azpacr says how the client proved itself: v2.0 access tokens have it", true},
	{"appid", KindAccess, "appid names the client: v1.0 access tokens have it", true},
	{"azp", KindAccess, "azp names the client: v2.0 access tokens have it", true},
	{"idtyp", KindAccess, "idtyp says whether an app or a user is meant: access tokens have it", true},
	{"xms_mirid", KindAccess, "xms_mirid names a managed identity, which gets access tokens alone", true},
}

func (d *describer) kind() {
	if d.token.Shape != Signed {
		return
	}
	if !d.entraToken() {
		d.otherKind()
		return
	}
	for _, s := range kindSigns {
		if d.has(s.claim) && (s.b2c || d.IssuedBy != ByB2C) {
			d.sign("kind", s.claim, s.why)
			if d.Kind == KindUnknown {
				d.Kind = s.kind
			}
		}
	}
	d.dropContrary()
	switch {
	case d.Kind != KindUnknown:
	case d.has("nonce"):
		d.Kind = KindID
		d.sign("kind", "nonce", "nonce answers a sign-in request, and no claim names a client")
	case d.AudienceForm == GUID && d.has("sub") && !d.has("roles"):
		d.Kind = KindID
		d.sign("kind", "aud", "aud is an application id, and no claim names a client or its permissions: so are ID tokens")
	case d.has("roles"):
		d.Kind = KindAccess
		d.sign("kind", "roles", "roles are there, and nothing that ID tokens alone have")
	}
}

// dropContrary keeps the signs that speak for the kind, and tells of those that speak against it.
func (d *describer) dropContrary() {
	kept := d.Signs[:0]
	contrary := ""
	for _, s := range d.Signs {
		if kindOf(s.Path) == d.Kind {
			kept = append(kept, s)
		} else if contrary == "" {
			contrary = s.Path
		}
	}
	d.Signs = kept
	if contrary != "" {
		d.odd("kind-signs-disagree", contrary, "the token has "+strings.TrimPrefix(kept[0].Path, "claims.")+", as "+d.Kind.article()+" has, and "+strings.TrimPrefix(contrary, "claims.")+", which speaks against it")
	}
}

func kindOf(path string) TokenKind {
	for _, s := range kindSigns {
		if path == "claims."+s.claim {
			return s.kind
		}
	}
	return KindUnknown
}

// article returns the kind in the words of a sentence.
func (k TokenKind) article() string {
	switch k {
	case KindAccess:
		return "an access token"
	case KindID:
		return "an ID token"
	case KindOpaque:
		return "an opaque token"
	case KindEncrypted:
		return "an encrypted token"
	}
	return "a token of an unknown kind"
}

// otherKind judges a token of another issuer, by RFC 9068 and OpenID Connect Core, section 2.
func (d *describer) otherKind() {
	typ, _ := d.token.Header.Member("typ").Str()
	typ = strings.ToLower(strings.TrimPrefix(strings.ToLower(typ), "application/"))
	switch {
	case typ == "at+jwt":
		d.Kind = KindAccess
		d.Signs = append(d.Signs, Sign{About: "kind", Path: "header.typ", Message: "typ is at+jwt (RFC 9068)"})
	case d.has("c_hash"), d.has("at_hash"), d.has("nonce"):
		d.Kind = KindID
		d.sign("kind", d.firstOf("c_hash", "at_hash", "nonce"), "the claim belongs to ID tokens (OpenID Connect Core, section 2)")
	case d.has("scope"), d.has("scp"), d.has("client_id"), d.has("cid"):
		d.Kind = KindAccess
		d.sign("kind", d.firstOf("scope", "scp", "client_id", "cid"), "the claim belongs to access tokens (RFC 9068, section 2.2)")
	}
}
