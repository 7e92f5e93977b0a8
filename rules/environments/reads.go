package environments

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// view is what one environment's checks can see of a token. Tokens that agree on it get the same verdict.
type view struct {
	policies  []*rules.Policy
	contracts *rules.Contracts

	claims     []string // that are read, in order
	headers    []string // members of the token's header that are read
	clientText bool     // an expression reads the client's id, so that every id counts for itself
	literals   []string // that claims are compared with
}

// newView looks into the checks of a site's policies.
func newView(policies []*rules.Policy, contracts *rules.Contracts) *view {
	v := &view{policies: policies, contracts: contracts}
	for _, policy := range policies {
		if policy.When.Disabled {
			continue
		}
		for _, check := range policy.Checks() {
			v.see(check)
		}
	}
	slices.Sort(v.claims)
	v.claims = slices.Compact(v.claims)
	return v
}

func (v *view) see(check *rules.Check) {
	for _, in := range check.Reads() {
		if in.Source == rules.FromHeader {
			v.headers = append(v.headers, in.Name)
		}
		switch name := claimOf(in); name {
		case "":
		case "*":
			v.claims = append(v.claims, shown[:]...)
			v.clientText = true
		default:
			v.claims = append(v.claims, name)
		}
	}
	if check.Skip == "" && check.Unknown == nil {
		v.seePredicate(check.Test)
	}
}

// claimOf is the claim that an input gives, or that the modelled answer of a validation endpoint takes it from.
func claimOf(in rules.Input) string {
	switch {
	case in.Source == rules.FromClaim:
		return in.Name
	case in.Source == rules.FromIntrospection && in.Name == "scope":
		return "scp"
	case in.Source == rules.FromIntrospection && in.Name == "active":
		return "exp"
	case in.Source == rules.FromIntrospection:
		return in.Name
	}
	return ""
}

// seePredicate collects literals, and notes where an expression reads the client's id.
func (v *view) seePredicate(p rules.Predicate) {
	for _, part := range p.Of {
		v.seePredicate(part)
	}
	for _, literal := range p.Values {
		v.literals = append(v.literals, literal.Text)
	}
	for _, in := range p.Reads() {
		if p.Input.Opaque != nil && isClient(claimOf(in)) {
			v.clientText = true
		}
	}
}

func isClient(claim string) bool { return claim == "appid" || claim == "azp" }

// class is what the checks can tell of a client's id: which literals it equals or holds, and whether it has a contract.
func (v *view) class(id string) string {
	if v.clientText {
		return id
	}
	var b strings.Builder
	for _, literal := range v.literals {
		switch {
		case id == literal:
			b.WriteByte('=')
		case strings.Contains(id, literal):
			b.WriteByte('~')
		default:
			b.WriteByte('-')
		}
	}
	if v.contracts != nil {
		b.WriteByte("n?y"[1+v.contracts.Has(id)])
	}
	return b.String()
}

// key is what the checks see of a sample but for its client.
func (v *view) key(s *sample) string {
	var b strings.Builder
	for _, name := range v.claims {
		value := s.claim(name)
		switch {
		case value == nil:
			b.WriteByte('-')
		case isClient(name):
			b.WriteByte('+')
		case value.Kind == source.Unknown:
			b.WriteByte('?')
		default:
			b.WriteString(value.JSON())
		}
		b.WriteByte(0)
	}
	if s.audience.doubt != "" {
		b.WriteByte('?')
	}
	return b.String()
}
