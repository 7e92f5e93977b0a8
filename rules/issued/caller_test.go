package issued

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

// expressionOver is an expression that gives an input as it is, or in upper case.
func expressionOver(in rules.Input, upper bool) rules.Input {
	return rules.Input{
		Source: rules.FromExpression,
		Opaque: &rules.Opaque{
			Text:  "#[in]",
			Reads: []rules.Input{in},
			Eval: func(r *rules.Request) rules.Reading {
				got := r.Read(in)
				switch {
				case got.Value == nil:
					return rules.Reading{Unknown: &rules.Unknown{Why: "not given"}}
				case upper:
					got.Value = &source.Value{Kind: source.String, Text: "UPPER-" + got.Value.Text}
				}
				return got
			},
		},
	}
}

func TestWhatACallerWritesBesideTheToken(t *testing.T) {
	t.Parallel()
	header, query := rules.Input{
		Source: rules.FromHTTP, Name: "x-env",
	}, rules.Input{Source: rules.FromQuery, Name: "id"}
	contracts := &rules.Contracts{IDs: []string{webUAT}}
	binds := func(in rules.Input) *rules.Check {
		return &rules.Check{ID: rules.ClientID, Test: rules.Found(in), Binds: "client"}
	}
	is := func(in rules.Input, text string) rules.Predicate {
		return rules.Predicate{Op: rules.Equals, Input: in, Values: rules.Literals(text)}
	}
	other := rules.Input{Source: rules.FromHTTP, Name: "x-other"}
	listed := &rules.Check{
		ID: rules.Contract, Test: rules.Predicate{
			Op: rules.Listed, Input: rules.Input{Source: rules.FromBound, Name: "client"},
		},
	}
	tests := []struct {
		name   string
		checks []*rules.Check
		want   map[string]string
	}{
		{"nothing where nothing is read", nil, map[string]string{}},
		{"the id of a client that has a contract", []*rules.Check{
			binds(expressionOver(query, false)), listed,
		}, map[string]string{"query parameter id": webUAT}},
		{"what a check compares a header with", []*rules.Check{
			asks(rules.CustomClaim, is(header, "uat")),
		}, map[string]string{"header x-env": "uat"}},
		{"the second text that a header is compared with", []*rules.Check{
			asks(rules.CustomClaim, rules.Negate(is(header, "dev"))),
			asks(rules.CustomClaim, is(header, "uat")),
		}, map[string]string{"header x-env": "uat"}},
		{"into each header its own text", []*rules.Check{
			asks(rules.CustomClaim, rules.Both(is(header, "uat"), is(other, "orders"))),
		}, map[string]string{"header x-env": "uat", "header x-other": "orders"}},
		{"a text into a header, and another into the query", []*rules.Check{
			asks(rules.CustomClaim, is(header, "uat")), asks(rules.CustomClaim, is(query, "one")),
		}, map[string]string{"header x-env": "uat", "query parameter id": "one"}},
		{"one text into a header, whatever the case of its name", []*rules.Check{
			asks(rules.CustomClaim, rules.Has(rules.Input{Source: rules.FromHTTP, Name: "X-Env"})),
			asks(rules.CustomClaim, is(header, "uat")),
		}, map[string]string{"header x-env": "uat"}},
		{"what the token has where a header is compared with that", []*rules.Check{
			asks(rules.CustomClaim, sameTexts(header, rules.Claim("appid"))),
		}, map[string]string{"header x-env": ExampleClient}},
		{"nothing where only the token is looked for", []*rules.Check{
			asks(rules.TokenPresent, rules.Either(
				rules.Predicate{Op: rules.Sent, Lookup: &rules.Lookup{
					Locations: []rules.Location{{Input: query}},
				}},
				rules.Has(query),
			)),
			asks(rules.CustomClaim, rules.Either(rules.Has(query), is(header, "uat"))),
		}, map[string]string{"header x-env": "uat"}},
		{"the Authorization header carries the token", []*rules.Check{
			asks(
				rules.CustomClaim, rules.Has(
					rules.Input{Source: rules.FromHTTP, Name: "authorization"},
				),
			),
		}, map[string]string{}},
	}
	for _, test := range tests {
		policies := policyOf(test.checks...)
		v := NewView(policies, contracts)
		answer := v.Furthest(Example{Audience: "api://x", At: noon}.token())
		if got := answer.Written.Inputs(); !maps.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	loose := NewView(policyOf(binds(expressionOver(header, true)), listed), contracts)
	if forms := loose.forms(""); len(forms) != 2 || len(forms[1].Headers) != 0 {
		t.Errorf(
			"where an expression makes something of it, "+
				"the request of which it is not known comes with it: %v",
			forms,
		)
	}
	r := NewView(
		policyOf(binds(expressionOver(query, false))), contracts,
	).Usually(&rules.Request{})
	if got := slices.Collect(maps.Values(r.Query)); !slices.Equal(got, []string{webUAT}) {
		t.Errorf("a client usually writes %v", got)
	}
}

// sameTexts asks that two inputs hold the same.
func sameTexts(a, b rules.Input) rules.Predicate {
	return rules.Predicate{Op: rules.True, Input: rules.Computed(
		"a == b", func(r *rules.Request) rules.Reading {
			one, two := r.Read(a), r.Read(b)
			if one.Unknown != nil || two.Unknown != nil {
				return rules.Reading{Unknown: &rules.Unknown{Why: "not given"}}
			}
			return rules.Reading{Value: source.NewBool(one.Value.JSON() == two.Value.JSON())}
		}, a, b,
	)}
}

// What is tried for a token has a limit. It may not grow with the square of the conditions.
func TestWhatACallerWritesIsTriedUpToALimit(t *testing.T) {
	t.Parallel()
	wants := func(name, text string) *rules.Check {
		return asks(rules.CustomClaim, rules.Predicate{
			Op: rules.Equals, Input: rules.Input{Source: rules.FromHTTP, Name: name},
			Values: rules.Literals(text),
		})
	}
	many := make([]*rules.Check, 5000)
	for i := range many {
		many[i] = wants("x-"+strconv.Itoa(i), "v"+strconv.Itoa(i))
	}
	headers := make([]rules.Input, 10)
	for i := range headers {
		headers[i] = many[i].Test.Input
	}
	together := asks(rules.CustomClaim, rules.Predicate{Op: rules.True, Input: rules.Computed(
		"'one' and 'two'", func(r *rules.Request) rules.Reading {
			if len(r.Headers) < len(headers) {
				return rules.Reading{Unknown: &rules.Unknown{Why: "not given"}}
			}
			return rules.Reading{Value: source.NewBool(false)}
		}, headers...,
	)})
	for _, checks := range [][]*rules.Check{many, {together}} {
		looked := 0
		v := NewView(policyOf(checks...), nil)
		v.CountIn(&looked)
		answer := v.Furthest(Example{At: noon}.token())
		real := unsigned(Example{At: noon}.Claims(), "")
		verdict, _ := v.FurthestReal("", func() *rules.Request {
			return &rules.Request{Token: real, At: noon}
		})
		if answer.Verdict.Outcome != rules.Undetermined ||
			verdict.Outcome != rules.Undetermined || looked > 3*mostConditions {
			t.Errorf(
				"%s, and of a real token %s, after %d conditions",
				answer.Verdict.Outcome, verdict.Outcome, looked,
			)
		}
	}
}

func TestARealTokensHolderWritesWhatHelps(t *testing.T) {
	t.Parallel()
	header := rules.Input{Source: rules.FromHTTP, Name: "client_id"}
	v := NewView(policyOf(
		&rules.Check{ID: rules.ClientID, Test: rules.Found(header), Binds: "client"},
		&rules.Check{
			ID: rules.Contract, Test: rules.Predicate{
				Op: rules.Listed, Input: rules.Input{Source: rules.FromBound, Name: "client"},
			},
		},
	), &rules.Contracts{IDs: []string{webUAT}})
	token := unsigned(Example{At: noon}.Claims(), "")
	verdict, written := v.FurthestReal(
		webDev, func() *rules.Request {
			return &rules.Request{Token: token, At: noon, Contracts: v.Contracts()}
		},
	)
	if verdict.Outcome != rules.Accepted || written.Headers["Client_id"] != webUAT ||
		!v.HasContract(webUAT) || v.HasContract(webDev) {
		t.Errorf("%s with %v", verdict.Outcome, written)
	}
}

func TestTheUsualTokensOfAKind(t *testing.T) {
	t.Parallel()
	w := worldOf(
		t, parts{
			UAT:        `{"appId":"` + apiUAT + `"` + estates.V1Orders + `}`,
			UATClients: app(webUAT, "") + "," + app(webDev, ""),
		},
	)
	for _, k := range w.Kinds() {
		if k.Name != "uat/app" {
			continue
		}
		usual := k.Usual(func(id string) bool { return id == webDev })
		for _, i := range usual {
			if request := i.Token().Request(NewView(nil, nil)); i.Token().client != webDev ||
				request.Token.Claims.Member("appid").Text != webDev {
				t.Errorf("%s", i.Token().Claims().JSON())
			}
		}
		if len(usual) != 2 || k.Count() != 8 {
			t.Errorf("%d of %d tokens are usual", len(usual), k.Count())
		}
	}
	if !slices.Contains(Reserved(), "forged") {
		t.Error("an environment may be called forged")
	}
}
