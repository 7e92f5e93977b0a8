package inspect

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// personalObject is how object ids of personal accounts start.
const personalObject = "00000000-0000-0000-"

func (d *describer) traits() {
	d.lifetime()
	if !d.entraToken() {
		return
	}
	d.resource()
	d.self()
	d.chain()
	d.identity()
	if d.Flow != AppOnly {
		d.person()
		d.groups()
	}
	if list, ok := d.claims.Member("xms_cc").Strings(); ok && strings.Contains(strings.ToLower(strings.Join(list, " ")), "cp1") {
		d.trait("claims-challenge", "claims.xms_cc", "the client can answer a claims challenge (continuous access evaluation)")
	}
	if d.Policy != "" {
		d.trait("b2c-policy", "claims."+d.policyClaim(), "the B2C policy "+show(d.Policy)+" issued it: its keys are that policy's")
	}
	if len(d.Clouds) > 1 {
		d.trait("cloud-ambiguous", "claims.iss", "the issuer does not tell the cloud: "+strings.Join(d.Clouds, " and ")+" write it alike")
	}
	if d.Kind == KindAccess && d.Flow == AppOnly && len(d.Roles) == 0 {
		d.trait("app-only-without-roles", "claims.roles", "no role was granted: any client of the tenant can get such a token for an API that does not require assignment")
	}
}

func (d *describer) policyClaim() string {
	switch {
	case d.iss.Policy != "":
		return "iss"
	case d.has("tfp"):
		return "tfp"
	}
	return "acr"
}

// resource is about tokens for Microsoft's own APIs.
func (d *describer) resource() {
	if d.Resource != "" {
		d.trait("microsoft-api", "claims.aud", "it is for "+d.Resource+", not for an API of your own: a gateway that lets it in lets in any client of that API (request a scope of your own API)")
	}
}

// self is about an application that calls itself.
func (d *describer) self() {
	if d.Kind != KindAccess || len(d.Audience) != 1 || d.ClientID.Value == "" {
		return
	}
	form, ok := strings.CutSuffix(d.Audience[0], d.ClientID.Value)
	if ok && (form == "" || form == "spn:" || form == "api://") {
		d.trait("client-is-audience", "claims.aud", "the client and the API are the same application")
	}
}

// chain is about a confidential client that acts for a user.
func (d *describer) chain() {
	if d.Flow == Delegated && d.confidential() {
		d.trait("confidential-client-for-user", "claims."+d.firstOf("appidacr", "azpacr"),
			"a client with a "+d.ClientProof+" acts for a user: a web application, or an API that exchanged the user's token (on-behalf-of); the token does not tell which")
	}
}

// identity is about managed identities.
func (d *describer) identity() {
	switch {
	case d.has("xms_mirid"):
		d.trait("managed-identity", "claims.xms_mirid", "it is a managed identity's: "+show(d.str("xms_mirid")))
	case d.Flow == AppOnly && d.ClientProof == "certificate" && d.Lifetime() >= leastExtended:
		d.trait("managed-identity-likely", "claims.exp", "a certificate and a lifetime of a day: so are a managed identity's tokens")
	}
}

// person is about personal accounts and guests.
func (d *describer) person() {
	idp := d.str("idp")
	switch {
	case d.Tenant == entra.Consumers:
		d.trait("personal-account", "claims.tid", "the user signed in with a personal Microsoft account")
	case isPersonal(idp):
		d.trait("personal-account", "claims.idp", "the user is a guest with a personal Microsoft account")
	case strings.HasPrefix(d.str("oid"), personalObject):
		d.odd("personal-account-elsewhere", "claims.oid", "oid has the form of a personal Microsoft account, whose tenant is "+entra.Consumers+", and this token names "+show(d.Tenant))
	}
	switch {
	case d.IssuedBy == ByEntra && idp != "" && !d.home(idp):
		d.trait("guest", "claims.idp", "the user is a guest: another identity provider signed the user in, "+show(idp))
	case brief(d.claims.Member("acct")) == "1", brief(d.claims.Member("acct")) == `"1"`:
		d.trait("guest", "claims.acct", "the user is a guest of the tenant")
	case strings.Contains(d.str("upn"), "#EXT#"):
		d.trait("guest", "claims.upn", "the user is a guest: upn has #EXT#")
	}
}

// home reports whether an identity provider is the token's own tenant.
func (d *describer) home(idp string) bool {
	if len(idp) > maxIssuer {
		return false
	}
	iss, ok := entra.ParseIssuer(idp)
	return idp == d.Issuer || ok && strings.EqualFold(iss.Tenant, d.Tenant)
}

// groups is about a user with more groups than a token holds.
func (d *describer) groups() {
	overage, _ := d.claims.Member("hasgroups").Bool()
	switch {
	case d.claims.At("_claim_names", "groups") != nil:
		d.trait("group-overage", "claims._claim_names", "the user has more groups than a token holds (200), so groups is left out: that is not the same as no groups; the address in _claim_sources is not asked")
	case overage:
		d.trait("group-overage", "claims.hasgroups", "the user has more groups than this token holds, so groups is left out: that is not the same as no groups")
	case d.claims.Member("groups").Is(source.List):
		d.trait("groups", "claims.groups", "groups holds ids or names of the user's groups")
	}
}
