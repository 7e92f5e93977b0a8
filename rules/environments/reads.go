package environments

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// view is what one environment's checks can see of a token. Tokens that agree on it get the same verdict.
type view struct {
	policies  []*rules.Policy
	contracts *rules.Contracts
	listed    map[string]bool // the clients with a contract: there may be many, and more who ask

	claims   []string // that are read, in order
	all      bool     // any claim may be read
	headers  []string // members of the token's header that are read
	blank    *inspect.Token
	opaques  opaques  // that read the client's id
	literals []string // that claims are compared with
	chosen   chosen   // what the token's holder writes beside it
}

// newView looks into the checks of a site's policies.
func newView(policies []*rules.Policy, contracts *rules.Contracts) *view {
	v := &view{policies: policies, contracts: contracts, chosen: chosenBy(policies)}
	if contracts != nil {
		v.listed = make(map[string]bool, len(contracts.IDs))
		for _, id := range contracts.IDs {
			v.listed[id] = true
		}
	}
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
	v.blank = blank(v.headers)
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
			v.claims, v.all = append(v.claims, shown[:]...), true
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
	if p.Input.Opaque != nil {
		v.seeExpression(p.Input.Opaque)
	}
}

func isClient(claim string) bool { return claim == "appid" || claim == "azp" }

// class is what the checks can tell of a client's id: which literals it equals or holds, and whether it has a contract. Of an ID token it
// is the audience too.
func (v *view) class(id string, identity bool) string {
	if v.readsID(identity) {
		return id
	}
	var b strings.Builder
	v.compare(id, &b)
	v.makes(id, identity, &b)
	return b.String()
}

// key is what the checks see of a sample but for its client.
func (v *view) key(s *sample) string {
	var b strings.Builder
	for _, name := range v.claims {
		b.WriteString(s.fact(name))
		b.WriteByte(0)
	}
	if s.doubt != "" {
		b.WriteByte('?')
	}
	return b.String()
}

// fact is what a claim holds, in short; of the client's id, that there is one.
func (s *sample) fact(name string) string {
	value := s.claim(name)
	switch {
	case value == nil:
		return "-"
	case isClient(name), s.identity && name == "aud":
		return "+"
	case value.Kind == source.Unknown:
		return "?"
	}
	return value.JSON()
}
