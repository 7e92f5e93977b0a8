package lint

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// sharing is what rules work out for each other about one subject.
type sharing struct {
	policies []*rules.Policy // that decide on tokens and are in force
	facts    map[*rules.Policy]*facts
	met      map[*rules.Policy]*exposed // the policies that a request to one of them meets
	alone    map[*rules.Check]*exposed
	never    *[]*rules.Check // whose expressions can't be evaluated; nil until somebody asks
}

// facts is what a policy says of whose tokens it wants.
type facts struct {
	keys    keyFacts
	issuers issuerFacts
}

// sharingKey is under which the rules of this package share.
type sharingKey struct{}

// shared is what is known of a subject by now.
func shared(s *rules.Subject) *sharing {
	if known, ok := s.Shared[sharingKey{}].(*sharing); ok {
		return known
	}
	known := &sharing{
		facts: map[*rules.Policy]*facts{}, met: map[*rules.Policy]*exposed{},
		alone: map[*rules.Check]*exposed{},
	}
	for _, p := range s.Policies {
		if judges(p) && !p.When.Disabled {
			known.policies = append(known.policies, p)
		}
	}
	if s.Shared == nil {
		s.Shared = map[any]any{}
	}
	s.Shared[sharingKey{}] = known
	return known
}

// factsOf is what is known of a policy of the subject.
func factsOf(s *rules.Subject, p *rules.Policy) *facts {
	all := shared(s).facts
	known := all[p]
	if known == nil {
		known = &facts{keys: readKeys(p), issuers: readIssuers(p)}
		all[p] = known
	}
	return known
}

// neverEvaluated lists the checks whose expressions can't be evaluated.
func (k *sharing) neverEvaluated(s *rules.Subject) []*rules.Check {
	if k.never == nil {
		never := issued.NeverEvaluated(s.Policies)
		k.never = &never
	}
	return *k.never
}
