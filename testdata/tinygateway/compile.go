package tinygateway

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// leeway is what the gateway's clock may be wrong by.
const leeway = 30 * time.Second

func compile(c *rules.Configuration) rules.Compilation {
	made := rules.Compilation{Named: []string{Name}}
	for _, of := range c.Entries {
		e := of.(*entry)
		made.Policies = append(made.Policies, &rules.Policy{
			Variant: Name, Asset: kind, Name: "Door",
			Product: "Tiny Gateway",
			API:     e.Instance(), Pos: e.door.Pos, Entry: e, Root: e.root(),
		})
	}
	return made
}

// root is: a token, which is not of the issuer that is refused, but of one of the others, and what
// the first rule wants.
func (e *entry) root() rules.Node {
	issuers := rules.Node{
		Any: []rules.Node{}, Answer: answer("no-issuer"),
		Reports: rules.Weightiest,
	}
	if all := e.door.Member("issuers"); all.Is(source.List) {
		issuers.Answer = nil
		for _, issuer := range all.Items {
			issuers.Any = append(issuers.Any, e.issuer(issuer))
		}
	}
	all := []rules.Node{{Check: e.token()}, {Check: e.format()}}
	if refused := e.door.Member("refuses"); refused != nil {
		none := e.issuer(refused)
		all = append(all, rules.Node{Not: &none, Answer: answer("no-rule")})
	}
	return rules.Node{All: append(all, issuers, e.firstRule())}
}

// check starts a check that a field decides. Its place is the field's value, or where there is
// none, its object.
func (e *entry) check(id rules.ID, in *source.Value, field, situation string) *rules.Check {
	at := in.Member(field)
	if at == nil {
		at = in
	}
	return &rules.Check{
		ID: id, Field: field, Pos: at.Pos, Span: shown(at), Answer: *answer(situation),
		Evidence: manual(situation),
	}
}

// shown is what of a value a reader is shown: all of a scalar, the first character of anything
// else.
func shown(v *source.Value) source.Span {
	if v.Kind == source.List || v.Kind == source.Object {
		return source.Span{Start: v.Span.Start, End: v.Span.Start + 1}
	}
	return v.Span
}

func (e *entry) token() *rules.Check {
	check := e.check(rules.TokenPresent, e.door, "token", "no-token")
	token := e.door.Member("token")
	prefix, _ := token.Member("prefix").Str()
	lookup := &rules.Lookup{Several: rules.NoneCounts, Otherwise: answer("not-a-token")}
	for _, in := range []rules.Input{
		{Source: rules.FromHTTP, Name: "header"},
		{Source: rules.FromQuery, Name: "query"},
	} {
		name, ok := token.Member(in.Name).Str()
		if in.Name = name; ok {
			lookup.Locations = append(lookup.Locations, rules.Location{
				Input: in, Prefix: prefix,
				FoldCase: true,
			})
		}
	}
	check.Test = rules.Predicate{Op: rules.Sent, Lookup: lookup}
	return check
}

func (e *entry) format() *rules.Check {
	check := e.check(rules.TokenFormat, e.door, "token", "not-a-token")
	check.Test = rules.Predicate{Op: rules.Readable}
	return check
}

// issuer is what a token of one issuer must have. Of several issuers that do not fit, the gateway
// reports one whose name does.
func (e *entry) issuer(of *source.Value) rules.Node {
	name, _ := of.Member("issuer").Str()
	issuer := e.check(rules.Issuer, of, "issuer", "unknown-issuer")
	issuer.Test = rules.Required(rules.Claim("iss"), rules.Predicate{
		Op: rules.Equals, Input: rules.Claim("iss"), Values: rules.Literals(name),
	})

	audience := e.check(rules.Audience, of, "audiences", "wrong-audience")
	audiences, ok := of.Member("audiences").Strings()
	audience.Test = rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim("aud"), Values: rules.Literals(audiences...),
		Texts: &rules.Texts{SlashAlike: true},
	}
	if !ok {
		audience.Skip = "the issuer has no audiences"
	}

	keys, _ := of.Member("keys").Str()
	signature := e.check(rules.Signature, of, "keys", "bad-signature")
	signature.Test = rules.Predicate{Op: rules.Verifies, Key: &rules.Key{URL: keys}}

	expiry := e.check(rules.Expiry, of, "issuer", "expired")
	expiry.Test = rules.Required(rules.Claim("exp"), rules.Predicate{
		Op: rules.After, Input: rules.Claim("exp"), Leeway: leeway,
	})
	return rules.AllOf(issuer, audience, signature, expiry)
}

// firstRule is the list of rules, and what holds for other paths.
func (e *entry) firstRule() rules.Node {
	first := &rules.First{}
	if list := e.door.Member("rules"); list.Is(source.List) {
		for _, rule := range list.Items {
			first.Branches = append(first.Branches, rules.Branch{
				If:   e.path(rule),
				Then: e.roles(rule),
			})
		}
	}
	if otherwise, _ := e.door.Member("otherwise").Str(); otherwise == "deny" {
		first.Default = rules.Node{Any: []rules.Node{}, Answer: answer("no-rule")}
	}
	return rules.Node{First: first}
}

func (e *entry) path(rule *source.Value) rules.Node {
	path, _ := rule.Member("path").Str()
	check := e.check(rules.Conditional, rule, "path", "no-rule")
	check.Test = rules.Predicate{
		Op: rules.Prefix, Input: rules.RequestInput(rules.RequestPath),
		Values: rules.Literals(path),
	}
	return rules.Node{Check: check}
}

// roles is what a rule asks for. One that asks for none denies.
func (e *entry) roles(rule *source.Value) rules.Node {
	roles, ok := rule.Member("roles").Strings()
	if !ok {
		return rules.Node{Any: []rules.Node{}, Answer: answer("no-rule")}
	}
	check := e.check(rules.CustomClaim, rule, "roles", "missing-role")
	check.Claim = "roles"
	check.Test = rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim("roles"),
		Values: rules.Literals(roles...),
	}
	return rules.Node{Check: check}
}
