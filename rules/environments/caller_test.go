package environments

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// header is what an expression that reads a header of the request gives.
func header(name string, with ...rules.Input) rules.Input {
	in := rules.Input{Source: rules.FromHTTP, Name: name}
	return rules.Input{
		Source: rules.FromExpression,
		Opaque: &rules.Opaque{
			Text:  "#[" + name + "]",
			Reads: append(with, in),
			Eval: func(r *rules.Request) rules.Reading {
				if reading := r.Read(in); reading.Value != nil {
					return reading
				}
				return rules.Reading{Unknown: &rules.Unknown{Why: "the header is not known"}}
			},
		},
	}
}

// equal asks that two inputs hold the same.
func equal(a, b rules.Input) rules.Predicate {
	return rules.Predicate{
		Op: rules.True,
		Input: rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
			Text: "a == b", Reads: []rules.Input{{Source: rules.FromHTTP, Name: "client_id"}, b},
			Eval: func(r *rules.Request) rules.Reading {
				one, two := r.Read(a), r.Read(b)
				if one.Unknown != nil {
					return one
				}
				same := one.Value != nil && two.Value != nil && one.Value.Text == two.Value.Text
				return rules.Reading{
					Value: &source.Value{
						Kind: source.Bool,
						Text: map[bool]string{true: "true", false: "false"}[same],
					},
				}
			},
		}},
	}
}

func TestTheClientIDThatACallerWritesIsOfHisChoice(t *testing.T) {
	t.Parallel()
	id := &rules.Check{
		ID:     rules.ClientID,
		Test:   rules.Found(header("client_id")),
		Binds:  "client",
		Answer: rules.Answer{Status: 401},
	}
	contract := &rules.Check{
		ID: rules.Contract,
		Test: rules.Predicate{
			Op:    rules.Listed,
			Input: rules.Input{Source: rules.FromBound, Name: "client"},
		},
		Answer: rules.Answer{Status: 403},
	}
	secret := &rules.Check{
		ID: rules.ClientSecret,
		Test: rules.Predicate{
			Op:     rules.Equals,
			Input:  header("client_secret"),
			Values: rules.Literals("s3cret"),
		},
		Answer: rules.Answer{Status: 401},
	}
	tests := []struct {
		name      string
		contracts *rules.Contracts
		checks    []*rules.Check
		row       string
		want      rules.Decision
		written   map[string]string
	}{
		{
			"a stranger writes the id of a client that has a contract",
			&rules.Contracts{IDs: []string{webUAT}},
			[]*rules.Check{id, contract},
			"stranger/for-uat-app", rules.Accepted,
			map[string]string{"header client_id": webUAT},
		},
		{
			"and so does a client of the environment", &rules.Contracts{IDs: []string{webUAT}},
			[]*rules.Check{id, contract},
			"uat/app", rules.Accepted,
			map[string]string{"header client_id": webUAT},
		},
		{
			"where nobody has a contract no id helps", &rules.Contracts{},
			[]*rules.Check{id, contract},
			"stranger/for-uat-app", rules.Rejected,
			map[string]string{"header client_id": anyClientID},
		},
		{
			"where contracts are not known, it is them that are asked for",
			nil,
			[]*rules.Check{id, contract},
			"stranger/for-uat-app", rules.Undetermined,
			map[string]string{"header client_id": anyClientID},
		},
		{
			"an id that must be the token's own is not called a hole",
			&rules.Contracts{IDs: []string{webUAT}},
			[]*rules.Check{
				{
					ID:     rules.CustomClaim,
					Test:   equal(header("client_id"), rules.Claim("appid")),
					Answer: rules.Answer{Status: 401},
				},
				id, contract,
			},
			"stranger/for-uat-app", rules.Undetermined,
			map[string]string{},
		},
		{
			"and lets the client itself in", &rules.Contracts{IDs: []string{webDev, webUAT}},
			[]*rules.Check{
				{
					ID:     rules.CustomClaim,
					Test:   equal(header("client_id"), rules.Claim("appid")),
					Answer: rules.Answer{Status: 401},
				},
				id, contract,
			},
			"uat/app", rules.Accepted,
			map[string]string{"header client_id": webUAT},
		},
		{
			"a secret is not known to who chooses the id", &rules.Contracts{IDs: []string{webUAT}},
			[]*rules.Check{id, secret, contract},
			"stranger/for-uat-app", rules.Rejected,
			map[string]string{"header client_id": webUAT, "header client_secret": anySecret},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := estateOf(t, parts{UAT: app(apiUAT, ""), UATClients: app(webUAT, "")})
			e.Sites[1].Policies, e.Sites[1].Contracts = policy(test.checks...), test.contracts
			m := e.Evaluate()
			for r, row := range m.Rows {
				if row.Name != test.row {
					continue
				}
				w := m.Witness(r, 0)
				if got := m.Cell(r, 0).Outcome; got != test.want ||
					w.Verdict.Outcome != test.want {
					t.Errorf(
						"%s, and the witness is %s; want %s",
						got, w.Verdict.Outcome, test.want,
					)
				}
				if diff := cmp.Diff(test.written, w.Written.Inputs()); diff != "" {
					t.Errorf("written (-want +got):\n%s", diff)
				}
			}
		})
	}
}
