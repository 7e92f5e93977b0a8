package keys

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Investigate looks for the key that signed a token of Entra where it is not in the set that was asked: in the other
// documents of the token's own tenant, in that of an app with a signing key of its own, and in the other clouds. What it
// says it has proved by verifying. The outcome stays Fail. Where no key is found the reason stays what it was, and the notes say
// where it was looked for. Up to eight key sets are fetched from hosts of Entra; the only thing of the token that is sent is the tenant's
// and the application's id.
func (s *Source) Investigate(ctx context.Context, t *inspect.Token, r Result) Result {
	iss, _ := t.Claims.Member("iss").Str()
	issuer, ok := entra.ParseIssuer(iss)
	if !ok || issuer.Kind != entra.Workforce || r.Verifier != nil || r.Set == nil {
		return r
	}
	switch r.Reason {
	case KidUnknown, KeyRolledOver, TextAltered:
	default:
		return r
	}
	var searched, unanswered []string
	for _, p := range places(t.Claims, issuer) {
		set, err := s.in(p).TokenIssuer(ctx, p.issuer, p.appID)
		if err != nil {
			unanswered = append(unanswered, p.name)
			continue
		}
		switch found := Verify(t, set, r.Algorithm); {
		case found.Outcome == Pass:
			return p.explain(r, found.Verifier)
		case found.Reason == GraphNonce:
			r.Reason, r.Expected, r.Actual, r.Why = found.Reason, found.Expected, found.Actual, found.Why
			return r
		}
		searched = append(searched, p.name)
	}
	r.Notes = append(r.Notes, searchNotes(searched, unanswered)...)
	return r
}

// searchNotes says where the key was looked for in vain, and where it could not be.
func searchNotes(searched, unanswered []string) []Note {
	var notes []Note
	if len(searched) > 0 {
		notes = append(notes, Note{"no-key-elsewhere", "none of these signed it either: " + strings.Join(searched, ", ")})
	}
	if len(unanswered) > 0 {
		notes = append(notes, Note{"not-searched", "the key may be among these, which were not to be had: " + strings.Join(unanswered, ", ")})
	}
	return notes
}

// in returns a source that looks for any key. The kid is looked for in the document that should have it.
func (s *Source) in(p place) *Source {
	elsewhere := *s
	if p.reason == KeyOfCloud {
		elsewhere.Kid = ""
	}
	return &elsewhere
}

// place is where else a key can be.
type place struct {
	reason Reason
	issuer entra.Issuer
	appID  string
	name   string // in the words of a message
}

// places lists where to look, the likeliest first.
func places(claims *source.Value, iss entra.Issuer) []place {
	list := []place{
		{KeyOfTenant, version(iss, entra.V1), "", "the v1.0 keys of the token's own tenant"},
		{KeyOfTenant, version(iss, entra.V2), "", "the v2.0 keys of the token's own tenant"},
	}
	for _, id := range appIDs(claims) {
		list = append(list, place{KeyOfApp, iss, id, "the keys of one app alone (?appid=" + id + ")"})
	}
	for _, c := range entra.Clouds() {
		// A v1.0 issuer fits two clouds, of which the first was asked.
		if c.ID != iss.Clouds[0] && c.Closed == "" {
			elsewhere := entra.Issuer{Clouds: []string{c.ID}, Host: c.V2Issuer, Tenant: "common", Version: entra.V2}
			list = append(list, place{KeyOfCloud, elsewhere, "", "the keys of the cloud " + c.Name})
		}
	}
	return list
}

func version(iss entra.Issuer, v entra.Version) entra.Issuer {
	iss.Version = v
	return iss
}

// appIDs returns the ids of the apps that may have a signing key of their own: the API, and the client.
func appIDs(claims *source.Value) []string {
	var ids []string
	for _, name := range []string{"aud", "appid", "azp"} {
		text, _ := claims.Member(name).Str()
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
func (p place) explain(r Result, k *Key) Result {
	if cloud, ok := entra.CloudByInstance(k.CloudInstance); ok && cloud.ID != p.issuer.Clouds[0] {
		p.reason, p.name = KeyOfCloud, "the keys of the cloud "+cloud.Name+" that the tenant's own documents list"
	}
	r.Reason, r.Verifier = p.reason, k
	r.Expected, r.Actual = "a signature by a key of "+r.Set.Origin, "a signature by "+nameOf(k)+" of "+p.name
	r.Why = "the token is as " + nameOf(k) + " signed it, but that key is among " + p.name + ", and not in the set that was asked"
	return r
}
