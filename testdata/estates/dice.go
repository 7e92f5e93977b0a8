package estates

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// Dice makes random registrations and checks.
type Dice struct{ *rand.Rand }

// Roll is the dice of a seed.
func Roll(seed, stream uint64) Dice { return Dice{rand.New(rand.NewPCG(seed, stream))} }

// Of is one of some texts.
func (d Dice) Of(texts ...string) string { return texts[d.IntN(len(texts))] }

// Often is true in two of three cases.
func (d Dice) Often() bool { return d.IntN(3) > 0 }

// IDs is how many ids there are: few, so that they meet in policies and contracts.
const IDs = 12

// ID is the id of that number.
func ID(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-000000000000", n) }

// ID is one of the ids.
func (d Dice) ID() string { return ID(d.IntN(IDs)) }

// Directory is two registrations, a service principal and an assignment.
func (d Dice) Directory() string {
	return strings.Join([]string{
		d.registration(), d.registration(), d.principal(),
		`{"principalId":"` + d.Of("p1", "p9") + `","resourceId":"` + d.Of("p2", "p9") +
			`","appRoleId":"` + d.Of("r1", "r9") + `"}`,
	}, ",")
}

func (d Dice) registration() string {
	uri := d.Of("api://a", "api://b", "https://x.example/a")
	who := d.Of("AzureADMyOrg", "AzureADMyOrg", "AzureADMultipleOrgs")
	text := `{"appId":"` + d.ID() + `","identifierUris":["` + uri + `"]` +
		`,"signInAudience":"` + who + `","isFallbackPublicClient":` + d.Of("true", "false")
	if d.Often() {
		text += `,"api":{"requestedAccessTokenVersion":` + d.Of("1", "2", "null") +
			`,"acceptMappedClaims":` + d.Of("true", "false") +
			`,"oauth2PermissionScopes":[{"id":"s1","value":"` + d.Of("A.Access", "B.Access") +
			`","type":"` + d.Of("User", "Admin") + `"},{"id":"s2","value":"Read"}]}`
	}
	if d.Often() {
		text += `,"appRoles":[{"id":"r1","value":"` + d.Of("A.Write", "B.Write") +
			`","allowedMemberTypes":["` + d.Of("User", "Application") + `"]}]`
	}
	if d.Often() {
		text += `,"requiredResourceAccess":[{"resourceAppId":"` + d.ID() +
			`","resourceAccess":[{"id":"` + d.Of("r1", "s1", "s2") +
			`","type":"` + d.Of("Role", "Scope") + `"}]}]`
	}
	if d.Often() {
		text += `,"optionalClaims":{"accessToken":[{"name":"` +
			d.Of("idtyp", "email", "acct") + `"}]}`
	}
	return text + "}"
}

func (d Dice) principal() string {
	return `{"appId":"` + d.ID() + `","id":"` + d.Of("p1", "p2") +
		`","appRoleAssignmentRequired":` + d.Of("true", "false") + `}`
}

// Predicate combines inputs with operators that compare them with texts.
func (d Dice) Predicate(depth int, input func() rules.Input, text func() string) rules.Predicate {
	if depth > 0 && d.IntN(3) == 0 {
		parts := []rules.Predicate{
			d.Predicate(depth-1, input, text), d.Predicate(depth-1, input, text),
		}
		return rules.Predicate{Op: []rules.Op{rules.And, rules.Or}[d.IntN(2)], Of: parts}
	}
	if depth > 0 && d.IntN(4) == 0 {
		return rules.Negate(d.Predicate(depth-1, input, text))
	}
	ops := []rules.Op{
		rules.Equals, rules.OneOf, rules.Contains, rules.HasAll, rules.HasAny, rules.Present,
		rules.Prefix, rules.Suffix, rules.Matches, rules.OneOf,
	}
	in, literal := input(), text()
	half := len(literal) / 2
	if half < 8 {
		half = 0 // a short part may be that of any id
	}
	p := rules.Predicate{Op: ops[d.IntN(len(ops))], Input: in, Values: rules.Literals(literal)}
	switch {
	case p.Op == rules.Prefix:
		p.Values = rules.Literals(literal[:len(literal)-half])
	case p.Op == rules.Suffix:
		p.Values = rules.Literals(literal[half:])
	case p.Op == rules.Matches:
		pattern, _ := rules.WholePattern("[^/]*" + regexp.QuoteMeta(literal[half:]))
		p.Values, p.Texts = nil, &rules.Texts{Patterns: []*regexp.Regexp{pattern}}
	case p.Op == rules.OneOf && d.Often():
		p.Values = rules.Literals(strings.ToUpper(literal) + "/")
		p.Texts = &rules.Texts{FoldCase: true, SlashAlike: true}
	}
	return p
}

// Contracts are two of the ids, of a list that is perhaps not whole.
func (d Dice) Contracts() *rules.Contracts {
	return &rules.Contracts{IDs: []string{d.ID(), d.ID()}, Partial: d.IntN(4) == 0}
}

// Signed is the check of signatures with the keys that all tenants share.
func Signed() *rules.Check {
	key := &rules.Key{URL: "https://login.microsoftonline.com/common/discovery/keys"}
	return &rules.Check{
		ID: rules.Signature, Test: rules.Predicate{Op: rules.Verifies, Key: key},
	}
}

// Contracted are the checks that read a client id and look up its contract.
func Contracted(client rules.Input) []*rules.Check {
	bound := rules.Input{Source: rules.FromBound, Name: "client"}
	return []*rules.Check{
		{
			ID: rules.ClientID, Test: rules.Has(client), Binds: "client",
			Answer: rules.Answer{Status: 403},
		},
		{
			ID: rules.Contract, Test: rules.Predicate{Op: rules.Listed, Input: bound},
			Answer: rules.Answer{Status: 403},
		},
	}
}
