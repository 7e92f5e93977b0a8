package environments

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

// predicate asks something of a claim that a policy may read, or of a claim that nobody models.
func predicate(d estates.Dice) rules.Predicate {
	input := func() rules.Input {
		in := rules.Claim(d.Of(
			"aud", "iss", "tid", "scp", "roles", "appid", "azp", "idp", "ver", "groups",
			"client_id",
		))
		if d.IntN(6) == 0 {
			in = rules.Input{Source: rules.FromExpression, Opaque: beginsWithZero(in)}
		}
		if d.IntN(6) == 0 {
			in = rules.Input{Source: rules.FromExpression, Opaque: theClient(d.ID())}
		}
		return in
	}
	text := func() string {
		return d.Of(
			"api://a", "A.Access", "A.Write", "Read", tenant, "2.0",
			"https://sts.windows.net/"+tenant+"/", "0000000", d.ID(), otherTenantID,
		)
	}
	return d.Predicate(2, input, text)
}

// theClient is an expression that gives the client's id, from the claim that the version says,
// but for one that it compares it with.
func theClient(but string) *rules.Opaque {
	reads := []rules.Input{rules.Claim("ver"), rules.Claim("appid"), rules.Claim("azp")}
	return &rules.Opaque{
		Text:  "if (ver == '2.0') azp else appid",
		Reads: reads,
		Compares: func(claims ...string) ([]string, bool) {
			return []string{but}, claims[0] != "aud"
		},
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

func policiesOf(d estates.Dice) []*rules.Policy {
	all := []*rules.Policy{}
	for range 1 + d.IntN(2) {
		checks := []*rules.Check{
			{ID: rules.CustomClaim, Test: predicate(d), Answer: rules.Answer{Status: 401}},
		}
		if d.IntN(8) > 0 { // else whoever writes their own token may get in
			checks = append(checks, estates.Signed())
		}
		if d.Often() {
			client := header("client_id") // what the caller writes
			if d.Often() {
				client = rules.Claim(d.Of("appid", "azp"))
			}
			checks = append(checks, estates.Contracted(client)...)
		}
		if !d.Often() {
			same := equal(header("client_id"), rules.Claim(d.Of("appid", "azp", "aud")))
			checks = append(checks, &rules.Check{
				ID: rules.CustomClaim, Test: same, Answer: rules.Answer{Status: 401},
			})
		}
		all = append(all, &rules.Policy{Root: rules.AllOf(checks...)})
	}
	return all
}

func randomEstate(t *testing.T, d estates.Dice) *Estate {
	e := estateOf(t, parts{
		Dev: d.Directory(), UAT: d.Directory(),
		DevClients: d.Directory(), UATClients: d.Directory(),
	})
	for i := range e.Sites {
		e.Sites[i].Policies = policiesOf(d)
		if d.Often() {
			e.Sites[i].Contracts = d.Contracts()
		}
	}
	return e
}

// TestEveryTokenThatIsLetInIsInItsCell runs random estates: no modelled token gets further than
// its cell says, some token gets as far, and running tokens that a gateway can't tell apart once
// changes no cell.
func TestEveryTokenThatIsLetInIsInItsCell(t *testing.T) {
	t.Parallel()
	const groups = 4
	seen := make([]map[rules.Decision]int, groups)
	t.Cleanup(func() {
		for _, o := range []rules.Decision{rules.Accepted, rules.Rejected, rules.Undetermined} {
			n := 0
			for _, outcomes := range seen {
				n += outcomes[o]
			}
			if n < 100*soundEstates/40 {
				t.Errorf("%s came up %d times only: the test proves little", o, n)
			}
		}
	})
	for group := range groups {
		seen[group] = map[rules.Decision]int{}
		t.Run(fmt.Sprintf("estates %d of %d", group+1, groups), func(t *testing.T) {
			t.Parallel()
			for seed := group; seed < soundEstates; seed += groups {
				cellsAreSound(t, uint64(seed), seen[group])
			}
		})
	}
}

// cellsAreSound checks one random estate, and counts the outcomes of its cells.
func cellsAreSound(t *testing.T, seed uint64, outcomes map[rules.Decision]int) {
	t.Helper()
	e := randomEstate(t, estates.Roll(seed, 1))
	grouped := e.Evaluate()
	for r, row := range grouped.Rows {
		for g, gateway := range grouped.Gateways {
			cell, other := grouped.Cell(r, g), furthest(e, gateway, row)
			outcomes[cell.Outcome]++
			at := fmt.Sprintf("seed %d: %s at %s is %s", seed, row.Name, gateway, cell.Outcome)
			if cell.Outcome != other.Outcome || cell.Status != other.Status ||
				cell.Decided != other.Decided || cell.unlikely != other.unlikely {
				t.Fatalf("%s, and %s one by one", at, other.Outcome)
			}
			if id := letInWith(e, gateway, row, *cell); id != "" {
				t.Fatalf("%s, and a caller who writes %s is let in", at, id)
			}
		}
	}
	if grouped.Distinct() > grouped.Tokens*len(grouped.Gateways) {
		t.Fatalf("seed %d: %d tokens, %d classes", seed, grouped.Tokens, grouped.Distinct())
	}
}

// furthest evaluates each token of a row by itself, with nothing of the matrix between: of those
// that get as far the first one counts, but one that somebody can have.
func furthest(e *Estate, gateway string, row *Row) (best Cell) {
	site := e.site(gateway)
	v := issued.NewView(site.Policies, site.Contracts)
	first, unlikely := true, false
	row.Each(func(i issued.Issued) {
		got := v.Reaches(i.Token()).Verdict
		if !first && !issued.Further(got.Outcome, best.Outcome) &&
			(got.Outcome != best.Outcome || !unlikely || i.Unlikely()) {
			return
		}
		first, unlikely = false, i.Unlikely()
		best = Cell{Outcome: got.Outcome, Status: got.Status, Decided: got.DecidedBy()}
		best.unlikely = unlikely && got.Outcome == rules.Undetermined
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
		ids = estates.IDs
	}
	row.Each(func(i issued.Issued) {
		if i.Token().Doubt() != "" {
			return
		}
		r := i.Token().Request(v)
		for n := range ids {
			r.Headers = map[string]string{
				"Client_id": estates.ID(n),
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
