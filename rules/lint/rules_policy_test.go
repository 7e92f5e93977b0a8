package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestPolicyDisabled(t *testing.T) {
	t.Parallel()
	finds(t, policyDisabled(), map[string]row{
		"a disabled policy lets everything through": {
			of(disabled(policy(signed(ourKeys)))),
			warningAt("disabled", "lets everything through"),
		},
		"one that asks a validation endpoint, too": {
			of(disabled(policy(validated(nil)))), warningAt("disabled", "lets everything through"),
		},
		"one that decides on no token is of no concern": {
			of(disabled(policy(audience(ourAudience)))), nil,
		},
		"one that is in force is none": {ours(), nil},
	})
}

func TestRouteNotCovered(t *testing.T) {
	t.Parallel()
	get := rules.Route{Method: "GET", Path: "/orders/.*"}
	post := rules.Route{Path: "/orders"}
	finds(t, routeNotCovered(), map[string]row{
		"a policy for some routes leaves the others open": {
			of(limited(policy(signed(ourKeys)), get, post)),
			noteAt("pointcutData", "other methods and paths than GET /orders/.*, /orders pass"),
		},
		"a policy for everything is none": {ours(), nil},
		"a route that matches everything is everything": {
			of(limited(policy(signed(ourKeys)), get, rules.Route{Method: ".*", Path: "/.*"})), nil,
		},
		"however its expressions are written": {
			of(limited(policy(signed(ourKeys)), rules.Route{Method: ".+", Path: "^/(.*)$"})), nil,
		},
		"and so are two that do together": {
			of(limited(policy(signed(ourKeys)), rules.Route{Path: "/orders.*"}),
				limited(policy(signed(ourKeys)), rules.Route{Path: "/(?:[^o].*)?"},
					rules.Route{Path: "/o(?:[^r].*)?|/or(?:[^d].*)?|/ord(?:[^e].*)?"},
					rules.Route{Path: "/orde(?:[^r].*)?|/order(?:[^s].*)?"})), nil,
		},
		"what another policy covers is not open": {
			of(limited(policy(signed(ourKeys)), get), limited(policy(signed(ourKeys)), post)),
			noteAt("pointcutData", "and those of the other policies pass"),
		},
		"one that leaves out the root leaves that open": {
			of(limited(policy(signed(ourKeys)), rules.Route{Path: "/.+"})),
			noteAt("pointcutData", "than /.+ pass"),
		},
		"one of all methods that HTTP has leaves others open": {
			of(limited(policy(signed(ourKeys)),
				rules.Route{Method: "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE"})),
			noteAt("pointcutData", "than GET|POST"),
		},
		"beside a policy for everything it is none": {
			of(limited(policy(signed(ourKeys)), get), policy(signed(ourKeys))), nil,
		},
		"a policy that decides on no token covers nothing": {
			of(limited(policy(signed(ourKeys)), get), policy(audience(ourAudience))),
			noteAt("pointcutData", "GET /orders/.*"),
		},
		"a list of methods in the form of a text is no method": {
			of(limited(policy(signed(ourKeys)), rules.Route{Method: "GET,POST", Path: ".*"}),
				policy(signed(ourKeys))),
			warningAt("pointcutData", "none has a method and a path like GET,POST .*"),
		},
		"what can't be read may be anything": {
			of(limited(policy(signed(ourKeys)),
				rules.Route{Method: "get", Path: ".*", MethodUnread: true})),
			noteAt("pointcutData", "other methods and paths than get .* pass"),
		},
	})
}

func TestIgnoreWithoutReason(t *testing.T) {
	t.Parallel()
	file := func(text string) *rules.Subject {
		return &rules.Subject{Files: []*source.File{read(t, text)}}
	}
	finds(t, ignoreWithoutReason(), map[string]row{
		"a comment without a reason is a warning": {
			file("a: 1 # gatewhy:ignore wrong-type\n"), warningAt("", "it ignores nothing"),
		},
		"one with a reason is none":       {file("a: 1 # gatewhy:ignore wrong-type known\n"), nil},
		"a file without comments is none": {file("a: 1\n"), nil},
	})
}

func TestACommentThatNamesNoRuleIsFound(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ text, want string }{
		"a mistyped rule gets the nearest one": {
			"a: 1 # gatewhy:ignore polcy-disabled x\n",
			`there is no rule "polcy-disabled", so the comment ignores nothing; ` +
				"the nearest is policy-disabled",
		},
		"a name like no other gets none": {
			"a: 1 # gatewhy:ignore everything x\n",
			`there is no rule "everything", so the comment ignores nothing`,
		},
		"a very long name is not compared": {
			"a: 1 # gatewhy:ignore " + long("x") + " x\n",
			`there is no rule "` + long("x") + `", so the comment ignores nothing`,
		},
		"a rule is named":     {"a: 1 # gatewhy:ignore policy-disabled x\n", ""},
		"a mark names none":   {"a: 1 # gatewhy:ignore\n", ""},
		"there is no comment": {"a: 1\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, f := range Misnamed(Comments(read(t, row.text)), Rules()) {
				got += f.Message
				if f.Rule != "ignore-names-no-rule" || f.Severity != rules.Warning ||
					f.Pos.Line != 1 {
					t.Errorf("%+v", f)
				}
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestACommentWithAReasonSetsAsideWhatItNames(t *testing.T) {
	t.Parallel()
	comments := Comments(read(t, "a: 1 # gatewhy:ignore policy-disabled on purpose\n"+
		"b: 1 # gatewhy:ignore policy-disabled\n"))
	at := func(line int, rule string) rules.Finding {
		return rules.Finding{Rule: rule, Pos: source.Position{File: "policy.yaml", Line: line}}
	}
	elsewhere := at(1, "policy-disabled")
	elsewhere.Pos.File = "other.yaml"
	for name, row := range map[string]struct {
		f     rules.Finding
		aside bool
	}{
		"the rule on its line":                {at(1, "policy-disabled"), true},
		"not another rule":                    {at(1, "audience-optional"), false},
		"not another line":                    {at(3, "policy-disabled"), false},
		"not another file":                    {elsewhere, false},
		"not where the comment has no reason": {at(2, "policy-disabled"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stay, aside, by := SetAside(comments, []rules.Finding{row.f})
			if (len(aside) == 1) != row.aside || len(stay)+len(aside) != 1 ||
				len(by) != len(aside) {
				t.Errorf("stay %v, aside %v by %v", stay, aside, by)
			}
			if row.aside && by[0].Reason != "on purpose" {
				t.Errorf("set aside by %+v", by[0])
			}
		})
	}
}

func read(t *testing.T, text string) *source.File {
	t.Helper()
	file, err := source.Read("policy.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// long is a name of a hundred characters.
func long(s string) string { return strings.Repeat(s, 100) }

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
