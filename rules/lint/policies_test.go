package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The tenant that the policies of these tests are made for, and another one.
const (
	ourTenant   = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	otherTenant = "0d6b2f9c-51aa-4c1e-8f37-2b9e4d7c6a22"

	ourIssuer   = "https://sts.windows.net/" + ourTenant + "/"
	ourIssuerV2 = "https://login.microsoftonline.com/" + ourTenant + "/v2.0"
	ourKeys     = "https://login.microsoftonline.com/" + ourTenant + "/discovery/keys"

	ourApp      = "7a6d1c4e-9f20-4c83-b1d5-3e8f60a2c744"
	ourAudience = "api://orders"

	foreignIssuer = "https://contoso.okta.com/oauth2/default"
	foreignKeys   = "https://contoso.okta.com/oauth2/default/v1/keys"
)

// policy is a plain list of checks. The n-th stands on line n and has its kind for a field.
func policy(checks ...*rules.Check) *rules.Policy {
	for i, c := range checks {
		c.Pos = source.Position{File: "policy.yaml", Line: i + 1, Column: 1}
		c.Field = string(c.ID)
	}
	return &rules.Policy{Root: rules.AllOf(checks...)}
}

// tree is a policy whose checks already have their places.
func tree(root rules.Node) *rules.Policy { return &rules.Policy{Root: root} }

// limited is a policy for some routes only.
func limited(p *rules.Policy, routes ...rules.Route) *rules.Policy {
	p.When.Routes = routes
	p.When.Field = "pointcutData"
	return p
}

// sent is a policy that takes the token from a header.
func sent(header string, checks ...*rules.Check) *rules.Policy {
	at := []rules.Location{{Input: rules.Input{Source: rules.FromHTTP, Name: header}}}
	return policy(append([]*rules.Check{checkOf(rules.TokenPresent, rules.Predicate{
		Op: rules.Sent, Lookup: &rules.Lookup{Locations: at},
	})}, checks...)...)
}

// disabled is a policy that is switched off.
func disabled(p *rules.Policy) *rules.Policy {
	p.When.Disabled, p.When.Field = true, "disabled"
	return p
}

// of is what a rule looks at where these policies are all that the API has.
func of(policies ...*rules.Policy) *rules.Subject { return &rules.Subject{Policies: policies} }

// ours is a policy that verifies with our tenant's keys; pinned wants its issuer too.
func ours(checks ...*rules.Check) *rules.Subject {
	return of(policy(append([]*rules.Check{signed(ourKeys)}, checks...)...))
}

func pinned(checks ...*rules.Check) *rules.Subject {
	return ours(append([]*rules.Check{issuer(ourIssuer)}, checks...)...)
}

// theirs is a policy that verifies with the keys of somebody else than Entra ID.
func theirs(checks ...*rules.Check) *rules.Subject {
	return of(policy(append([]*rules.Check{signed(foreignKeys)}, checks...)...))
}

// endpoint is a policy that asks a validation endpoint of which nothing is published.
func endpoint(checks ...*rules.Check) *rules.Subject {
	return of(policy(append([]*rules.Check{validated(nil)}, checks...)...))
}

// ofApp is a policy of an API whose app registration is known.
func ofApp(app *entra.Registration, checks ...*rules.Check) *rules.Subject {
	return &rules.Subject{Policies: []*rules.Policy{policy(checks...)}, App: app}
}

func signed(keys string) *rules.Check {
	return &rules.Check{
		ID: rules.Signature, Test: rules.Predicate{Op: rules.Verifies, Key: &rules.Key{URL: keys}},
	}
}

// signedWith is a signature that is verified with a key in the policy itself.
func signedWith(key string, hmac bool) *rules.Check {
	return &rules.Check{ID: rules.Signature, Test: rules.Predicate{
		Op: rules.Verifies, Key: &rules.Key{Text: key, HMAC: hmac, Own: true},
	}}
}

func checkOf(id rules.ID, test rules.Predicate) *rules.Check {
	return &rules.Check{ID: id, Test: test}
}

func check(test rules.Predicate) *rules.Check { return checkOf(rules.CustomClaim, test) }

// off is a check that the configuration switches off.
func off(c *rules.Check) *rules.Check {
	c.Skip = "switched off"
	return c
}

// unread is a check of which only a deployment knows what it wants.
func unread(c *rules.Check) *rules.Check {
	c.Unknown = &rules.Unknown{}
	return c
}

// perhaps is a check that is perhaps not made.
func perhaps(c *rules.Check) *rules.Check {
	c.MaySkip = &rules.Unknown{Why: "the method is not known"}
	return c
}

func oneOf(claim string, values ...string) rules.Predicate {
	return rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim(claim), Values: rules.Literals(values...),
	}
}

func equals(name, value string) rules.Predicate {
	in := rules.Claim(name)
	return rules.Predicate{Op: rules.Equals, Input: in, Values: rules.Literals(value)}
}

func has(name, value string) rules.Predicate {
	in := rules.Claim(name)
	return rules.Predicate{Op: rules.Contains, Input: in, Values: rules.Literals(value)}
}

func hasAll(in rules.Input, values ...string) rules.Predicate {
	return rules.Predicate{Op: rules.HasAll, Input: in, Values: rules.Literals(values...)}
}

func hasAny(in rules.Input, values ...string) rules.Predicate {
	return rules.Predicate{Op: rules.HasAny, Input: in, Values: rules.Literals(values...)}
}

func audience(values ...string) *rules.Check {
	return checkOf(rules.Audience, oneOf("aud", values...))
}

func issuer(values ...string) *rules.Check { return check(oneOf("iss", values...)) }

// unchecked is an audience check that is switched off and has nothing configured.
func unchecked() *rules.Check { return off(audience()) }

func scopes(values ...string) *rules.Check {
	return checkOf(rules.Scopes, hasAll(rules.Claim("scp"), values...))
}

func role(value string) *rules.Check { return check(has("roles", value)) }

// clientFrom reads the client id; contract looks it up.
func clientFrom(in rules.Input) *rules.Check { return checkOf(rules.ClientID, rules.Has(in)) }

func contract(in rules.Input) *rules.Check {
	return checkOf(rules.Contract, rules.Predicate{Op: rules.Listed, Input: in})
}

// validated is a policy's question to a validation endpoint. A nil model is one of which nothing
// is published.
func validated(model *rules.AnswerModel) *rules.Check {
	in := rules.Input{Source: rules.FromIntrospection, Name: "active", Model: model}
	return checkOf(rules.Introspection, rules.Predicate{Op: rules.Active, Input: in})
}

func answered(name string, model *rules.AnswerModel) rules.Input {
	return rules.Input{Source: rules.FromIntrospection, Name: name, Model: model}
}

func header(name string) rules.Input { return rules.Input{Source: rules.FromHTTP, Name: name} }

func notModelled() *rules.Check {
	return unread(&rules.Check{ID: rules.NotModelled})
}

// expression is an input that an expression gives, which can't be looked into.
func expression(
	text string, eval func(*rules.Request) rules.Reading, reads ...rules.Input,
) rules.Input {
	return rules.Input{
		Source: rules.FromExpression,
		Opaque: &rules.Opaque{Text: text, Reads: reads, Eval: eval},
	}
}

// either is an expression that gives the first of several inputs that is there.
func either(ins ...rules.Input) rules.Input {
	return expression("either", func(r *rules.Request) rules.Reading {
		for _, in := range ins {
			if got := r.Read(in); got.Value != nil || got.Unknown != nil {
				return got
			}
		}
		return rules.Reading{}
	}, ins...)
}

// orElse is an expression that gives an input, or a text where that is not there.
func orElse(text string, in rules.Input) rules.Input {
	return expression("or else "+text, func(r *rules.Request) rules.Reading {
		if got := r.Read(in); got.Value != nil || got.Unknown != nil {
			return got
		}
		return rules.Reading{Value: source.NewString(text)}
	}, in)
}

// constant is an expression that reads nothing.
func constant(value string) rules.Input {
	return expression("'"+value+"'", func(*rules.Request) rules.Reading {
		return rules.Reading{Value: source.NewString(value)}
	})
}

// saying is an expression that is true where a function of a claim's text is.
func saying(words, name string, says func(value string) bool) rules.Predicate {
	in := rules.Claim(name)
	return rules.Predicate{
		Op: rules.True,
		Input: expression(words, func(r *rules.Request) rules.Reading {
			got := r.Read(in)
			if got.Unknown != nil {
				return got
			}
			value, _ := got.Value.Str()
			result := fmt.Sprint(says(value))
			return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: result}}
		}, in),
	}
}

// startsLike is an expression that compares the beginning of a claim.
func startsLike(name, start string) rules.Predicate {
	return saying(name+" startsWith '"+start+"'", name, func(value string) bool {
		return strings.HasPrefix(value, start)
	})
}

// unclearExpression is an expression on a claim that can't be evaluated.
func unclearExpression(name string) rules.Predicate {
	in := expression("unclear(claims."+name+")", func(*rules.Request) rules.Reading {
		return rules.Reading{Unknown: &rules.Unknown{}}
	}, rules.Claim(name))
	return rules.Predicate{Op: rules.True, Input: in}
}

// known is a text that a file has.
func known(value string) entra.Text { return entra.Text{Value: value} }

// orders is the registration of an API, as an application id, a URI, a version, and permissions.
func orders(version string) *entra.Registration {
	return &entra.Registration{
		Name: known("orders"), AppID: known(ourApp), URIs: []entra.Text{known(ourAudience)},
		SignIn: known("AzureADMyOrg"), Version: known(version),
		Scopes: []entra.Permission{
			{Value: known("Orders.Read")},
			{Value: known("Orders.Manage"), AdminOnly: true},
			{Value: known("Orders.Old"), Disabled: true},
		},
		Roles: []entra.Permission{{Value: known("Read"), Apps: true}},
	}
}

// finding is what a rule has to find: the severity, the field that it points at, and a part of
// its message.
type finding struct {
	severity    rules.Severity
	field, says string
}

// row is a row of a rule's table: what it looks at, and what it finds.
type row struct {
	subject *rules.Subject
	want    []finding
}

func errorAt(field, says string) []finding   { return []finding{{rules.Error, field, says}} }
func warningAt(field, says string) []finding { return []finding{{rules.Warning, field, says}} }
func noteAt(field, says string) []finding    { return []finding{{rules.Note, field, says}} }

// finds holds a rule to its table.
func finds(t *testing.T, rule rules.Rule, rows map[string]row) {
	t.Helper()
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Run([]rules.Rule{rule}, row.subject)
			if !slices.EqualFunc(got, row.want, func(f rules.Finding, want finding) bool {
				return f.Rule == rule.Name && f.Severity == want.severity &&
					f.Field == want.field && strings.Contains(f.Message, want.says)
			}) {
				for _, f := range got {
					t.Errorf("found: %s %s at %q, line %d: %s",
						f.Severity, f.Rule, f.Field, f.Pos.Line, f.Message)
				}
				t.Errorf("want: %q", row.want)
			}
		})
	}
}
