package inspect

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// client finds the claim that names the client: appid in v1.0 tokens, azp in v2.0 tokens. Entra ID writes no
// client_id (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
func (d *describer) client() {
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
			d.odd("claim-type", "claims."+name, name+" is "+brief(d.claims.Member(name))+", not the id of a client")
			continue
		}
		d.ClientID = ClientID{Claim: name, Value: d.str(name)}
		break
	}
	d.clientOddities()
	if app, ok := entra.AppByID(d.ClientID.Value); ok && d.entraToken() {
		d.ClientName = app.Name
	}
	d.proof()
}

func (d *describer) clientOddities() {
	if d.IssuedBy != ByEntra {
		return
	}
	foreign := "appid"
	if d.Version == "1.0" {
		foreign = "azp"
	}
	if d.ClientID.Claim == foreign {
		d.odd("client-claim-of-other-version", "claims."+foreign, fmt.Sprintf("the client is named in %s, which v%s tokens of Entra ID do not have", foreign, d.Version))
	}
	if d.has("client_id") {
		d.odd("client-id-claim", "claims.client_id", "the token has client_id, which Entra ID never writes by itself: it was mapped by a policy, or the token is not from Entra ID")
	}
}

// proof says how the client proved itself.
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
		d.odd("claim-type", "claims."+name, name+" is "+brief(d.claims.Member(name))+`; Entra ID writes "0", "1" or "2"`)
	}
}
