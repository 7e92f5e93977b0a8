package fetch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Investigate looks for the key that signed a token of Entra if the set that was asked does not
// have it: in the other documents of the token's own tenant, in that of an app with a signing key
// of its own, and in the other clouds. Whatever it says was proved by verifying the token. The
// outcome stays Fail. If no key is found, the reason stays too, and the notes say where it looked.
//
// It fetches up to eight key sets from hosts of Entra. Of the token it sends nothing but the ids
// of the tenant and of the applications.
func (s *Source) Investigate(ctx context.Context, t *inspect.Token, r keys.Result) keys.Result {
	issuer, ok := entra.ParseIssuer(t.Claims.TextAt("iss"))
	if !ok || issuer.Kind != entra.Workforce || r.Verifier != nil || r.Set == nil {
		return r
	}
	switch r.Reason {
	case keys.KidUnknown, keys.KeyRolledOver, keys.TextAltered:
	default:
		return r
	}
	if isCut(t, r.Algorithm) {
		if !r.Misfit {
			note(&r.Notes, "signature-cut", fmt.Sprintf("the signature has %d bytes, but no RSA "+
				"key makes a signature of that length: it was cut off, so no other key sets "+
				"were searched", len(t.Signature)))
		}
		return r
	}
	var searched, unanswered []string
	all := places(t.Claims, issuer)
	for _, p := range all {
		s.tell(len(all))
		elsewhere := *s
		elsewhere.once = len(unanswered) > 0 // the network may be in trouble: it is late enough
		if p.reason == keys.KeyOfCloud {
			elsewhere.Kid = "" // another cloud's set need not have this key: its cache will do
		}
		set, err := elsewhere.TokenIssuer(ctx, p.issuer, p.appID)
		if err != nil {
			unanswered = append(unanswered, p.name)
			continue
		}
		switch found := keys.Verify(t, set, r.Algorithm); {
		case found.Outcome == keys.Pass:
			return p.explain(r, found.Verifier)
		case found.Reason == keys.GraphNonce:
			r.Reason, r.Expected, r.Actual, r.Why = found.Reason, found.Expected, found.Actual,
				found.Why
			r.Elsewhere = keys.Nowhere
			return r
		}
		searched = append(searched, p.name)
	}
	if len(searched) > 0 {
		note(&r.Notes, "no-key-elsewhere",
			"none of these signed it either: "+strings.Join(searched, ", "))
	}
	if len(unanswered) > 0 {
		note(&r.Notes, "not-searched",
			"the key may be among these, which could not be fetched: "+
				strings.Join(unanswered, ", "))
	}
	return r
}

// isCut reports whether no RSA key makes a signature of this length: then it was cut off, or
// something was added to it, and no key of any set verifies it.
func isCut(t *inspect.Token, algorithm string) bool {
	rsa := strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
	return rsa && !slices.Contains([]int{128, 256, 384, 512, 1024}, len(t.Signature))
}

// place is where else a key can be.
type place struct {
	reason keys.Reason
	issuer entra.Issuer
	appID  string
	name   string // in the words of a message
}

// places lists where to look, the likeliest first.
func places(claims *source.Value, iss entra.Issuer) []place {
	v1, v2 := iss, iss
	v1.Version, v2.Version = entra.V1, entra.V2
	list := []place{
		{keys.KeyOfTenant, v1, "", "the v1.0 keys of the token's own tenant"},
		{keys.KeyOfTenant, v2, "", "the v2.0 keys of the token's own tenant"},
	}
	for _, id := range appIDs(claims) {
		name := "the keys of one app (?appid=" + id + ")"
		list = append(list, place{keys.KeyOfApp, iss, id, name})
	}
	for _, c := range entra.Clouds() {
		// A v1.0 issuer fits two clouds, and the first of them was asked.
		if c.ID != iss.Clouds[0] && c.Closed == "" {
			elsewhere := entra.Issuer{
				Clouds: []string{c.ID}, Host: c.V2Issuer, Tenant: "common", Version: entra.V2,
			}
			name := "the keys of the cloud " + c.Name
			list = append(list, place{keys.KeyOfCloud, elsewhere, "", name})
		}
	}
	return list
}

// appIDs returns the ids of the apps that may have a signing key of their own: the API, and the
// client.
func appIDs(claims *source.Value) []string {
	var ids []string
	for _, name := range []string{"aud", "appid", "azp"} {
		text := claims.TextAt(name)
		for _, prefix := range []string{"spn:", "api://"} {
			text = strings.TrimPrefix(text, prefix)
		}
		if entra.IsGUID(text) && !slices.Contains(ids, text) {
			ids = append(ids, text)
		}
	}
	return ids
}

// explain says where the key was found. The documents of a tenant list keys of other clouds too.
func (p place) explain(r keys.Result, k *keys.Key) keys.Result {
	cloud, ok := entra.CloudByInstance(k.CloudInstance)
	if ok && cloud.ID != p.issuer.Clouds[0] {
		p.reason = keys.KeyOfCloud
		p.name = "the keys of the cloud " + cloud.Name + " that the tenant's own documents list"
	}
	r.Reason, r.Verifier, r.Elsewhere = p.reason, k, keys.Nowhere
	r.Expected = "a signature by a key of " + r.Set.Origin
	r.Actual = "a signature by " + k.Name() + " of " + p.name
	r.Why = k.Name() + " signed the token, but that key is among " + p.name +
		", and not in the set that was checked"
	return r
}
