package lint

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// sound is a policy in which there is nothing to find.
func sound() *rules.Policy {
	exp, appid := rules.Claim("exp"), rules.Claim("appid")
	return policy(
		signed(ourKeys),
		checkOf(rules.Expiry, rules.Required(exp, rules.Predicate{Op: rules.After, Input: exp})),
		audience(ourAudience), issuer(ourIssuer), role("Read"), clientFrom(appid), contract(appid),
	)
}

func TestNothingIsFoundInASoundPolicy(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*rules.Subject{
		"alone": of(sound()),
		"twice": of(sound(), sound()),
		// which does not show who holds a role or a contract: a policy of the client's id
		"with an app registration": {
			Policies: []*rules.Policy{sound(), policy(signed(ourKeys), audience(ourAudience),
				issuer(ourIssuer), check(equals("appid", ourApp)))}, App: orders("1"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, f := range Run(Rules(), s) {
				t.Errorf("%s at %s: %s", f.Rule, f.Field, f.Message)
			}
		})
	}
}

func TestEachRuleIsWholeAndHasAFileOfItsName(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, rule := range Rules() {
		if names[rule.Name] {
			t.Errorf("%s is listed twice", rule.Name)
		}
		names[rule.Name] = true
		if rule.Title == "" || rule.Why == "" || rule.Fix == "" || rule.Severity == "" ||
			rule.Since == "" {
			t.Errorf("%s lacks a text: %+v", rule.Name, rule)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, entry := range entries {
		name, isRule := strings.CutPrefix(entry.Name(), "rule_")
		if name, ok := strings.CutSuffix(name, ".go"); isRule && ok {
			files[strings.ReplaceAll(name, "_", "-")] = true
		}
	}
	if diff := cmp.Diff(names, files); diff != "" {
		t.Errorf("rules without a file, and files without a rule:\n%s", diff)
	}
}

func TestFindingsComeInTheOrderOfTheirPlacesAndOnce(t *testing.T) {
	t.Parallel()
	at := func(file string, line, column int, rule string) rules.Finding {
		return rules.Finding{
			Rule: rule, Pos: source.Position{File: file, Line: line, Column: column},
		}
	}
	got := Sort([]rules.Finding{
		at("b", 1, 1, "x"), at("a", 2, 1, "x"), at("a", 1, 9, "x"), at("a", 1, 2, "y"),
		at("a", 1, 2, "x"), at("a", 2, 1, "x"),
	})
	want := []rules.Finding{
		at("a", 1, 2, "x"), at("a", 1, 2, "y"), at("a", 1, 9, "x"), at("a", 2, 1, "x"),
		at("b", 1, 1, "x"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Of several API instances one may let in more than another: what is worst counts, whichever of
// their files comes first.
func TestOfTheSameFindingTheWorstCounts(t *testing.T) {
	t.Parallel()
	open := rules.Finding{Rule: "x", Severity: rules.Error, Message: "any client"}
	closed := rules.Finding{Rule: "x", Severity: rules.Note, Message: "any client, unless"}
	for _, found := range [][]rules.Finding{{open, closed}, {closed, open}} {
		if got := Sort(found); len(got) != 1 || got[0] != open {
			t.Errorf("%+v", got)
		}
	}
}

func TestAFindingKnowsItsPolicyAndRule(t *testing.T) {
	t.Parallel()
	first, second := sound(), policy(off(signed("")))
	found := Run([]rules.Rule{signatureNotVerified(), byteOrderMark()}, of(first, second))
	if len(found) != 1 || found[0].Policy != second ||
		found[0].Check != second.Checks()[0] || found[0].Rule != "signature-not-verified" {
		t.Errorf("%+v", found)
	}
	if got := policyOf(audience(), []*rules.Policy{first}); got != nil {
		t.Errorf("a check of no policy is of %+v", got)
	}
}

func TestAFindingOfWhoGetsInNamesTheRequestsThatItsPolicyIsFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy *rules.Policy
		named  string
	}{
		{
			limited(policy(signed(ourKeys)), rules.Route{Method: "GET", Path: "/a.*"}),
			" (requests to GET /a.*)",
		},
		{limited(policy(signed(ourKeys)), rules.Route{Path: ".*"}), ""},
		{policy(signed(ourKeys)), ""},
	} {
		found := Run([]rules.Rule{anyClientAccepted()}, of(c.policy))
		if len(found) != 1 {
			t.Fatalf("%+v", found)
		}
		text := found[0].Message
		if at := strings.Index(text+" (", " ("); text[at:] != c.named {
			t.Errorf("%q does not end with %q", text, c.named)
		}
	}
}

func TestThatNoTokenPassesGivesWayToASharperFinding(t *testing.T) {
	t.Parallel()
	s := ours(check(equals("roles", "Read")))
	var got []string
	for _, f := range Run([]rules.Rule{noToken(), listClaimComparedWithText()}, s) {
		got = append(got, f.Rule)
	}
	if !slices.Equal(got, []string{"list-claim-compared-with-text"}) {
		t.Errorf("%q", got)
	}
	if alone := Run([]rules.Rule{noToken()}, s); len(alone) != 1 {
		t.Errorf("alone: %v", alone)
	}
}

// An alternative is what a gateway accepts in the place of another: each is looked at by itself.
// A rule that says more of a value takes the place of another; of other values both speak.
func TestAFindingOfAValueGivesWayToOneThatSaysMore(t *testing.T) {
	t.Parallel()
	at := func(line int, value string) rules.Finding {
		return rules.Finding{
			Field: "issuers", Value: value, Message: value,
			Pos: source.Position{File: "f", Line: line, Column: 1},
		}
	}
	finds := func(name string, over []string, all ...rules.Finding) rules.Rule {
		return rules.Rule{
			Name: name, Severity: rules.Error, Over: over,
			Check: func(*rules.Subject) []rules.Finding { return all },
		}
	}
	general := finds("general", nil, at(1, "a"), at(1, "b"), at(1, ""))
	sharp := finds("sharp", []string{"general"}, at(2, "a"), at(2, ""))
	for _, test := range []struct {
		name string
		all  []rules.Rule
		want []string
	}{
		{"both", []rules.Rule{general, sharp}, []string{"general b", "sharp a"}},
		{"in the other order", []rules.Rule{sharp, general}, []string{"general b", "sharp a"}},
		{"one alone", []rules.Rule{general}, []string{"general a"}},
	} {
		var got []string
		for _, f := range Run(test.all, of(sound())) {
			got = append(got, f.Rule+" "+f.Value)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestEachAlternativeIsLookedAtByItself(t *testing.T) {
	t.Parallel()
	const says = "any client of the tenant is accepted"
	place := func(line int, field string, c *rules.Check) rules.Node {
		c.Pos = source.Position{File: "policy.yaml", Line: line, Column: 1}
		c.Field = field
		return rules.Node{Check: c}
	}
	both := func(parts ...rules.Node) rules.Node { return rules.Node{All: parts} }
	oneOf := func(parts ...rules.Node) rules.Node { return rules.Node{Any: parts} }
	signature := place(1, "keys", signed(ourKeys))
	weak := place(2, "weak", issuer(ourIssuer))
	strong := both(place(3, "strong", issuer(ourIssuer)), place(4, "role", role("Read")))
	wide := func() []rules.Node {
		var all []rules.Node
		for range mostAlternatives + 1 {
			all = append(all, place(2, "one of many", issuer(ourIssuer)))
		}
		return all
	}
	finds(t, anyClientAccepted(), map[string]row{
		"one that lets anybody in is enough": {
			of(tree(both(signature, oneOf(strong, weak)))), errorAt("keys", says),
		},
		"where each keeps strangers out there is nothing": {
			of(tree(both(signature, oneOf(strong, strong)))), nil,
		},
		"a finding of several alternatives is told once": {
			of(tree(both(signature, oneOf(weak, weak)))), errorAt("keys", says),
		},
		"one of very many is enough": {
			of(tree(both(append([]rules.Node{signature}, oneOf(wide()...))...))),
			errorAt("keys", says),
		},
		"where nobody gets in there is nothing to say": {
			of(tree(both(signature, rules.Node{Any: []rules.Node{}}))), nil,
		},
	})
	nothing := place(12, "rules", checkOf(rules.Authorization, rules.Never()))
	finds(t, anyClientAccepted(), map[string]row{
		"one that refuses everybody lets nobody in beside another": {
			of(tree(both(signature, oneOf(both(weak, nothing), strong)))), nil,
		},
		"where nobody gets in at all, the hole is worth a note": {
			of(tree(both(signature, weak, nothing))),
			noteAt("keys", "today nobody gets in, since the rules reject every request"),
		},
	})
	never := place(6, "never", check(rules.Has(rules.Claim("Scp"))))
	finds(t, noToken(), map[string]row{
		"an alternative that never holds locks nobody out": {
			of(tree(both(signature, oneOf(never, weak)))), warningAt("never", "Scp"),
		},
		"it does where all depends on it": {
			of(tree(both(signature, never))), errorAt("never", "Scp"),
		},
		"and where no alternative ever holds": {
			of(tree(both(signature, oneOf(never, never)))), errorAt("never", "Scp"),
		},
	})
	second := place(10, "second", issuer(ourIssuerV2))
	azp := place(11, "azp", check(equals("azp", ourApp)))
	finds(t, noToken(), map[string]row{
		"a check that the tokens of another alternative pass does not lock out everybody": {
			of(tree(both(signature, oneOf(weak, second), azp))),
			warningAt("azp", "no Entra ID v1.0 token passes"),
		},
		"it does where those of no alternative pass it": {
			of(tree(both(signature, oneOf(weak, weak), azp))),
			errorAt("azp", "no Entra ID v1.0 token passes"),
		},
	})
	unmodelled := place(5, "other", notModelled())
	finds(t, anyClientAccepted(), map[string]row{
		"of two severities at one place the worse is kept": {
			of(tree(both(signature, oneOf(unmodelled, weak)))), errorAt("keys", says),
		},
	})
	finds(t, issuerNotPinned(), map[string]row{
		"very many that each pin another issuer are not taken for one list": {
			of(tree(orNoToken(manyIssuers(signature).Root))), nil,
		},
	})
	scope := place(7, "scope", checkOf(rules.Scopes, hasAll(rules.Claim("scp"), "read")))
	finds(t, scopeLocksOutDaemons(), map[string]row{
		"a scope locks nobody out where a role will do": {
			of(tree(both(signature, oneOf(scope, place(8, "role", role("Read")))))), nil,
		},
		"it does where the other alternative wants one too": {
			of(tree(both(signature, oneOf(scope, both(scope, weak))))),
			noteAt("scope", "locked out"),
		},
	})
	daemon := place(9, "idtyp", check(equals("idtyp", "app")))
	finds(t, checksExcludeEachOther(), map[string]row{
		"an alternative that nobody can take locks nobody out": {
			of(tree(both(signature, oneOf(both(daemon, scope), weak)))),
			warningAt("scope", "no Entra ID access token passes both"),
		},
		"where nobody can take any, each locks everybody out": {
			of(tree(orNoToken(both(signature, oneOf(both(daemon, scope), both(daemon, scope)))))),
			errorAt("scope", "no Entra ID access token passes both"),
		},
	})
	whole := tree(both(signature, oneOf(weak, strong)))
	for _, f := range Run([]rules.Rule{anyClientAccepted()}, of(whole)) {
		if f.Policy != whole {
			t.Errorf("the finding is about %+v, a part of the policy", f.Policy)
		}
	}
}

// orNoToken lets a request without a token past.
func orNoToken(otherwise rules.Node) rules.Node {
	none := checkOf(rules.Conditional, rules.Negate(rules.Predicate{Op: rules.Sent}))
	return rules.Node{First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Check: none}}}, Default: otherwise,
	}}
}

// manyIssuers is a policy that takes the tokens of more issuers than lint looks at.
func manyIssuers(first rules.Node) *rules.Policy {
	issuers := rules.Node{}
	for i := range mostAlternatives + 1 {
		tenant := fmt.Sprintf("%08d-0000-4000-8000-000000000001", i)
		issuers.Any = append(issuers.Any, rules.Node{
			Check: issuer("https://login.microsoftonline.com/" + tenant + "/v2.0"),
		})
	}
	return tree(rules.Node{All: []rules.Node{first, issuers}})
}

func TestWhereNotAllAlternativesAreLookedAtThatIsSaid(t *testing.T) {
	t.Parallel()
	signature := rules.Node{Check: signed(ourKeys)}
	all := manyIssuers(signature)
	fewer := *all
	fewer.Root = rules.Node{All: []rules.Node{signature, {Any: all.Root.All[1].Any[1:]}}}
	var judge Judge
	limited := func(p *rules.Policy) []rules.Finding {
		return slices.DeleteFunc(judge.Policies(noVendor(), []*rules.Policy{p}, nil),
			func(f rules.Finding) bool { return f.Rule != notAllTried })
	}
	if found := limited(&fewer); len(found) > 0 {
		t.Errorf("of %d alternatives: %+v", mostAlternatives, found)
	}
	found := limited(all)
	if len(found) != 1 || found[0].Policy != all ||
		!strings.HasSuffix(found[0].Message, "no more than 64 alternatives of one policy") {
		t.Errorf("of one more: %+v", found)
	}
}

// Each alternative after the first one is left out where a run has looked at as much as it may.
func TestAlternativesAreLeftOutWhereTooMuchWasLookedAt(t *testing.T) {
	t.Parallel()
	p := manyIssuers(rules.Node{Check: signed(ourKeys)})
	p.Root.All[1].Any = p.Root.All[1].Any[:2]
	kept := newCache()
	limited := func(looked int) []rules.Finding {
		kept.looked = looked
		found := Run(Rules(), &rules.Subject{Policies: []*rules.Policy{p}, Kept: kept})
		return slices.DeleteFunc(found, func(f rules.Finding) bool {
			return f.Rule != notAllTried
		})
	}
	if found := limited(0); len(found) > 0 {
		t.Errorf("where little was: %+v", found)
	}
	found := limited(rules.MostLooked)
	if len(found) != 1 || found[0].Policy != p ||
		!strings.HasSuffix(found[0].Message, "no more than 1 of 2 alternatives") {
		t.Errorf("%+v", found)
	}
}

// noVendor is a vendor without rules of its own.
func noVendor() *rules.Adapter {
	adapter := rules.Adapter{}.Complete()
	return &adapter
}

// The alternative that a finding is about is found by one look at the policy, not by one for each
// finding. AllocsPerRun may not run in parallel.
func TestManyAlternativesAreLintedInProportion(t *testing.T) {
	of := func(n int) float64 {
		either := rules.Node{}
		for i := range n {
			foreign := fmt.Sprintf("https://login.microsoftonline.com/%08d-0000-4000-8000-0000000"+
				"00001/v2.0", i)
			one := rules.AllOf(issuer(foreign), audience(fmt.Sprintf("api://%d api://b", i)))
			either.Any = append(either.Any, one)
		}
		p := tree(rules.Node{All: []rules.Node{{Check: signed(ourKeys)}, either}})
		return testing.AllocsPerRun(1, func() {
			new(Judge).Policies(noVendor(), []*rules.Policy{p}, nil)
		})
	}
	if few, many := of(16), of(64); many > 5*few {
		t.Errorf("%.0f allocations for 16 alternatives, %.0f for 64", few, many)
	}
}

// Whether all ways are closed is asked once, and not once for each check that closes one.
// AllocsPerRun may not run in parallel.
func TestChecksThatCloseEveryWayAreLintedInProportion(t *testing.T) {
	of := func(n int) float64 {
		either := rules.Node{}
		var all []*rules.Policy
		for range n {
			either.Any = append(either.Any, rules.AllOf(signed(ourKeys)))
			all = append(all, tree(rules.AllOf(refusing())))
		}
		all = append(all, tree(either))
		return testing.AllocsPerRun(1, func() {
			Run([]rules.Rule{noToken()}, &rules.Subject{Policies: all})
		})
	}
	if few, many := of(8), of(32); many > 4*4*few { // each check of each way
		t.Errorf("%.0f allocations for 8 ways and checks, %.0f for 32", few, many)
	}
}

func TestFingerprintsOutliveLinesThatAreAdded(t *testing.T) {
	t.Parallel()
	at := func(line int) rules.Finding {
		return rules.Finding{
			Rule: "audience-optional", Field: "mandatoryAudClaim",
			Pos: source.Position{File: "policy.yaml", Line: line},
		}
	}
	other := at(3)
	other.Rule = "policy-disabled"
	const line = "mandatoryAudClaim: false"
	of := func(text string, found ...rules.Finding) []string {
		asItIs := func(file string) string { return file }
		return Fingerprints(found, asItIs, func(rules.Finding) string { return text })
	}
	ours := of(line, at(3))[0]
	for name, row := range map[string]struct {
		got  string
		same bool
	}{
		"the same line further down":              {of(line, at(9))[0], true},
		"another text of the line":                {of("mandatoryAudClaim: no", at(3))[0], false},
		"another rule":                            {of(line, other)[0], false},
		"the second of two that are alike":        {of(line, at(3), at(9))[1], false},
		"the first of two that are alike is kept": {of(line, at(3), at(9))[0], true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if (row.got == ours) != row.same {
				t.Errorf("%s, of the first: %s", row.got, ours)
			}
		})
	}
}
