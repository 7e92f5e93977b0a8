package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
	"github.com/gatewhy/gatewhy/rules/repair"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// sides are tokens that are minted apart from every policy: those of the environment that the
// examples are of, and those of outsiders.
type sides struct {
	own       []issued.Example
	outsiders map[rules.Outsider][]issued.Example
}

func sidesOfExamples() sides {
	s := sides{outsiders: map[rules.Outsider][]issued.Example{}}
	add := func(who rules.Outsider, e issued.Example) {
		s.outsiders[who] = append(s.outsiders[who], e)
	}
	const (
		app         = "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"
		stranger    = "57a46e20-0000-4000-8000-0000000000c1"
		otherTenant = "07e60000-0000-4000-8000-0000000000cc"
	)
	for _, of := range []struct {
		version  entra.Version
		audience string
	}{
		{entra.V1, "api://orders-uat"},
		{entra.V1, "https://contoso.com/orders-uat"},
		{entra.V1, app},
		{entra.V2, app},
		{entra.V2, "b1946ac9-2492-4d23-8f3a-0c2f6f1d0001"},
	} {
		daemon := issued.Example{
			Version: of.version, Tenant: issued.ExampleTenant, Audience: of.audience,
			Client: issued.ExampleClient, At: clock,
			Roles: []string{"Orders.Read", "Orders.Write"},
		}
		user := daemon
		user.User, user.Roles, user.Scopes = true, nil, []string{"UAT.Access"}
		for _, e := range []issued.Example{daemon, user} {
			s.own = append(s.own, e)
			add(rules.OtherEnvironment, e.OfOtherEnvironment())
			api, tenant := e, e
			api.Client, api.Audience = stranger, "api://"+stranger
			if e.Version == entra.V2 {
				api.Audience = stranger
			}
			tenant.Tenant, tenant.Client = otherTenant, stranger
			if entra.IsGUID(e.Audience) { // nobody else can name an API so
				tenant.Audience = stranger
			}
			add(rules.OtherAPI, api)
			add(rules.OtherTenant, tenant)
		}
		daemon.Client, daemon.Roles = stranger, nil
		add(rules.OtherClient, daemon)
	}
	return s
}

// furthest is how far one of some tokens gets.
func furthest(
	policies []*rules.Policy, view *issued.View, signature string, all []issued.Example,
) rules.Decision {
	best := rules.Rejected
	for _, e := range all {
		r := e.Request(view)
		r.Method = "GET" // what decides by it is no question of the token
		r.Signatures = environments.Assumed(signature)
		if got := rules.Evaluate(policies, r).Outcome; issued.Further(got, best) {
			best = got
		}
	}
	return best
}

// closes lists whom the repair of a rule keeps out, whatever the policy was.
func closes() map[string][]rules.Outsider {
	environment := []rules.Outsider{rules.OtherEnvironment, rules.OtherAPI}
	return map[string][]rules.Outsider{
		"any-client-accepted":         environment,
		"audience-not-checked":        environment,
		"audience-check-switched-off": environment,
		"audience-optional":           environment,
		"scope-without-audience":      environment,
		"issuer-not-pinned":           {rules.OtherTenant},
		"issuer-and-keys-disagree":    {rules.OtherTenant},
		"client-id-chosen-by-caller":  {rules.OtherClient, rules.OtherEnvironment},
	}
}

// lockedOutOtherwise are examples whose own tokens stay out after the repair, and why.
func lockedOutOtherwise() map[string]string {
	return map[string]string{
		"scope-in-uri-form/bad_other_provider.json":       "its scope is of another provider",
		"substring-match-on-scopes/bad_other_issuer.json": "its tokens are another provider's",
	}
}

// Every repair that is made of every bad example: the finding is gone, no other has come, the text
// that is written says the same, this environment's tokens get no less than before and get in, and
// nobody else gets in that did not, unless fix tells of it.
func TestARepairIsRightOnBothSides(t *testing.T) {
	t.Parallel()
	s, made, repairable := sidesOfExamples(), map[string]bool{}, everyGateway().Repairable()
	eachExample(t, "bad", func(t *testing.T, rule *rules.Rule, example examples.Example) {
		if !slices.Contains(repairable, rule.Name) {
			t.Skip("the rule has no repair that can be written")
		}
		fix, set := fixOfExample(t, rule, example)
		fixed, err := fix.RemoveFindings(set, rule.Name)
		if err != nil {
			t.Fatal(err)
		}
		if len(fixed.Left) > 0 {
			t.Skipf("left: %s", fixed.Left[0].Why)
		}
		made[rule.Name] = true
		checkFindings(t, rule.Name, fix, fixed)
		s.check(t, rule.Name, rule.Name+"/"+example.Name, fixed)
	})
	for _, name := range repairable {
		if !made[name] {
			t.Errorf("%s: no repair was made of any example", name)
		}
	}
}

// fixOfExample repairs an example with all that a repair may ask for.
func fixOfExample(
	t *testing.T, rule *rules.Rule, example examples.Example,
) (*repair.Fix, *rules.Configuration) {
	_, j, set := readExample(t, rule, example)
	facts := factsFor(example.Text)
	if strings.Contains(example.Text, "https://sts.windows.net/") &&
		!strings.Contains(example.Text, "/v2.0'") {
		facts = knownFacts() // an address of v2.0 keys does not make v2.0 tokens
	}
	return &repair.Fix{
		Bench: repair.Bench{Adapter: set.Adapter},
		Lint:  func(d *repair.Draft) []rules.Finding { return j.Draft(&set.Adapter, d) },
		Facts: facts, Signatures: environments.Assumed("valid"), Proof: repair.Prove,
	}, set.Configuration
}

func checkFindings(t *testing.T, rule string, fix *repair.Fix, fixed *repair.Fixed) {
	count := func(found []rules.Finding) map[string]int {
		n := map[string]int{}
		for _, f := range found {
			n[f.Rule+" of "+f.Field]++
		}
		return n
	}
	before, after := count(fix.Lint(fixed.Before)), count(fixed.Findings)
	for what, n := range after {
		switch {
		case strings.HasPrefix(what, rule+" "):
			t.Errorf("%s is still there", what)
		case strings.HasPrefix(what, "holders-not-shown "): // once somebody gets in
		case n > before[what] && !strings.HasPrefix(what, "assignment-not-required "):
			t.Errorf("new: %s", what) // but for what only the registration can close
		}
	}
	var again []*source.File
	for _, file := range fixed.After.Files {
		read, err := source.Read(file.Name, file.Text)
		if err != nil {
			t.Fatal(err)
		}
		again = append(again, read)
	}
	set, err := everyGateway().Read(again, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(fix.Lint(set.Draft)); !slices.Equal(got, names(fixed.Findings)) {
		t.Errorf("read again: %v, and it was %v", got, names(fixed.Findings))
	}
}

func (s *sides) check(t *testing.T, rule, example string, fixed *repair.Fixed) {
	before, after := fixed.Before.Policies, fixed.After.Policies
	contracts := &rules.Contracts{IDs: []string{issued.ExampleClient}}
	view := issued.NewView(slices.Concat(before, after), contracts)
	was, is := furthest(before, view, "valid", s.own), furthest(after, view, "valid", s.own)
	if issued.Further(was, is) || is != rules.Accepted && lockedOutOtherwise()[example] == "" {
		t.Errorf("this environment's tokens: %s, and %s after the repair", was, is)
	}
	for who, tokens := range s.outsiders {
		was, is := furthest(before, view, "valid", tokens), furthest(after, view, "valid", tokens)
		if issued.Further(is, was) && len(fixed.Opened) == 0 {
			t.Errorf("%s: %s, and %s after the repair, and fix tells nothing", who, was, is)
		}
		if is != rules.Rejected && slices.Contains(closes()[rule], who) {
			t.Errorf("%s: %s after the repair", who, is)
		}
	}
	if is := furthest(after, view, "invalid", s.own); is != rules.Rejected {
		t.Errorf("a forged token: %s after the repair", is)
	}
}
