package lint

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func TestACheckThatKeepsTheAPIsOwnTokensOut(t *testing.T) {
	t.Parallel()
	const none = "no token for orders passes this check"
	claim := func(values ...string) *rules.Check { return check(oneOf("aud", values...)) }
	of := func(checks ...*rules.Check) *rules.Subject {
		return ofApp(orders("2"), append([]*rules.Check{signed(ourKeys)}, checks...)...)
	}
	finds(t, noToken(), map[string]row{
		"another API's application id": {
			of(claim("9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94")), errorAt("custom-claim", none),
		},
		"another API's id, or a form that tokens of this version don't have": {
			of(audience("9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94", ourAudience)),
			errorAt("audience", none),
		},
		"the API's own id":                 {of(claim(ourApp)), nil},
		"one of several is the API's own":  {of(claim(ourAudience, ourApp)), nil},
		"an issuer that holds for nobody":  {of(issuer(ourIssuerV2)), nil},
		"without a registration not known": {ours(claim(ourAudience)), nil},
		"rules of which none allows anything": {
			theirs(refusing()), noteAt("authorization", "no request gets in: no rule allows"),
		},
		"rules that plainly allow nothing": {of(plainly(refusing())), nil},
		"rules of a policy that looks at no token": {
			of(refusing()), noteAt("authorization", "no request gets in: no rule allows"),
		},
	})
}

func TestWhereTheAPIsOwnTokensGetInAllTheSameItIsAWarning(t *testing.T) {
	t.Parallel()
	place := func(line int, field string, c *rules.Check) rules.Node {
		c.Pos = source.Position{File: "policy.yaml", Line: line, Column: 1}
		c.Field = field
		return rules.Node{Check: c}
	}
	alternatives := func(checks ...*rules.Check) *rules.Subject {
		root := rules.Node{All: []rules.Node{place(1, "keys", signed(ourKeys)), {}}}
		for i, c := range checks {
			root.All[1].Any = append(root.All[1].Any, place(i+2, "issuers", c))
		}
		s := of(tree(root))
		s.App = orders("2")
		return s
	}
	finds(t, issuerOfOtherVersion(), map[string]row{
		"where another issuer lets them in": {
			alternatives(issuer(ourIssuer), issuer(ourIssuerV2)),
			warningAt("issuers", "v1.0 tokens"),
		},
		"where it is the only one": {
			alternatives(issuer(ourIssuer)), errorAt("issuers", "v1.0 tokens"),
		},
		"where the other one lets in nobody either": {
			alternatives(issuer(ourIssuer), issuer(foreignIssuer)),
			errorAt("issuers", "v1.0 tokens"),
		},
	})
	algorithm := checkOf(rules.Algorithm, rules.Predicate{
		Op: rules.OneOf, Input: rules.Input{Source: rules.FromHeader, Name: "alg"},
		Values: rules.Literals("ES256"),
	})
	shut := alternatives(issuer(ourIssuer), issuer(ourIssuerV2))
	shut.Policies[0].Root.All = append(shut.Policies[0].Root.All, place(9, "alg", algorithm))
	finds(t, issuerOfOtherVersion(), map[string]row{
		"where something else keeps everybody out": {shut, errorAt("issuers", "v1.0 tokens")},
	})
}

func TestNoTokenPassesStandsBesideWhoIsLetIn(t *testing.T) {
	t.Parallel()
	s := ofApp(orders("2"), signed(ourKeys), check(startsLike("iss", "https://sts.windows.net/")))
	var got []string
	for _, f := range Run([]rules.Rule{noToken(), issuerNotPinned()}, s) {
		got = append(got, f.Rule)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"issuer-not-pinned", noTokenPasses}) {
		t.Errorf("%q", got)
	}
}

// The host of v1.0 issuers is that of the public cloud and of US Government alike; naming it names
// no second cloud, in which the tenant's tokens would have another issuer.
func TestWhoRefusesTheIssuersOfItsTenantLetsNobodyOfItIn(t *testing.T) {
	t.Parallel()
	s := ofApp(orders("2"), signed(ourKeys), checkOf(rules.Issuer, rules.Negate(rules.Either(
		equals("iss", ourIssuer), equals("iss", ourIssuerV2),
	))))
	found := Run([]rules.Rule{noToken(), assignmentNotRequired()}, s)
	if len(found) != 1 || found[0].Rule != noTokenPasses {
		t.Errorf("%+v", found)
	}
}

// refusing is what an adapter makes of authorization rules of which none allows anything.
func refusing() *rules.Check {
	c := checkOf(rules.Authorization, rules.Never())
	c.Refuses = "no rule allows anything"
	return c
}

func plainly(c *rules.Check) *rules.Check {
	c.Meant = true
	return c
}

func TestThatNoRequestGetsInIsSaidOnlyWhereEachWayIsClosed(t *testing.T) {
	t.Parallel()
	way := func(checks ...*rules.Check) rules.Node { return rules.AllOf(checks...) }
	either := func(a, b rules.Node) rules.Node { return rules.Node{Any: []rules.Node{a, b}} }
	first := func(then, otherwise rules.Node) rules.Node {
		when := way(checkOf(rules.Conditional, rules.Has(rules.Claim("azp"))))
		return rules.Node{First: &rules.First{
			Branches: []rules.Branch{{If: when, Then: then}}, Default: otherwise,
		}}
	}
	for name, of := range map[string]struct {
		root   rules.Node
		closed bool
	}{
		"one of two":  {either(way(signed(ourKeys), refusing()), way(signed(ourKeys))), false},
		"each of two": {either(way(signed(ourKeys), refusing()), way(refusing())), true},
		"behind two": {rules.Node{All: []rules.Node{
			either(way(signed(ourKeys)), way(signed(foreignKeys))), way(refusing()),
		}}, true},
		"where a test holds": {first(way(refusing()), way(signed(ourKeys))), false},
		"where none holds":   {first(way(signed(ourKeys)), way(refusing())), false},
		"in either case":     {first(way(refusing()), way(refusing())), true},
	} {
		found := Run([]rules.Rule{noToken()}, &rules.Subject{
			Policies: []*rules.Policy{tree(of.root)},
		})
		want := "no rule allows anything"
		if of.closed {
			want = "no request gets in: " + want
		}
		if len(found) != 1 || found[0].Message != want {
			t.Errorf("%s: got %+v, want %q", name, found, want)
		}
	}
}

// A note that no request gets in gives way to a warning that says more of the same place, but not
// to one of another place, and a warning does not.
func TestWhatIsSaidTwiceOfOnePlaceIsSaidOnce(t *testing.T) {
	t.Parallel()
	of := func(rule string, severity rules.Severity, line int) rules.Finding {
		return rules.Finding{
			Rule: rule, Severity: severity, Pos: source.Position{File: "a.yaml", Line: line},
		}
	}
	letsIn := rules.Rule{Name: "lets-in", About: issued.ByClient()}
	for name, test := range map[string]struct {
		own, other rules.Finding
		stays      bool
	}{
		"a note beside a warning": {
			of(noTokenPasses, rules.Note, 1), of("more", rules.Warning, 1), false,
		},
		"a note beside a note": {
			of(noTokenPasses, rules.Note, 1), of("more", rules.Note, 1), true,
		},
		"another place": {
			of(noTokenPasses, rules.Note, 1), of("more", rules.Warning, 2), true,
		},
		"a warning beside a warning": {
			of(noTokenPasses, rules.Warning, 1), of("more", rules.Warning, 1), true,
		},
		"an error beside an error": {
			of(noTokenPasses, rules.Error, 1), of("more", rules.Error, 1), false,
		},
		"who is let in": {
			of(noTokenPasses, rules.Note, 1), of("lets-in", rules.Warning, 1), true,
		},
	} {
		got := giveWay([]rules.Rule{letsIn}, []rules.Finding{test.own, test.other})
		if stays := got[0].Rule == noTokenPasses; stays != test.stays {
			t.Errorf("%s: it stays %t, want %t", name, stays, test.stays)
		}
	}
}
