package issued

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const tenantID = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// dice makes random worlds and policies.
type dice struct{ *rand.Rand }

func (d dice) of(texts ...string) string { return texts[d.IntN(len(texts))] }

func (d dice) often() bool { return d.IntN(3) > 0 }

// guid is one of a few ids, so that they meet in policies and contracts.
func (d dice) guid() string { return fmt.Sprintf("%08x-0000-4000-8000-000000000000", d.IntN(12)) }

func (d dice) registration() string {
	text := `{"appId":"` + d.guid() + `","identifierUris":["` + d.of(
		"api://a", "api://b", "https://x.example/a",
	) + `"]`
	text += `,"signInAudience":"` + d.of(
		"AzureADMyOrg", "AzureADMyOrg", "AzureADMultipleOrgs",
	) + `","isFallbackPublicClient":` + d.of("true", "false")
	if d.often() {
		text += `,"api":{"requestedAccessTokenVersion":` + d.of(
			"1", "2", "null",
		) + `,"acceptMappedClaims":` + d.of("true", "false") +
			`,"oauth2PermissionScopes":[{"id":"s1","value":"` + d.of(
			"A.Access", "B.Access",
		) + `","type":"` + d.of("User", "Admin") + `"},{"id":"s2","value":"Read"}]}`
	}
	if d.often() {
		text += `,"appRoles":[{"id":"r1","value":"` + d.of(
			"A.Write", "B.Write",
		) + `","allowedMemberTypes":["` + d.of(
			"User", "Application",
		) + `"]}]`
	}
	if d.often() {
		text += `,"requiredResourceAccess":[{"resourceAppId":"` + d.guid() + `","resourceAccess":[{"id":"` + d.of(
			"r1", "s1", "s2",
		) + `","type":"` + d.of("Role", "Scope") + `"}]}]`
	}
	if d.often() {
		text += `,"optionalClaims":{"accessToken":[{"name":"` + d.of(
			"idtyp", "email", "acct",
		) + `"}]}`
	}
	return text + "}"
}

func (d dice) principal() string {
	return `{"appId":"` + d.guid() + `","id":"` + d.of(
		"p1", "p2",
	) + `","appRoleAssignmentRequired":` + d.of("true", "false") + `}`
}

// predicate asks something of a claim that a policy may read.
func (d dice) predicate(depth int) rules.Predicate {
	if depth > 0 && d.IntN(3) == 0 {
		parts := []rules.Predicate{d.predicate(depth - 1), d.predicate(depth - 1)}
		return rules.Predicate{Op: []rules.Op{rules.And, rules.Or}[d.IntN(2)], Of: parts}
	}
	if depth > 0 && d.IntN(4) == 0 {
		return rules.Negate(d.predicate(depth - 1))
	}
	in := rules.Claim(
		d.of(
			"aud", "iss", "tid", "scp", "roles", "appid", "azp", "ver", "idtyp", "appidacr",
			"azpacr", "oid", "email", "groups", "env", "client_id", "Roles",
		),
	)
	literal := d.of(
		"api://a", "a", "A.Access", "A.Write", "Read", "app", "1", "0", "dev", tenantID,
		tenantID[:8], "2.0", "https://sts.windows.net/"+tenantID+"/", "https://sts.windows.net/",
		"0000000", d.guid(),
	)
	ops := []rules.Op{
		rules.Equals, rules.OneOf, rules.Contains, rules.HasAll, rules.HasAny, rules.Present,
	}
	return rules.Predicate{Op: ops[d.IntN(len(ops))], Input: in, Values: rules.Literals(literal)}
}

func (d dice) policies() []*rules.Policy {
	all := []*rules.Policy{}
	for range 1 + d.IntN(2) {
		checks := []*rules.Check{
			{ID: rules.Signature, Test: rules.Predicate{
				Op: rules.Verifies, Key: &rules.Key{
					URL: "https://login.microsoftonline.com/common/discovery/keys",
				},
			}},
		}
		if !d.often() {
			checks[0].Skip = "off"
		}
		for range 1 + d.IntN(3) {
			checks = append(
				checks, &rules.Check{
					ID: rules.CustomClaim, Test: d.predicate(2), Answer: rules.Answer{Status: 401},
				},
			)
		}
		if d.often() {
			client := rules.Claim(d.of("appid", "azp"))
			if !d.often() {
				client = rules.Input{Source: rules.FromHTTP, Name: "client_id"}
			}
			checks = append(
				checks,
				&rules.Check{
					ID: rules.ClientID, Test: rules.Has(client), Binds: "client",
					Answer: rules.Answer{Status: 403},
				},
				&rules.Check{
					ID: rules.Contract, Test: rules.Predicate{
						Op: rules.Listed, Input: rules.Input{
							Source: rules.FromBound, Name: "client",
						},
					}, Answer: rules.Answer{Status: 403},
				},
			)
		}
		all = append(all, &rules.Policy{Root: rules.AllOf(checks...)})
	}
	return all
}

func (d dice) world(t *testing.T) *World {
	t.Helper()
	w := &World{Tenant: tenantID, Cloud: entra.Clouds()[0], At: noon}
	many := func() *entra.Directory {
		texts := []string{
			d.registration(), d.registration(), d.principal(),
			`{"principalId":"` + d.of("p1", "p9") + `","resourceId":"` + d.of(
				"p2", "p9",
			) + `","appRoleId":"` + d.of("r1", "r9") + `"}`,
		}
		return directory(t, strings.Join(texts, ","))
	}
	for _, name := range []string{"dev", "uat"} {
		api := many()
		place := Place{Name: name, API: api.Apps[0], Clients: many().Apps, Policies: d.policies()}
		w.Assignments = append(w.Assignments, api.Assignments...)
		if d.often() {
			place.Contracts = &rules.Contracts{
				IDs: []string{d.guid(), d.guid()}, Partial: d.IntN(4) == 0,
			}
		}
		w.Places = append(w.Places, place)
	}
	return w
}

func directory(t *testing.T, text string) *entra.Directory {
	t.Helper()
	file, err := source.Read("apps.json", []byte("["+text+"]"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := entra.ReadRegistrations(file)
	if err != nil {
		t.Fatal(err)
	}
	return found
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

// TestHoldersGetAsFarAsTheirKinds holds the two ways to ask the model against each other on random
// worlds: every kind of token by itself, and all tokens of a holder at once with what differs left
// open. One is what matrix asks, the other what lint does.
func TestHoldersGetAsFarAsTheirKinds(t *testing.T) {
	t.Parallel()
	outcomes := map[rules.Decision]int{}
	for seed := range uint64(500) {
		w := dice{rand.New(rand.NewPCG(seed, 7))}.world(t)
		kinds, place := w.Kinds(), &w.Places[1]
		v := NewView(place.Policies, place.Contracts)
		run, h := NewClasses(kinds).Run(v, true), w.HoldersAt("uat")
		for _, row := range []struct {
			name string
			kind func(*Kind) bool
			open []Tokens
		}{
			{"own", func(k *Kind) bool {
				return k.Home == "uat" && k.For == "uat" && !k.Guest &&
					!k.Unasked
			}, []Tokens{h.Own()}},
			{"strangers", func(k *Kind) bool {
				return k.Holder == Stranger && k.For == "uat" &&
					!k.Guest
			}, []Tokens{h.Strangers()}},
			{
				"strangers elsewhere",
				func(k *Kind) bool {
					return k.Holder == Stranger && k.For == "" &&
						strings.HasSuffix(k.Name, "like-uat")
				},
				[]Tokens{h.StrangersElsewhere(true, true), h.StrangersElsewhere(false, true)},
			},
			{"own elsewhere", func(k *Kind) bool { return k.Name == "uat/api-like-uat" }, []Tokens{
				h.OwnElsewhere(true), h.OwnElsewhere(false),
			}},
			{"other tenants", func(k *Kind) bool {
				return k.Holder == OtherTenant &&
					strings.HasSuffix(k.Name, "uat")
			}, []Tokens{h.OtherTenants()}},
		} {
			kind, open := furthestOf(run, kinds, row.kind), furthestAmong(v, row.open...)
			outcomes[kind]++
			if kind != open {
				t.Errorf(
					"seed %d: %s: %s as kinds, %s with choices left open", seed, row.name, kind,
					open,
				)
			}
		}
	}
	for _, o := range []rules.Decision{rules.Accepted, rules.Rejected, rules.Undetermined} {
		if outcomes[o] < 50 {
			t.Errorf("%s came up %d times only: the test proves little", o, outcomes[o])
		}
	}
}
