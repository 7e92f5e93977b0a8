package inspect

import (
	"slices"
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
	capabilities, _ := d.claims.Member("xms_cc").Strings()
	if strings.Contains(strings.ToLower(strings.Join(capabilities, " ")), "cp1") {
		d.trait("claims-challenge", "claims.xms_cc",
			"the client can answer a claims challenge (continuous access evaluation)")
	}
	if policy, claim := d.policy(); policy != "" {
		d.trait("b2c-policy", "claims."+claim,
			"the B2C policy "+show(policy)+" issued it, and it has its own keys")
	}
	if len(d.Clouds) > 1 {
		d.trait("cloud-ambiguous", "claims.iss",
			"the issuer does not show the cloud: "+strings.Join(d.Clouds, " and ")+
				" use the same form")
	}
	if d.Kind == KindAccess && d.Flow == AppOnly && len(d.Roles) == 0 {
		d.trait("app-only-without-roles", "claims.roles",
			"no role was granted: any client of the tenant can get such a token for an API that "+
				"does not require assignment")
	}
}

// resource is about tokens for Microsoft's own APIs.
func (d *describer) resource() {
	if d.Resource != "" {
		d.trait("microsoft-api", "claims.aud",
			"it is for "+d.Resource+
				", not for an API of your own: a gateway that lets it in lets in any client of "+
				"that API (request a scope of your own API)")
	}
}

// self is about an application that calls itself.
func (d *describer) self() {
	if d.Kind != KindAccess || len(d.Audience) != 1 || d.ClientID.Value == "" {
		return
	}
	form, ok := strings.CutSuffix(d.Audience[0], d.ClientID.Value)
	if ok && (form == "" || form == "spn:" || form == "api://") {
		d.trait("client-is-audience", "claims.aud",
			"the client and the API are the same application")
	}
}

// chain is about a confidential client that acts for a user.
func (d *describer) chain() {
	if d.Flow == Delegated && d.confidential() {
		d.trait("confidential-client-for-user", "claims."+d.firstOf("appidacr", "azpacr"),
			"a client with a "+d.ClientProof+
				" acts for a user: a web application, or an API that exchanged the user's token "+
				"(on-behalf-of); the token does not show which")
	}
}

// identity is about managed identities.
func (d *describer) identity() {
	switch {
	case d.has("xms_mirid"):
		d.trait("managed-identity", "claims.xms_mirid",
			"it belongs to a managed identity: "+show(d.str("xms_mirid")))
	case d.Flow == AppOnly && d.ClientProof == "certificate" && d.Lifetime() >= leastExtended:
		d.trait("managed-identity-likely", "claims.exp",
			"a certificate and a lifetime of a day: a managed identity's tokens look like this "+
				"one")
	}
}

// person is about personal accounts and guests.
func (d *describer) person() {
	idp := d.str("idp")
	switch {
	case d.Tenant == entra.Consumers:
		d.trait("personal-account", "claims.tid",
			"the user signed in with a personal Microsoft account")
	case idp == "live.com" || strings.Contains(idp, entra.Consumers):
		d.trait("personal-account", "claims.idp",
			"the user is a guest with a personal Microsoft account")
	case strings.HasPrefix(d.str("oid"), personalObject):
		d.odd("personal-account-elsewhere", "claims.oid",
			"oid has the form of a personal Microsoft account, whose tenant is "+entra.Consumers+
				", and this token names "+show(d.Tenant))
	}
	switch {
	case d.IssuedBy == ByEntra && idp != "" && !d.home(idp):
		d.trait("guest", "claims.idp",
			"the user is a guest: another identity provider signed the user in, "+show(idp))
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
		d.trait("group-overage", "claims._claim_names",
			"the user has more groups than a token holds (200), so groups is left out: that is "+
				"not the same as no groups; gatewhy does not call the address in _claim_sources")
	case overage:
		d.trait("group-overage", "claims.hasgroups",
			"the user has more groups than this token holds, so groups is left out: that is not "+
				"the same as no groups")
	case d.claims.Member("groups").Is(source.List):
		d.trait("groups", "claims.groups", "groups holds ids or names of the user's groups")
	}
}

// exactNames are the claims that decide. A member whose name differs only in case is another claim
// for most readers, but the same for some readers that are written in Go.
var exactNames = [...]string{
	"aud", "iss", "sub", "exp", "nbf", "iat", "jti", "tid", "oid", "scp", "roles", "groups",
	"wids", "appid", "azp", "azpacr", "appidacr", "client_id", "scope", "ver", "idtyp", "upn",
	"email", "preferred_username", "unique_name", "acr", "amr", "tfp", "nonce",
}

// maxHidden is how many values with hidden characters are reported one by one.
const maxHidden = 20

// names notes claims whose names or values are not what they look like.
func (d *describer) names() {
	for _, name := range exactNames {
		if key, ok := d.lookalike(name); ok {
			d.odd("claim-name-case", "claims."+Safe(key),
				show(key)+" is not the claim "+show(name)+
					": names are case-sensitive, and readers that ignore case may confuse the two")
		}
	}
	d.hidden()
	for _, name := range [...]string{"sub", "jti"} {
		if v := d.claims.Member(name); d.has(name) && v.Kind != source.String {
			d.odd("claim-type", "claims."+name,
				name+" is "+brief(v)+
					", not a string (RFC 7519, section 4.1); some gateways refuse the token "+
					"because of it")
		}
	}
}

// lookalike returns a member whose name differs from a claim's only in case.
func (d *describer) lookalike(name string) (string, bool) {
	for i := range d.claims.Members {
		key := d.claims.Members[i].Key
		// Unicode has letters of several bytes that fold to ASCII, and none that is shorter.
		isAsLong := len(name) <= len(key) && len(key) < len(name)+4
		if isAsLong && key != name && strings.EqualFold(key, name) {
			return key, true
		}
	}
	return "", false
}

// hidden notes strings with characters that do not show, or with white space at an end. Such a
// value is not equal to the value that it looks like.
func (d *describer) hidden() {
	count := 0
	for i := range d.claims.Members {
		m := &d.claims.Members[i]
		if count < maxHidden && (hides(m.Key) || anyHides(m.Value)) {
			count++
			path := "claims." + Safe(ShortenMiddle(m.Key, 40))
			d.odd("hidden-character", path,
				"the claim "+show(m.Key)+
					" has invisible characters, or white space at an end; it is "+
					brief(m.Value))
		}
	}
}

// anyHides looks at a string, and at the strings of a list.
func anyHides(v *source.Value) bool {
	if text, ok := v.Str(); ok {
		return hides(text)
	}
	return slices.ContainsFunc(v.Items, func(item *source.Value) bool {
		text, ok := item.Str()
		return ok && hides(text)
	})
}

func hides(text string) bool {
	return strings.TrimSpace(text) != text || Safe(text) != text
}
