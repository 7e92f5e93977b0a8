package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
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

// keyFacts is the check that verifies signatures with key sets at URLs, those URLs, and those of
// them that are Entra ID's; nothing where the policy verifies otherwise.
type keyFacts struct {
	check     *rules.Check
	addresses []string
	sets      []entra.KeysAddress
}

func readKeys(p *rules.Policy) keyFacts {
	c := find(p, rules.Signature)
	if !inForce(c) || c.Test.Key == nil || c.Test.Key.URL == "" {
		return keyFacts{}
	}
	known := keyFacts{check: c, addresses: c.Test.Key.Addresses()}
	for _, address := range known.addresses {
		if keys, ok := entra.ParseKeysURL(address); ok {
			known.sets = append(known.sets, keys)
		}
	}
	return known
}

// keysOf returns the check that verifies signatures with key sets at URLs, and those URLs; none
// where it verifies otherwise.
func keysOf(s *rules.Subject, p *rules.Policy) (*rules.Check, []string) {
	known := &factsOf(s, p).keys
	return known.check, known.addresses
}

// entraKeysOf returns the check that verifies signatures, and those of its key sets that are Entra
// ID's; all says that it has no others.
func entraKeysOf(
	s *rules.Subject, p *rules.Policy,
) (c *rules.Check, sets []entra.KeysAddress, all bool) {
	known := &factsOf(s, p).keys
	return known.check, slices.Clip(known.sets), len(known.sets) == len(known.addresses)
}

// issuerFacts is the check that pins the issuer, and those of Entra ID among the issuers that it
// accepts.
type issuerFacts struct {
	check   *rules.Check
	texts   []string
	issuers []entra.Issuer
}

func readIssuers(p *rules.Policy) issuerFacts {
	var known issuerFacts
	known.check, known.texts = wantedOf(p, "iss")
	for _, text := range known.texts {
		if issuer, ok := entra.ParseIssuer(text); ok {
			known.issuers = append(known.issuers, issuer)
		}
	}
	return known
}

// issuersOf returns the check that pins the issuer, and those of Entra ID among the issuers that
// it accepts.
func issuersOf(s *rules.Subject, p *rules.Policy) (*rules.Check, []entra.Issuer) {
	known := &factsOf(s, p).issuers
	return known.check, slices.Clip(known.issuers)
}

// isB2C reports whether a key set is that of Azure AD B2C or External ID, as far as its address
// shows it.
func isB2C(k entra.KeysAddress) bool {
	return k.Kind != entra.Workforce || strings.Contains(strings.ToLower(k.Tenant), "b2c")
}

// isEntra reports whether the file says that the policy's tokens are Entra ID's.
func isEntra(s *rules.Subject, p *rules.Policy) bool {
	if _, issuers := issuersOf(s, p); len(issuers) > 0 {
		return true
	}
	_, sets, all := entraKeysOf(s, p)
	return all && len(sets) > 0
}

// workforce reports whether the file says that the policy's tokens are those of Entra ID proper:
// Azure AD B2C and External ID have other issuers.
func workforce(s *rules.Subject, p *rules.Policy) bool {
	_, sets, all := entraKeysOf(s, p)
	if slices.ContainsFunc(sets, isB2C) {
		return false
	}
	if _, issuers := issuersOf(s, p); len(issuers) > 0 {
		return issuers[0].Kind == entra.Workforce
	}
	return all && len(sets) > 0
}

// ofAnotherIssuer reports whether the file says that the policy's tokens are not Entra ID's, as
// far as a name can: Azure AD B2C may have a host of the tenant's own.
func ofAnotherIssuer(s *rules.Subject, p *rules.Policy) bool {
	known := factsOf(s, p)
	return (len(known.keys.addresses) > 0 || len(known.issuers.texts) > 0) &&
		len(known.keys.sets) == 0 && !isEntra(s, p)
}
