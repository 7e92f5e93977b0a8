package inspect

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
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
	d.Policy = d.policy()
	if d.Policy != "" {
		d.IssuedBy = ByB2C
	}
	d.issuerForm()
}

// policy returns the B2C policy that issued the token: in the issuer, in tfp, or in acr, as older
// tenants have it (learn.microsoft.com/azure/active-directory-b2c/tokens-overview).
func (d *describer) policy() string {
	acr := d.str("acr")
	switch {
	case d.iss.Policy != "":
		return d.iss.Policy
	case d.str("tfp") != "":
		return d.str("tfp")
	case d.iss.Kind == entra.B2C, strings.HasPrefix(strings.ToLower(acr), "b2c_1"):
		return acr
	}
	return ""
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
