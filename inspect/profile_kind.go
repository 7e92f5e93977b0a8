package inspect

import "strings"

// kindSigns are the claims that tell an ID token from an access token, the strongest first. Entra
// ID gives both the same typ
// (learn.microsoft.com/entra/identity-platform/id-token-claims-reference and
// access-token-claims-reference). In B2C's tokens only the claims marked b2c count.
var kindSigns = [...]struct {
	claim string
	kind  TokenKind
	why   string
	b2c   bool
}{
	{"c_hash", KindID, "c_hash belongs to an authorization code: ID tokens have it", true},
	{"at_hash", KindID, "at_hash belongs to an access token: ID tokens have it", true},
	{"nonce", KindID, "nonce answers a sign-in request: ID tokens have it", false},
	{"scp", KindAccess, "scp says what a client may do for a user: access tokens have it", true},
	{
		"appidacr", KindAccess,
		"appidacr says how the client authenticated: v1.0 access tokens have it", true,
	},
	{
		"azpacr", KindAccess,
		"azpacr says how the client authenticated: v2.0 access tokens have it", true,
	},
	{"appid", KindAccess, "appid names the client: v1.0 access tokens have it", true},
	{"azp", KindAccess, "azp names the client: v2.0 access tokens have it", true},
	{
		"idtyp", KindAccess, "idtyp says whether the token is for an app or a user: access " +
			"tokens have it",
		true,
	},
	{
		"xms_mirid", KindAccess,
		"xms_mirid names a managed identity, which gets only access tokens", true,
	},
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
		d.sign("kind", "aud",
			"aud is an application id, and no claim names a client or its permissions: ID "+
				"tokens look like this one")
	case d.has("roles"):
		d.Kind = KindAccess
		d.sign("kind", "roles", "it has roles, and no claim that only ID tokens have")
	}
}

// dropContrary keeps the signs that speak for the kind, and reports the first that speaks against
// it.
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
	if contrary == "" {
		return
	}
	kind := "an access token"
	if d.Kind == KindID {
		kind = "an ID token"
	}
	d.odd("kind-signs-disagree", contrary,
		"the token has "+strings.TrimPrefix(kept[0].Path, "claims.")+", as "+kind+
			" has, and "+strings.TrimPrefix(contrary, "claims.")+", which speaks against it")
}

func kindOf(path string) TokenKind {
	for _, s := range kindSigns {
		if path == "claims."+s.claim {
			return s.kind
		}
	}
	return KindUnknown
}

// otherKind judges a token of another issuer, by RFC 9068 and OpenID Connect Core, section 2.
func (d *describer) otherKind() {
	typ := d.token.Header.TextAt("typ")
	typ = strings.ToLower(strings.TrimPrefix(strings.ToLower(typ), "application/"))
	switch {
	case typ == "at+jwt":
		d.Kind = KindAccess
		d.Signs = append(d.Signs,
			Sign{About: "kind", Path: "header.typ", Message: "typ is at+jwt (RFC 9068)"})
	case d.has("c_hash"), d.has("at_hash"), d.has("nonce"):
		d.Kind = KindID
		d.sign("kind", d.firstOf("c_hash", "at_hash", "nonce"),
			"the claim belongs to ID tokens (OpenID Connect Core, section 2)")
	case d.has("scope"), d.has("scp"), d.has("client_id"), d.has("cid"):
		d.Kind = KindAccess
		d.sign("kind", d.firstOf("scope", "scp", "client_id", "cid"),
			"the claim belongs to access tokens (RFC 9068, section 2.2)")
	}
}

// flow tells an application's own token from a user's
// (learn.microsoft.com/entra/identity-platform/
// scenario-protected-web-api-verification-scope-app-roles).
func (d *describer) flow() {
	switch {
	case d.Kind != KindAccess:
		return
	case !d.entraToken():
		d.otherFlow()
		return
	}
	app, user := d.appSigns(), d.userSigns()
	switch {
	case len(app) > 0 && len(user) > 0 && user[0].Path == "claims.scp":
		d.Flow, d.Signs = Delegated, append(d.Signs, user...)
		d.odd("flow-signs-disagree", app[0].Path,
			"the token has scp, which only users' tokens have, and a sign of an app-only token: "+
				app[0].Message)
	case len(app) > 0 && len(user) > 0 && user[0].Path == "claims.idtyp":
		d.Flow, d.Signs = Delegated, append(d.Signs, user...)
		d.odd("flow-signs-disagree", app[0].Path,
			user[0].Message+", and the token has a sign of an app-only token: "+app[0].Message)
	case len(app) > 0:
		d.Flow, d.Signs = AppOnly, append(d.Signs, app...)
		if d.IssuedBy == ByEntra && d.subDiffers() {
			d.odd("flow-signs-disagree", "claims.sub", app[0].Message+", and sub differs from "+
				"oid: in an app-only token of Entra ID they are the same")
		}
	case len(user) > 0:
		d.Flow, d.Signs = Delegated, append(d.Signs, user...)
	}
}

// flowSigns are signs of a flow, the strongest first.
type flowSigns []Sign

func (s *flowSigns) add(claim, message string) {
	*s = append(*s, Sign{About: "flow", Path: "claims." + claim, Message: message})
}

// appSigns are the signs that no user is involved.
func (d *describer) appSigns() (signs flowSigns) {
	if d.str("idtyp") == "app" {
		signs.add("idtyp", `idtyp is "app"`)
	}
	if d.has("xms_mirid") {
		signs.add("xms_mirid", "xms_mirid names a managed identity")
	}
	// A user's token of B2C has the user's object id for its sub too: the starter pack of its
	// custom policies writes objectId there (github.com/Azure-Samples/
	// active-directory-b2c-custom-policy-starterpack).
	if sub := d.str("sub"); sub != "" && sub == d.str("oid") && d.IssuedBy != ByB2C {
		signs.add("sub", "sub and oid are the same: the service principal's object id")
	}
	if d.confidential() && !d.has("scp") && d.firstOf(userClaims[:]...) == "" && !d.has("oid") &&
		!d.has("sub") {
		signs.add(d.firstOf("appidacr", "azpacr"),
			"the client authenticated, and the token names neither a user nor a service principal")
	}
	return signs
}

// userClaims are claims that only a user's token has.
var userClaims = [...]string{
	"upn", "unique_name", "preferred_username", "email", "given_name", "family_name", "name",
	"amr",
}

// userSigns are the signs that a user is involved.
func (d *describer) userSigns() (signs flowSigns) {
	if d.has("scp") {
		signs.add("scp", "scp says what the client may do for a user")
	}
	if d.str("idtyp") == "user" {
		signs.add("idtyp", `idtyp is "user"`)
	}
	if claim := d.firstOf(userClaims[:]...); claim != "" {
		signs.add(claim, claim+" belongs to a user")
	}
	if d.subDiffers() {
		signs.add("sub", "sub differs from oid, as it does for users: it is specific to this "+
			"application")
	}
	return signs
}

func (d *describer) subDiffers() bool {
	sub, oid := d.str("sub"), d.str("oid")
	return sub != "" && oid != "" && sub != oid
}

// confidential reports whether the client authenticated with a secret or a certificate.
func (d *describer) confidential() bool {
	return d.ClientProof == "secret" || d.ClientProof == "certificate"
}

// otherFlow judges a token of another issuer: in an application's own token the subject is the
// client (RFC 9068, section 2.2).
func (d *describer) otherFlow() {
	sub, client := d.str("sub"), d.ClientID.Value
	switch {
	case d.str("gty") == "client-credentials":
		d.Flow = AppOnly
		d.sign("flow", "gty", "gty is client-credentials")
	case client != "" && (sub == client || sub == client+"@clients"):
		d.Flow = AppOnly
		d.sign("flow", "sub", "sub is the client itself")
	case d.has("auth_time"):
		d.Flow = Delegated
		d.sign("flow", "auth_time", "auth_time is when a user signed in")
	}
}
