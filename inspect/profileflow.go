package inspect

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// flow tells an application's own token from a user's (learn.microsoft.com/entra/identity-platform/
// scenario-protected-web-api-verification-scope-app-roles).
func (d *describer) flow() {
	switch {
	case d.Kind != KindAccess:
	case !d.entraToken():
		d.otherFlow()
	default:
		d.entraFlow()
	}
}

func (d *describer) entraFlow() {
	app, user := d.appSigns(), d.userSigns()
	switch {
	case len(app) > 0 && len(user) > 0 && user[0].Path == "claims.scp":
		d.Flow, d.Signs = Delegated, append(d.Signs, user...)
		d.odd("flow-signs-disagree", app[0].Path, "the token has scp, which only users' tokens have, and a sign of an app-only token: "+app[0].Message)
	case len(app) > 0:
		d.Flow, d.Signs = AppOnly, append(d.Signs, app...)
	case len(user) > 0:
		d.Flow, d.Signs = Delegated, append(d.Signs, user...)
	}
}

// appSigns are what tells that no user is involved, the strongest first.
func (d *describer) appSigns() []Sign {
	var signs []Sign
	add := func(claim, message string) {
		signs = append(signs, Sign{About: "flow", Path: "claims." + claim, Message: message})
	}
	if d.str("idtyp") == "app" {
		add("idtyp", `idtyp is "app"`)
	}
	if d.has("xms_mirid") {
		add("xms_mirid", "xms_mirid names a managed identity")
	}
	if sub := d.str("sub"); sub != "" && sub == d.str("oid") && !d.namesUserInSub() {
		add("sub", "sub and oid are the same: the service principal's object id")
	}
	if d.confidential() && !d.has("scp") && d.firstOf(userClaims[:]...) == "" && !d.has("oid") && !d.has("sub") {
		add(d.firstOf("appidacr", "azpacr"), "the client proved itself, and neither a user nor a service principal is named")
	}
	return signs
}

// namesUserInSub reports whether a user's token has the user's object id for its sub, as those of B2C have: the starter pack of its
// custom policies writes objectId into sub (github.com/Azure-Samples/active-directory-b2c-custom-policy-starterpack).
func (d *describer) namesUserInSub() bool { return d.IssuedBy == ByB2C }

// userClaims are claims that only a user's token has.
var userClaims = [...]string{"upn", "unique_name", "preferred_username", "email", "given_name", "family_name", "name", "amr"}

// userSigns are what tells that a user is involved, the strongest first.
func (d *describer) userSigns() []Sign {
	var signs []Sign
	add := func(claim, message string) {
		signs = append(signs, Sign{About: "flow", Path: "claims." + claim, Message: message})
	}
	if d.has("scp") {
		add("scp", "scp says what the client may do for a user")
	}
	if d.str("idtyp") == "user" {
		add("idtyp", `idtyp is "user"`)
	}
	if claim := d.firstOf(userClaims[:]...); claim != "" {
		add(claim, claim+" belongs to a user")
	}
	if sub, oid := d.str("sub"), d.str("oid"); sub != "" && oid != "" && sub != oid {
		add("sub", "sub differs from oid, as it does for users: it is made for this application")
	}
	return signs
}

// confidential reports whether the client proved itself with a secret or a certificate.
func (d *describer) confidential() bool {
	return d.ClientProof == "secret" || d.ClientProof == "certificate"
}

// otherFlow judges a token of another issuer: in an application's own token the subject is the client (RFC 9068,
// section 2.2).
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

// isPersonal reports whether an identity provider is Microsoft's for personal accounts.
func isPersonal(idp string) bool {
	return idp == "live.com" || strings.Contains(idp, entra.Consumers)
}
