package inspect

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// maxIssuer is the longest issuer that is looked at, in bytes.
const maxIssuer = 512

func (d *describer) issuer() {
	d.Issuer = d.str("iss")
	switch {
	case !d.has("iss"):
		d.odd("issuer-missing", "claims.iss", "the token names no issuer")
		return
	case d.Issuer == "" || len(d.Issuer) > maxIssuer:
		d.odd("issuer-malformed", "claims.iss",
			"the issuer is "+d.claims.Member("iss").Kind.String()+" that can't be an issuer: "+
				brief(d.claims.Member("iss")))
		return
	}
	iss, ok := entra.ParseIssuer(d.Issuer)
	if !ok {
		return
	}
	d.iss, d.Clouds, d.IssuedBy = iss, iss.Clouds, IssuedBy(iss.Kind.String())
	if d.Policy, _ = d.policy(); d.Policy != "" {
		d.IssuedBy = ByB2C
	}
	d.issuerForm()
}

// policy returns the B2C policy that issued the token, and the claim that names it: the issuer,
// tfp, or acr, as older tenants have it
// (learn.microsoft.com/azure/active-directory-b2c/tokens-overview).
func (d *describer) policy() (name, claim string) {
	acr := d.str("acr")
	switch {
	case d.iss.Policy != "":
		return d.iss.Policy, "iss"
	case d.str("tfp") != "":
		return d.str("tfp"), "tfp"
	case d.iss.Kind == entra.B2C, strings.HasPrefix(strings.ToLower(acr), "b2c_1"):
		return acr, "acr"
	}
	return "", ""
}

// issuerForm compares the issuer with what its cloud writes, to the last slash, because policies
// compare it like that.
func (d *describer) issuerForm() {
	if d.iss.Kind != entra.Workforce || d.IssuedBy == ByB2C {
		return
	}
	want := ""
	for _, id := range d.iss.Clouds {
		cloud, _ := entra.CloudByID(id)
		want = entra.IssuerURL(cloud, d.iss.Tenant, d.iss.Version)
		if want == d.Issuer {
			return
		}
	}
	d.odd("issuer-form", "claims.iss",
		"the issuer is "+show(d.Issuer)+"; Entra ID writes "+show(want))
}

func (d *describer) version() {
	if !d.entraToken() {
		return
	}
	switch ver := d.str("ver"); {
	case ver == "1.0" || ver == "2.0":
		d.Version = ver
	case d.has("ver"):
		d.odd("version-unknown", "claims.ver",
			"ver is "+brief(d.claims.Member("ver"))+`; Entra ID writes "1.0" or "2.0"`)
		d.Version = d.iss.Version.String()
	default:
		d.odd("version-missing", "claims.ver",
			"the token has no ver claim, which Entra ID always writes")
		d.Version = d.iss.Version.String()
	}
	// B2C writes "1.0" under an issuer that ends in v2.0.
	if d.IssuedBy != ByB2C && d.Version != d.iss.Version.String() {
		d.odd("version-mismatch", "claims.ver",
			fmt.Sprintf("ver is %q, and the issuer is that of a v%s token: no Entra ID token "+
				"has both", d.Version, d.iss.Version))
	}
}

func (d *describer) tenant() {
	d.Tenant = d.str("tid")
	if !d.entraToken() {
		return
	}
	issued := d.iss.Tenant
	switch {
	case d.Tenant == "":
		d.Tenant = issued
	case !strings.EqualFold(d.Tenant, issued) && d.inPath():
		d.odd("tenant-mismatch", "claims.tid",
			fmt.Sprintf("tid is %s, and iss names the tenant %s: "+
				"in a genuine token they are the same", show(d.Tenant), show(issued)))
	}
	if !entra.IsGUID(issued) && d.inPath() {
		d.odd("tenant-malformed", "claims.iss",
			"iss names the tenant "+show(issued)+
				", which is not a GUID: it was altered, or written by hand")
	}
	if d.has("tid") && !entra.IsGUID(d.str("tid")) {
		d.odd("tenant-malformed", "claims.tid",
			"tid is "+brief(d.claims.Member("tid"))+", which is not a GUID")
	}
}

// inPath reports whether the issuer names the tenant by its id. B2C's may name it by its domain.
func (d *describer) inPath() bool {
	return d.IssuedBy != ByB2C || entra.IsGUID(d.iss.Tenant)
}

func (d *describer) audience() {
	aud := d.claims.Member("aud")
	d.Audience, d.AudienceForm = []string{}, NoAudience
	all, ok := aud.Strings()
	switch {
	case !d.has("aud"):
		d.odd("audience-missing", "claims.aud", "the token names no audience")
		return
	case !ok:
		d.AudienceForm = MalformedAudience
		d.odd("audience-malformed", "claims.aud",
			"aud is "+brief(aud)+
				", neither a string nor a list of strings (RFC 7519, section 4.1.3)")
		return
	}
	d.Audience = all
	if aud.Is(source.List) && d.entraToken() {
		d.odd("audience-is-list", "claims.aud", "aud is a list; Entra ID writes one string")
	}
	switch {
	case len(all) > 1:
		d.AudienceForm = SeveralAudiences
	case len(all) == 1:
		d.AudienceForm = d.formOf(all[0])
		d.versionAudience()
	}
}

// formOf says how an audience is written, and names Microsoft's API where it is one.
func (d *describer) formOf(aud string) AudienceForm {
	bare := strings.TrimPrefix(aud, "spn:")
	if d.entraToken() {
		if api, ok := entra.MicrosoftAPI(aud); ok {
			d.Resource = api.Name
			return FirstParty
		}
	}
	switch {
	case bare != aud && entra.IsGUID(bare):
		return SPN
	case entra.IsGUID(aud):
		return GUID
	case isURI(aud):
		return AppIDURI
	}
	return OtherAudience
}

// isURI reports whether a text starts with a scheme.
func isURI(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	return ok && rest != "" && scheme != "" &&
		strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// versionAudience compares the audience's form with the token's version: in a v2.0 token it is
// always the API's application id
// (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
func (d *describer) versionAudience() {
	aud := d.Audience[0]
	if d.IssuedBy == ByEntra && d.Version == "2.0" && !entra.IsGUID(aud) {
		d.odd("v2-audience-not-guid", "claims.aud",
			"aud is "+show(aud)+
				"; in an Entra ID v2.0 token it is always the API's application id: this token "+
				"was not issued by Entra ID, or was altered")
	}
}

func (d *describer) permissions() {
	d.Scopes = d.scopes()
	d.Roles = []string{}
	roles := d.claims.Member("roles")
	all, ok := roles.Strings()
	switch {
	case !d.has("roles"):
	case !ok:
		d.odd("claim-type", "claims.roles", "roles is "+brief(roles)+", not a list of strings")
	default:
		d.Roles = all
		if roles.Is(source.String) && d.entraToken() {
			d.odd("claim-type", "claims.roles", "roles is a string; Entra ID writes a list")
		}
	}
}

// scopes returns the scopes of scp, or of scope if another issuer wrote that.
func (d *describer) scopes() []string {
	name := "scp"
	if !d.has("scp") && !d.entraToken() {
		name = "scope"
	}
	v := d.claims.Member(name)
	if text, ok := v.Str(); ok {
		return append([]string{}, strings.Fields(text)...)
	}
	all, ok := v.Strings()
	switch {
	case !d.has(name):
		return []string{}
	case !ok:
		d.odd("claim-type", "claims."+name, name+" is "+brief(v)+", not a string of scopes")
		return []string{}
	case name == "scp" && d.entraToken():
		d.odd("scp-is-list", "claims.scp",
			"scp is a list; Entra ID writes one string with spaces, and some gateways fail on a "+
				"list")
	}
	return all
}

// client says which client has the token, and how it proved itself.
func (d *describer) client() {
	d.clientID()
	d.clientOddities()
	if app, ok := entra.AppByID(d.ClientID.Value); ok && d.entraToken() {
		d.ClientName = app.Name
	}
	d.proof()
}

// clientID finds the claim that names the client: appid in v1.0 tokens, azp in v2.0 tokens. Entra
// ID writes no client_id
// (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
func (d *describer) clientID() {
	names := []string{"client_id", "azp", "appid", "cid"}
	switch {
	case d.entraToken() && d.Version == "1.0" && d.IssuedBy != ByB2C:
		names = []string{"appid", "azp"}
	case d.entraToken():
		names = []string{"azp", "appid"}
	}
	for _, name := range names {
		if !d.has(name) {
			continue
		}
		if d.str(name) == "" {
			d.odd("claim-type", "claims."+name,
				name+" is "+brief(d.claims.Member(name))+", not the id of a client")
			continue
		}
		d.ClientID = ClientID{Claim: name, Value: d.str(name)}
		return
	}
}

func (d *describer) clientOddities() {
	if d.IssuedBy != ByEntra {
		return
	}
	foreign := "appid"
	if d.Version == "1.0" {
		foreign = "azp"
	}
	if d.has(foreign) {
		d.odd("client-claim-of-other-version", "claims."+foreign,
			fmt.Sprintf("the client is named in %s, which Entra ID v%s tokens do not have",
				foreign, d.Version))
	}
	if d.has("client_id") {
		d.odd("client-id-claim", "claims.client_id",
			"the token has client_id, which Entra ID never writes by itself: a claims-mapping "+
				"policy added it, or the token is not from Entra ID")
	}
}

// proof says how the client authenticated.
func (d *describer) proof() {
	name := d.firstOf("appidacr", "azpacr")
	if name == "" || !d.entraToken() {
		return
	}
	switch brief(d.claims.Member(name)) {
	case `"0"`:
		d.ClientProof = "none"
	case `"1"`:
		d.ClientProof = "secret"
	case `"2"`:
		d.ClientProof = "certificate"
	default:
		d.odd("claim-type", "claims."+name,
			name+" is "+brief(d.claims.Member(name))+`; Entra ID writes "0", "1" or "2"`)
	}
}
