package environments

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// dice makes random estates.
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
		) + `,"oauth2PermissionScopes":[{"id":"s1","value":"` + d.of(
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
	return text + "}"
}

func (d dice) principal() string {
	return `{"appId":"` + d.guid() + `","id":"` + d.of(
		"p1", "p2",
	) + `","appRoleAssignmentRequired":` + d.of("true", "false") + `}`
}

// predicate asks something of a claim that a policy may read, or of a claim that nobody models.
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
			"aud", "iss", "tid", "scp", "roles", "appid", "azp", "idp", "ver", "groups",
			"client_id",
		),
	)
	literal := d.of(
		"api://a", "A.Access", "A.Write", "Read", tenant, "2.0",
		"https://sts.windows.net/"+tenant+"/", "0000000", d.guid(), otherTenantID,
	)
	ops := []rules.Op{
		rules.Equals, rules.OneOf, rules.Contains, rules.HasAll, rules.HasAny, rules.Present,
	}
	if d.IntN(6) == 0 {
		in = rules.Input{Source: rules.FromExpression, Opaque: beginsWithZero(in)}
	}
	if d.IntN(6) == 0 {
		in = rules.Input{Source: rules.FromExpression, Opaque: theClient(d.guid())}
	}
	return rules.Predicate{Op: ops[d.IntN(len(ops))], Input: in, Values: rules.Literals(literal)}
}

// theClient is an expression that gives the client's id, from the claim that the version says,
// but for one that it compares it with.
func theClient(but string) *rules.Opaque {
	reads := []rules.Input{rules.Claim("ver"), rules.Claim("appid"), rules.Claim("azp")}
	return &rules.Opaque{
		Text:     "if (ver == '2.0') azp else appid",
		Reads:    reads,
		Compares: func(claims ...string) ([]string, bool) { return []string{but}, claims[0] != "aud" },
		Eval: func(r *rules.Request) rules.Reading {
			id := reads[1]
			if ver, _ := r.Read(reads[0]).Value.Str(); ver == "2.0" {
				id = reads[2]
			}
			got := r.Read(id)
			if text, ok := got.Value.Str(); ok && text == but {
				got.Value = str("A.Access")
			}
			return got
		},
	}
}

// beginsWithZero is an expression that can't be looked into: it tells ids apart that no literal
// does.
func beginsWithZero(in rules.Input) *rules.Opaque {
	return &rules.Opaque{
		Text:  "an expression",
		Reads: []rules.Input{in},
		Eval: func(r *rules.Request) rules.Reading {
			reading := r.Read(in)
			if s, ok := reading.Value.Str(); ok {
				reading.Value = &source.Value{
					Kind: source.Bool,
					Text: fmt.Sprint(strings.HasPrefix(s, "00000001")),
				}
			}
			return reading
		},
	}
}

// client is where a policy has the client's id from: a claim, or what the caller writes.
func (d dice) client() rules.Input {
	if d.often() {
		return rules.Claim(d.of("appid", "azp"))
	}
	return header("client_id")
}

func (d dice) policies() []*rules.Policy {
	all := []*rules.Policy{}
	for range 1 + d.IntN(2) {
		checks := []*rules.Check{
			{ID: rules.CustomClaim, Test: d.predicate(2), Answer: rules.Answer{Status: 401}},
		}
		if d.IntN(8) > 0 { // else whoever writes their own token may get in
			key := &rules.Key{URL: "https://login.microsoftonline.com/common/discovery/keys"}
			checks = append(
				checks,
				&rules.Check{
					ID:   rules.Signature,
					Test: rules.Predicate{Op: rules.Verifies, Key: key},
				},
			)
		}
		if d.often() {
			checks = append(
				checks,
				&rules.Check{
					ID:     rules.ClientID,
					Test:   rules.Has(d.client()),
					Binds:  "client",
					Answer: rules.Answer{Status: 403},
				},
				&rules.Check{
					ID: rules.Contract,
					Test: rules.Predicate{
						Op:    rules.Listed,
						Input: rules.Input{Source: rules.FromBound, Name: "client"},
					},
					Answer: rules.Answer{Status: 403},
				},
			)
		}
		if !d.often() {
			checks = append(
				checks,
				&rules.Check{
					ID:     rules.CustomClaim,
					Test:   equal(header("client_id"), rules.Claim(d.of("appid", "azp", "aud"))),
					Answer: rules.Answer{Status: 401},
				},
			)
		}
		all = append(all, &rules.Policy{Root: rules.AllOf(checks...)})
	}
	return all
}

func (d dice) estate(t *testing.T) *Estate {
	many := func() string {
		return d.registration() + "," + d.registration() + "," + d.principal() + `,{"principalId":"` + d.of(
			"p1", "p9",
		) + `","resourceId":"` + d.of("p2", "p9") + `","appRoleId":"` + d.of("r1", "r9") + `"}`
	}
	e := estateOf(t, parts{dev: many(), uat: many(), devClients: many(), uatClients: many()})
	for i := range e.Sites {
		e.Sites[i].Policies = d.policies()
		if d.often() {
			e.Sites[i].Contracts = &rules.Contracts{
				IDs:     []string{d.guid(), d.guid()},
				Partial: d.IntN(4) == 0,
			}
		}
	}
	return e
}

// TestEveryTokenThatIsLetInIsInItsCell runs random estates: no modelled token gets further than
// its cell says, some token gets as far, and running tokens that a gateway can't tell apart once
// changes no cell.
func TestEveryTokenThatIsLetInIsInItsCell(t *testing.T) {
	t.Parallel()
	const estates, groups = 40, 4
	seen := make([]map[rules.Decision]int, groups)
	t.Cleanup(func() {
		for _, o := range []rules.Decision{rules.Accepted, rules.Rejected, rules.Undetermined} {
			n := 0
			for _, outcomes := range seen {
				n += outcomes[o]
			}
			if n < 100 {
				t.Errorf("%s came up %d times only: the test proves little", o, n)
			}
		}
	})
	for group := range groups {
		seen[group] = map[rules.Decision]int{}
		t.Run(fmt.Sprintf("estates %d of %d", group+1, groups), func(t *testing.T) {
			t.Parallel()
			for seed := group; seed < estates; seed += groups {
				cellsAreSound(t, uint64(seed), seen[group])
			}
		})
	}
}

// cellsAreSound checks one random estate, and counts the outcomes of its cells.
func cellsAreSound(t *testing.T, seed uint64, outcomes map[rules.Decision]int) {
	t.Helper()
	e := dice{rand.New(rand.NewPCG(seed, 1))}.estate(t)
	grouped, single := e.evaluate(true), e.evaluate(false)
	for r, row := range grouped.Rows {
		for g, gateway := range grouped.Gateways {
			cell, other := grouped.Cells[r][g], single.Cells[r][g]
			outcomes[cell.Outcome]++
			at := fmt.Sprintf("seed %d: %s at %s is %s", seed, row.Name, gateway, cell.Outcome)
			if cell.Outcome != other.Outcome || cell.Wrong != other.Wrong {
				t.Fatalf("%s, and %s one by one", at, other.Outcome)
			}
			if id := letInWith(e, gateway, row, cell); id != "" {
				t.Fatalf("%s, and a caller who writes %s is let in", at, id)
			}
			if best := furthest(e, gateway, row); best != cell.Outcome {
				t.Fatalf("%s, and a token of it is %s", at, best)
			}
		}
	}
	if grouped.Classes > grouped.Tokens*len(grouped.Gateways) {
		t.Fatalf("seed %d: %d tokens, %d classes", seed, grouped.Tokens, grouped.Classes)
	}
}

// furthest evaluates each token of a row by itself, with nothing of the matrix between.
func furthest(e *Estate, gateway string, row *Row) rules.Decision {
	site := e.site(gateway)
	v := issued.NewView(site.Policies, site.Contracts)
	best := rules.Decision("")
	row.Each(func(i issued.Issued) {
		if got := v.Reaches(i.Token()).Verdict.Outcome; best == "" || issued.Further(got, best) {
			best = got
		}
	})
	return best
}

// letInWith is a client id that lets some token of a row in where the caller writes it, among
// all that contracts may name; empty where none does, and where the cell says that one is let
// in.
func letInWith(e *Estate, gateway string, row *Row, cell Cell) (with string) {
	if cell.Outcome != rules.Rejected {
		return ""
	}
	site := e.site(gateway)
	v := issued.NewView(site.Policies, site.Contracts)
	classes := rules.Classes(site.Policies, "", "")
	ids := 1 // where no policy reads what the caller writes, one is like another
	if slices.ContainsFunc(site.Policies, readsWritten) {
		ids = 12
	}
	row.Each(func(i issued.Issued) {
		if i.Token().Doubt() != "" {
			return
		}
		r := i.Token().Request(v)
		for n := range ids {
			r.Headers = map[string]string{
				"Client_id": fmt.Sprintf("%08x-0000-4000-8000-000000000000", n),
			}
			if rules.EvaluateIn(classes, site.Policies, r).Outcome == rules.Accepted {
				with = r.Headers["Client_id"]
			}
		}
	})
	return with
}

// readsWritten reports whether a policy reads the client id that the caller writes.
func readsWritten(p *rules.Policy) bool {
	return slices.ContainsFunc(p.Checks(), func(c *rules.Check) bool {
		return slices.ContainsFunc(c.Reads(), func(in rules.Input) bool {
			return in.Source == rules.FromHTTP
		})
	})
}
