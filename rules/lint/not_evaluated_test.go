package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestOneNoteAPolicySaysWhatIsNotEvaluated(t *testing.T) {
	t.Parallel()
	unsupported := func(need rules.Need) *rules.Check {
		return check(rules.Predicate{
			Op: rules.True,
			Input: expression("f(claims.team)", func(*rules.Request) rules.Reading {
				u := rules.Unknown{Why: "f is not supported", Need: need}
				return rules.Reading{Unknown: &u}
			}, rules.Claim("team")),
		})
	}
	noKey := func() *rules.Check {
		c := checkOf(rules.Signature, rules.Predicate{})
		c.Unknown = &rules.Unknown{Why: "the key is not modelled"}
		return c
	}
	no := rules.Need{}
	second := rules.Finding{Pos: source.Position{File: "policy.yaml", Line: 2, Column: 1}}
	named := policy(noKey())
	elsewhere := rules.Finding{Policy: named, Field: string(rules.Signature)}
	const says = "what this check answers is not known: "
	for name, test := range map[string]struct {
		policy *rules.Policy
		want   []string
	}{
		"an expression": {
			policy(unsupported(no)), []string{says + "f is not supported"},
		},
		"a value": {
			policy(noKey()), []string{says + "the key is not modelled"},
		},
		"a header can be passed": {
			policy(unsupported(rules.Need{Input: source.NeedHeader})), nil,
		},
		"the policy as the gateway has it can be passed": {
			policy(unsupported(rules.Need{Input: source.NeedPolicy})), nil,
		},
		"another finding names it":        {policy(issuer(ourIssuer), unsupported(no)), nil},
		"another finding names its field": {named, nil},
		"a disabled policy":               {disabled(policy(unsupported(no))), nil},
		"a check that is off":             {policy(off(unsupported(no))), nil},
		"what is not modelled":            {policy(notModelled()), nil},
		"an expression that can be evaluated": {
			policy(check(startsLike("team", "a"))), nil,
		},
		"the first of several": {
			policy(unsupported(no), unsupported(no), unsupported(no), noKey()),
			[]string{says + "f is not supported"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			found := []rules.Finding{second, elsewhere}
			for _, f := range notEvaluated([]*rules.Policy{test.policy}, found) {
				got = append(got, f.Message)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
