package envoy

import (
	"encoding/json"
	"fmt"
	"strings"
)

// RBAC is envoy.extensions.filters.http.rbac.v3.RBAC.
type RBAC struct {
	Rules                 *rules
	ShadowRules           json.RawMessage // decide nothing
	ShadowRulesStatPrefix string
}

type rules struct {
	Action   string // ALLOW where it is empty
	Policies map[string]struct{ Permissions, Principals []rule }
}

// rule is a Permission or a Principal of envoy.config.rbac.v3.
type rule struct {
	Any              *bool
	AndRules, AndIds *set
	OrRules, OrIds   *set
	NotRule, NotID   *rule
	Header           *headerMatcher
	URLPath          *struct{ Path stringMatcher }
	URITemplate      *template
	Metadata         *metadataMatcher

	// These depend on the connection.
	Authenticated, DirectRemoteIP, RemoteIP, DestinationIP, DestinationPort json.RawMessage
	RequestedServerName                                                     json.RawMessage
}

type set struct{ Rules, Ids []rule }

// ReadRBAC reads the configuration of the filter.
func ReadRBAC(text []byte) (*RBAC, error) {
	f := &RBAC{}
	return f, strictly(text, f)
}

// badCustom is in the name of a policy that stands for a provider that the mesh does not have.
const badCustom = "bad-CUSTOM-action"

// Allows says whether the filter lets a request pass, whose payload has that name in the metadata.
func (f *RBAC) Allows(r *Request, payload string) (Truth, error) {
	if f.Rules == nil {
		return Yes, nil
	}
	matched := No
	for name, p := range f.Rules.Policies {
		holds := func(one *rule) Truth { return one.matches(r, payload) }
		policy := min(some(p.Permissions, holds), some(p.Principals, holds))
		if strings.Contains(name, badCustom) {
			policy = min(policy, Maybe)
		}
		matched = max(matched, policy)
	}
	switch f.Rules.Action {
	case "", "ALLOW":
		return matched, nil
	case "DENY":
		return -matched, nil
	case "LOG":
		return Yes, nil
	}
	return Maybe, fmt.Errorf("action %s", f.Rules.Action)
}

// AsksElsewhere reports whether the filter stands for a provider that is asked before the others.
func (f *RBAC) AsksElsewhere() bool {
	if f.Rules == nil {
		return false
	}
	for name := range f.Rules.Policies {
		if strings.Contains(name, badCustom) {
			return true
		}
	}
	return false
}

func (p *rule) matches(r *Request, payload string) Truth {
	holds := func(one *rule) Truth { return one.matches(r, payload) }
	switch {
	case p.Any != nil:
		return truth(*p.Any)
	case p.AndRules != nil:
		return every(p.AndRules.Rules, holds)
	case p.AndIds != nil:
		return every(p.AndIds.Ids, holds)
	case p.OrRules != nil:
		return some(p.OrRules.Rules, holds)
	case p.OrIds != nil:
		return some(p.OrIds.Ids, holds)
	case p.NotRule != nil:
		return -holds(p.NotRule)
	case p.NotID != nil:
		return -holds(p.NotID)
	case p.Header != nil:
		return p.Header.matches(r)
	case p.URLPath != nil:
		return truth(p.URLPath.Path.matches(r.path()))
	case p.URITemplate != nil:
		return p.URITemplate.matches(r.path())
	case p.Metadata != nil:
		return p.Metadata.matches(r, payload)
	}
	return Maybe
}
