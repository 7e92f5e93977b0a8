package issued

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

const tenantID = estates.Tenant

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// predicate asks something of a claim that a policy may read.
func predicate(d estates.Dice) rules.Predicate {
	input := func() rules.Input {
		return rules.Claim(d.Of(
			"aud", "iss", "tid", "scp", "roles", "appid", "azp", "ver", "idtyp", "appidacr",
			"azpacr", "oid", "email", "groups", "env", "client_id", "Roles",
		))
	}
	text := func() string {
		return d.Of(
			"api://a", "a", "A.Access", "A.Write", "Read", "app", "1", "0", "dev", tenantID,
			tenantID[:8], "2.0", "https://sts.windows.net/"+tenantID+"/",
			"https://sts.windows.net/", "0000000", d.ID(),
		)
	}
	return d.Predicate(2, input, text)
}

func policiesOf(d estates.Dice) []*rules.Policy {
	all := []*rules.Policy{}
	for range 1 + d.IntN(2) {
		checks := []*rules.Check{estates.Signed()}
		if !d.Often() {
			checks[0].Skip = "off"
		}
		for range 1 + d.IntN(3) {
			checks = append(checks, &rules.Check{
				ID: rules.CustomClaim, Test: predicate(d), Answer: rules.Answer{Status: 401},
			})
		}
		if d.Often() {
			client := rules.Claim(d.Of("appid", "azp"))
			if !d.Often() {
				client = rules.Input{Source: rules.FromHTTP, Name: "client_id"}
			}
			checks = append(checks, estates.Contracted(client)...)
		}
		all = append(all, &rules.Policy{Root: rules.AllOf(checks...), When: forSome(d)})
	}
	return all
}

// forSome lets a policy be for all requests or for some.
func forSome(d estates.Dice) rules.Guard {
	if d.Often() {
		return rules.Guard{}
	}
	return rules.Guard{Routes: []rules.Route{{
		Method: d.Of("", "GET", "POST"), Path: d.Of("/orders", "/orders/.*"),
	}}}
}

// notKnown leaves some of a registration open: which roles its tokens have, or all that an answer
// does not have.
func notKnown(text string) string {
	return strings.NewReplacer(
		`"name":"acct"`, `"name":"groups","additionalProperties":["emit_as_roles"]`,
		`"isFallbackPublicClient":true`, `"@odata.context":"x#applications(identifierUris)"`,
	).Replace(text)
}

func randomWorld(t *testing.T, d estates.Dice, open bool) *World {
	t.Helper()
	w := &World{Tenant: tenantID, Cloud: entra.Clouds()[0], At: noon}
	for _, name := range []string{"dev", "uat"} {
		text := d.Directory()
		if open {
			text = notKnown(text)
		}
		api := estates.Directory(t, text)
		clients := estates.Directory(t, d.Directory()).Apps
		place := Place{Name: name, API: api.Apps[0], Clients: clients, Policies: policiesOf(d)}
		w.Assignments = append(w.Assignments, api.Assignments...)
		if d.Often() {
			place.Contracts = d.Contracts()
		}
		w.Places = append(w.Places, place)
	}
	return w
}

// furthestOf runs the kinds of a sort.
func furthestOf(run *Run, kinds []*Kind, of func(*Kind) bool) rules.Decision {
	best := rules.Rejected
	for _, kind := range kinds {
		if got := run.Furthest(kind).Outcome; of(kind) && Further(got, best) {
			best = got
		}
	}
	return best
}

func furthestAmong(v *View, all ...Tokens) rules.Decision {
	best := rules.Rejected
	for _, tokens := range all {
		for token := range tokens {
			if got := v.Reaches(token).Verdict.Outcome; Further(got, best) {
				best = got
			}
		}
	}
	return best
}

// held is a holder, asked for as kinds and as tokens with choices left open. No holder is a guest:
// of these, lint asks nothing, and says so where they get in and nobody else does.
type held struct {
	name string
	kind func(*Kind) bool
	open []Tokens
}

func holdersOfKinds(h *Holders) []held {
	return []held{
		{"own", func(k *Kind) bool {
			return k.Home == "uat" && k.For == "uat" && !k.Guest && !k.Unasked
		}, []Tokens{h.Own()}},
		{"strangers", func(k *Kind) bool {
			return k.Holder == Stranger && k.For == "uat" && !k.Guest
		}, []Tokens{h.Strangers()}},
		{"strangers elsewhere", func(k *Kind) bool {
			return k.Holder == Stranger && k.For == "" && strings.HasSuffix(k.Name, "like-uat")
		}, []Tokens{h.StrangersElsewhere(true, true), h.StrangersElsewhere(false, true)}},
		{"own elsewhere", func(k *Kind) bool { return k.Name == "uat/api-like-uat" }, []Tokens{
			h.OwnElsewhere(true), h.OwnElsewhere(false),
		}},
		{"other tenants", func(k *Kind) bool {
			return k.Holder == OtherTenant && strings.HasSuffix(k.Name, "uat")
		}, []Tokens{h.OtherTenants()}},
	}
}

// TestHoldersGetAsFarAsTheirKinds holds the two ways to ask the model against each other on random
// worlds: every kind of token by itself, and all tokens of a holder at once with what differs left
// open. One is what matrix asks, the other what lint does.
func TestHoldersGetAsFarAsTheirKinds(t *testing.T) {
	t.Parallel()
	outcomes, routed := map[rules.Decision]int{}, 0
	for seed := range uint64(worlds) {
		w := randomWorld(t, estates.Roll(seed, 7), seed%3 == 0)
		kinds, place := w.Kinds(), &w.Places[1]
		whole, h := NewView(place.Policies, place.Contracts), w.HoldersAt("uat")
		classes := NewClasses(kinds)
		for i := range whole.Classes() {
			class := &whole.Classes()[i]
			v := whole.OfClass(class)
			run := classes.Run(v)
			for _, row := range holdersOfKinds(h) {
				kind, open := furthestOf(run, kinds, row.kind), furthestAmong(v, row.open...)
				outcomes[kind]++
				if kind != open {
					t.Errorf(
						"seed %d: %s: %s: %s as kinds, %s with choices left open", seed, class,
						row.name, kind, open,
					)
				}
			}
			if len(whole.Classes()) > 1 {
				routed++
			}
		}
	}
	if routed < 50 {
		t.Errorf("policies are for some requests only %d times: the test proves little", routed)
	}
	for _, o := range []rules.Decision{rules.Accepted, rules.Rejected, rules.Undetermined} {
		if outcomes[o] < 50 {
			t.Errorf("%s came up %d times only: the test proves little", o, outcomes[o])
		}
	}
}

func TestAMultiTenantClientIsAnotherObjectInAnotherTenant(t *testing.T) {
	t.Parallel()
	const object = "0b1ec700-0000-4000-8000-00000000aa01"
	const multi = `,"signInAudience":"AzureADMultipleOrgs"`
	w := worldOf(t, parts{
		UAT: app(apiUAT, multi),
		UATClients: app(webUAT, multi) + `,{"id":"` + object + `","appId":"` + webUAT +
			`","servicePrincipalType":"Application"}`,
	})
	w.Places[1].Policies = policyOf(asks(rules.CustomClaim, equals("oid", object)))
	if got := w.valuesOf("uat/app", "oid"); !slices.Equal(got, []string{object}) {
		t.Errorf("in our tenant it has %q", got)
	}
	if got := w.valuesOf("other-tenant/for-uat", "oid"); slices.Contains(got, object) {
		t.Errorf("in another tenant it has %q", got)
	}
	view := NewView(w.Places[1].Policies, nil)
	if got := furthestAmong(view, w.HoldersAt("uat").OtherTenants()); got != rules.Rejected {
		t.Errorf("another tenant's tokens are %s", got)
	}
}

func TestWhetherTokensHaveIdtypIsUnknownWhereAnOptionalClaimIs(t *testing.T) {
	t.Parallel()
	w := worldOf(t, parts{UAT: app(apiUAT, ""), UATClients: app(webUAT, "")})
	w.Places[1].API.Claims = []entra.OptionalClaim{{Name: entra.Text{Unknown: true}}}
	if got := w.valuesOf("uat/app", "idtyp"); !slices.Equal(got, []string{"?"}) {
		t.Errorf("idtyp is %q", got)
	}
	w.Places[1].Policies = policyOf(asks(rules.CustomClaim, equals("idtyp", "app")))
	view := NewView(w.Places[1].Policies, nil)
	if got := furthestAmong(view, w.HoldersAt("uat").Own()); got != rules.Undetermined {
		t.Errorf("our own tokens are %s", got)
	}
}

func TestNoClaimsMappingWritesIdtyp(t *testing.T) {
	t.Parallel()
	api := estates.Directory(t, app(
		apiUAT, `,"signInAudience":"AzureADMultipleOrgs","api":{"acceptMappedClaims":true}`,
	)).Apps[0]
	ours := asks(rules.Audience, equals("aud", apiUAT))
	for claim, want := range map[string]rules.Decision{
		"idtyp": rules.Rejected, "env": rules.Accepted,
	} {
		if got := furthestIn(
			policyOf(ours, asks(rules.CustomClaim, equals(claim, "app"))), api,
			(*Holders).OtherTenants,
		); got != want {
			t.Errorf("%s: %s, want %s", claim, got, want)
		}
	}
}
