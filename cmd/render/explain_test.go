package render

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// explained is an explanation of what policies answer to a token.
func explained(
	file *source.File, token *inspect.Token, policies ...*rules.Policy,
) *report.Explanation {
	x := &report.Explanation{
		Token: token, At: noon(), Policies: policies, Verdict: judged(token, policies...),
		File: fileNamed(file), Redact: true,
		Collect: func(n rules.Need) string { return "gatewhy collect " + string(n.Input) },
	}
	if token != nil {
		x.Profile = inspect.Describe(token)
	}
	return x
}

// rejectedAtTheAudience has everything that an explanation can have.
func rejectedAtTheAudience(t *testing.T) *report.Explanation {
	file := orders(t)
	policy := ordersPolicy(file)
	x := explained(file, tokenWith(hostileClaims), policy)
	accepted := judged(tokenWith(ownClaims), lenient(file))
	x.Findings = []rules.Finding{{
		Rule: "client-id-claim-of-nobody", Severity: rules.Error, Pos: policy.Pos,
		Message: "no token names its client so, not that of ann@contoso.example" + hostile,
	}}
	x.Repairs = []report.ProvedRepair{
		{
			Remedy: repair.Remedy{After: accepted, Other: &x.Verdict, Change: rules.Change{
				ID: "add-audience", Title: "accept the audience " + hostile,
				Fields: []rules.FieldChange{
					{Field: "audience", From: `["a"]`, To: `["a","b` + hostile + `"]`},
					{Field: "clientId", From: "client_id", To: "appid"},
					{Field: "leeway", To: "60"},
				},
			}},
			Command: "gatewhy fix policies/uat/orders.json --solution jwt",
		},
		{Remedy: repair.Remedy{After: strange(file), Change: rules.Change{
			ID: "rewrite", Title: "replace the policy", Fields: make([]rules.FieldChange, 7),
		}}},
	}
	x.Refused = []rules.Change{{
		ID: "skip", Title: "skip the check", Refused: "everybody would get in" + hostile,
	}}
	x.Next = []rules.Step{
		{
			Note:    "accept the audience " + hostile + " of ann@contoso.example",
			Command: "gatewhy fix policies/uat/orders.json --solution jwt",
		},
		{Note: "does anything change the token?"},
	}
	x.Earlier, x.Other = &accepted, &x.Verdict
	x.Gateways = []report.GatewayVerdict{
		{Name: "tiny", Verdict: x.Verdict, Policies: x.Policies},
		{Name: "wide", Verdict: accepted, Policies: x.Policies},
	}
	x.Observed = &rules.Comparison{
		Observed: rules.Observation{Status: 403}, Agrees: rules.No,
		Follows: "another policy answered", Need: rules.Need{Input: source.NeedObservedBody},
		Causes: []rules.PossibleCause{{
			Rank: 1, By: rules.ByStatus, Seen: "the client has no contract " + hostile,
			Cause: rules.Cause{
				ID: "no-contract", Title: "the contract was revoked " + hostile,
				Why: "it answers this " + hostile, Look: "look at the contracts " + hostile,
				Evidence: rules.Evidence{Level: rules.Observed, Reference: "KB 3"},
			},
		}},
	}
	return x
}

// strange is a verdict at a claim whose name nobody would expect.
func strange(file *source.File) rules.Verdict {
	p := lenient(file)
	claim := checkAt(file, rules.CustomClaim, "tenant", 401, equals("evil", "true"))
	claim.Claim = "evil_" + hostile
	p.Root = rules.AllOf(claim)
	return judged(tokenWith(ownClaims), p)
}

// undecided lacks the list of contracts.
func undecided(t *testing.T) *report.Explanation {
	file := orders(t)
	p := ordersPolicy(file)
	clientID := checkAt(file, rules.ClientID, "clientId", 403, rules.Found(rules.Claim("appid")))
	p.Root.All[2].Check = clientID
	return explained(file, tokenWith(ownClaims), p)
}

// alternatives is a policy of which one of two issuers must fit, and no rule may apply.
func alternatives(file *source.File) *rules.Policy {
	p := lenient(file)
	check := func(id rules.ID, field string, predicate rules.Predicate) rules.Node {
		return rules.Node{Check: checkAt(file, id, field, 401, predicate)}
	}
	other := rules.Node{All: []rules.Node{
		check(rules.Issuer, "tenant", equals("iss", "https://issuer.example/")),
		check(rules.Audience, "audience", equals("aud", "api://orders-uat")),
	}}
	own := rules.Node{All: []rules.Node{
		check(rules.Issuer, "tenant", equals("iss", issuer)),
		check(rules.Scopes, "header", equals("scp", "Orders.Write")),
	}}
	nobody := check(rules.CustomClaim, "header", equals("evil", "true"))
	nobody.Check.Claim = "evil"
	read := rules.First{
		Branches: []rules.Branch{{
			If:   check(rules.Conditional, "header", equals("roles", "none")),
			Then: check(rules.Tenant, "tenant", equals("tid", tenant)),
		}},
		Default: check(rules.Tenant, "tenant", equals("tid", tenant)),
	}
	p.Root = rules.Node{All: []rules.Node{
		{Any: []rules.Node{other, own}}, {Not: &nobody}, {First: &read},
	}}
	return p
}

func TestExplanations(t *testing.T) {
	t.Parallel()
	golden(t, "explain", Formats().Explain, []row[*report.Explanation]{
		{
			fact:   "a token for another audience is rejected there and told what fails next",
			style:  Style{Unicode: true, Width: 100},
			report: rejectedAtTheAudience,
		},
		{
			fact:    "a request that passes every check is accepted",
			formats: []string{"text", "html"},
			style:   Style{Unicode: true},
			report: func(t *testing.T) *report.Explanation {
				file := orders(t)
				x := explained(file, tokenWith(ownClaims), lenient(file), lenient(file))
				x.Observed = &rules.Comparison{Agrees: rules.Yes}
				x.Repairs = []report.ProvedRepair{{Remedy: repair.Remedy{After: x.Verdict}}}
				return x
			},
		},
		{
			fact:    "without the contracts the answer is open and the way to know it is shown",
			formats: []string{"text", "json", "html"},
			report:  undecided,
		},
		{
			fact:    "each alternative stands under its name",
			formats: []string{"text", "markdown", "html"},
			style:   Style{Unicode: true},
			report: func(t *testing.T) *report.Explanation {
				file := orders(t)
				x := explained(file, tokenWith(ownClaims), alternatives(file))
				x.Refused = []rules.Change{{Title: "skip the check", Refused: "it does not help"}}
				return x
			},
		},
		{
			fact:    "a request without a token is rejected with the body that is published",
			formats: []string{"text", "markdown"},
			report: func(t *testing.T) *report.Explanation {
				file := orders(t)
				x := explained(file, nil, ordersPolicy(file), lenient(file))
				x.Observed = &rules.Comparison{
					Observed: rules.Observation{Status: 500}, Agrees: rules.Maybe,
				}
				return x
			},
		},
		{
			fact:    "a check that keeps nobody out is shown as such",
			formats: []string{"text", "markdown"},
			style:   Style{Unicode: true},
			report: func(t *testing.T) *report.Explanation {
				file := orders(t)
				p := lenient(file)
				audience, open := p.Root.All[0], checkAt(file, rules.Contract, "clientId", 403,
					rules.Predicate{Op: rules.Listed, Input: rules.Claim("appid")})
				wrong := checkAt(file, rules.Issuer, "tenant", 401, equals("iss", "nobody"))
				p.Root = rules.Node{Any: []rules.Node{{Check: wrong}, {Check: open}, audience}}
				return explained(file, tokenWith(ownClaims), p)
			},
		},
		{
			fact:    "where no policy checks anything that is said",
			formats: []string{"text", "markdown", "html"},
			report: func(t *testing.T) *report.Explanation {
				return explained(orders(t), tokenWith(ownClaims))
			},
		},
		{
			fact:    "a rejection whose status is not known says so",
			formats: []string{"text"},
			report: func(t *testing.T) *report.Explanation {
				file := orders(t)
				p := lenient(file)
				never := checkAt(file, rules.Issuer, "tenant", 0, equals("iss", "nobody"))
				open := checkAt(file, rules.Contract, "clientId", 403,
					rules.Predicate{Op: rules.Listed, Input: rules.Claim("appid")})
				p.Root = rules.AllOf(open, never)
				return explained(file, tokenWith(ownClaims), p)
			},
		},
		{
			fact:    "of a status that is one of two both are named wherever it is shown",
			formats: []string{"text"},
			report: func(t *testing.T) *report.Explanation {
				file := orders(t)
				p := lenient(file)
				never := checkAt(file, rules.Issuer, "tenant", 0, equals("iss", "nobody"))
				never.Answer.OneOf = []int{400, 401}
				next := checkAt(file, rules.Audience, "audience", 0, equals("aud", "nobody"))
				p.Root = rules.AllOf(never, next)
				x := explained(file, tokenWith(ownClaims), p)
				x.Other = &x.Verdict
				return x
			},
		},
	})
}

func TestAFindingInShortSaysWhatIsWrongAndNotOnlyWhere(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"a scope is required: clients without a user have none": "a scope is required",
		"on Flex Gateway: it has no function filter: write ==": "on Flex Gateway: it has no " +
			"function filter",
		"no audience": "no audience",
	} {
		if got := firstClause(message); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What comes before a check is looked up step by step. Of random trees that gives the same as to
// hold the check's group against that of each failure.
func TestWhatFailsNextIsAsOfEachFailureByItself(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	answers := map[bool]int{}
	for range 2000 {
		policy := &rules.Policy{Root: randomTree(random, 3)}
		var failed failures
		var each []string
		for _, check := range policy.Checks() {
			r := &rules.Result{Check: check, Policy: policy, Outcome: rules.Fail}
			group := r.Group()
			if failed.groups.Of(r) != group {
				t.Fatalf("the group is %q, want %q", failed.groups.Of(r), group)
			}
			want := slices.ContainsFunc(each, func(earlier string) bool {
				return !inOtherAlternatives(earlier, group)
			})
			if got := failed.before(r); got != want {
				t.Fatalf("%q behind %q: %v, want %v", group, each, got, want)
			}
			answers[want]++
			if random.IntN(3) == 0 {
				failed.add(r)
				each = append(each, group)
			}
		}
	}
	if answers[true] < 500 || answers[false] < 500 {
		t.Errorf("only these answers: %v", answers)
	}
}

// inOtherAlternatives reports whether two groups are in different alternatives.
func inOtherAlternatives(a, b string) bool {
	one, other := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(one), len(other)) {
		if one[i] != other[i] {
			return isAlternative(one[i]) && isAlternative(other[i])
		}
	}
	return false
}

func randomTree(random *rand.Rand, depth int) rules.Node {
	if depth == 0 || random.IntN(3) == 0 {
		return rules.Node{Check: &rules.Check{}}
	}
	nodes := make([]rules.Node, 1+random.IntN(3))
	for i := range nodes {
		nodes[i] = randomTree(random, depth-1)
	}
	switch random.IntN(4) {
	case 0:
		return rules.Node{Not: &nodes[0]}
	case 1:
		return rules.Node{All: nodes}
	case 2:
		return rules.Node{First: &rules.First{
			Branches: []rules.Branch{{If: nodes[0], Then: randomTree(random, depth-1)}},
			Default:  rules.Node{Check: &rules.Check{}},
		}}
	}
	return rules.Node{Any: nodes}
}

func TestAStatusHasTheNameThatHTTPGivesIt(t *testing.T) {
	t.Parallel()
	for code := range 1000 {
		if got, want := statusName(code), http.StatusText(code); got != want {
			t.Errorf("status %d is named %q, want %q", code, got, want)
		}
	}
}
