package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// View is what one gateway's checks can see of a token. Tokens that agree on it get the same verdict.
type View struct {
	policies  []*rules.Policy
	contracts *rules.Contracts
	listed    map[string]bool // the clients with a contract: there may be many, and more who ask

	claims   []string // that are read, in order
	all      bool     // any claim may be read
	headers  []string // members of the token's header that are read
	blank    *inspect.Token
	opaques  opaques                  // that read the client's id
	literals []string                 // that claims are compared with
	texts    texts                    // by the claim that they are compared with
	bound    map[string][]rules.Input // what the checks that bind a name read
	caller   callerInputs             // what the token's holder writes beside it
}

// NewView looks into the checks of a gateway's policies. Contracts may be nil, where they are not known.
func NewView(policies []*rules.Policy, contracts *rules.Contracts) *View {
	v := &View{policies: policies, contracts: contracts, texts: textsOf(policies), bound: map[string][]rules.Input{}}
	v.caller = callerInputsOf(policies)
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

func (v *View) see(check *rules.Check) {
	if check.Binds != "" {
		v.bound[check.Binds] = check.Reads()
	}
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

// seePredicate collects literals, and notes where an expression reads the client's id.
func (v *View) seePredicate(p rules.Predicate) {
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
func (v *View) class(id string, identity bool) string {
	if v.readsID(identity) {
		return id
	}
	var b strings.Builder
	v.compare(id, &b)
	v.makes(id, identity, &b)
	return b.String()
}

// key is what the checks see of a token but for its client.
func (v *View) key(t *Token) string {
	var b strings.Builder
	for _, name := range v.claims {
		b.WriteString(t.fact(name))
		b.WriteByte(0)
	}
	if t.doubt != "" {
		b.WriteByte('?')
	}
	return b.String()
}

// fact is what a claim holds, in short; of the client's id, that there is one; of a claim that is still to be chosen, who chooses.
func (t *Token) fact(name string) string {
	value, open := t.look(name)
	switch {
	case open && t.user:
		return "*u" + string('0'+rune(t.freedom))
	case open:
		return "*" + string('0'+rune(t.freedom))
	case value == nil:
		return "-"
	case isClient(name), t.identity && name == "aud":
		return "+"
	case value.Kind == source.Unknown && value.Present:
		return "?+"
	case value.Kind == source.Unknown:
		return "?"
	}
	return value.JSON()
}

// Contracts are the gateway's; nil where they are not known.
func (v *View) Contracts() *rules.Contracts { return v.contracts }

// HasContract reports whether a client has a contract for sure.
func (v *View) HasContract(client string) bool {
	return v.contracts != nil && v.contracts.Has(client) == rules.Yes
}
