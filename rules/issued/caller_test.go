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
			asks(
				rules.CustomClaim, rules.Predicate{
					Op: rules.Equals, Input: header, Values: rules.Literals("uat"),
				},
			),
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

// Each text that a check compares a header with is tried, but the more conditions there are, the
// fewer: what is tried for a token may not grow with their square.
func TestWhatACallerWritesIsTriedForEachTextUpToALimit(t *testing.T) {
	t.Parallel()
	wants := func(name, text string) *rules.Check {
		return asks(rules.CustomClaim, rules.Predicate{
			Op: rules.Equals, Input: rules.Input{Source: rules.FromHTTP, Name: name},
			Values: rules.Literals(text),
		})
	}
	two := NewView(policyOf(wants("x-env", "dev"), wants("x-env", "uat")), nil).forms("")
	second := func(w Written) bool { return w.Headers["X-Env"] == "uat" }
	if !slices.ContainsFunc(two, second) {
		t.Errorf("the second text of a header is not tried: %v", two)
	}
	many := make([]*rules.Check, 5000)
	for i := range many {
		many[i] = wants("x-"+strconv.Itoa(i), "v"+strconv.Itoa(i))
	}
	forms := NewView(policyOf(many...), nil).forms("")
	unknown := func(w Written) bool { return w.Headers == nil }
	if n := len(forms); n > 2*mostConditions/len(many) || !slices.ContainsFunc(forms, unknown) {
		t.Errorf("%d requests with %d headers each are tried", n, len(many))
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
