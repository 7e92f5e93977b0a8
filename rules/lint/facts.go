package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// sharing is what rules work out for each other about one subject.
type sharing struct {
	policies []*rules.Policy // that decide on tokens and are in force, for some requests
	facts    map[*rules.Policy]*facts
	met      map[*rules.Policy]*exposed // the policies that a request to one of them meets
	alone    map[*rules.Check]*exposed
	closed   map[*exposed]string      // what keeps other tenants out: see closedBy
	said     map[source.Position]bool // errors of rules that say more than others
	never    *[]*rules.Check          // that can't be evaluated; nil until somebody asks
}

// facts is what a policy says of whose tokens it wants.
type facts struct {
	verifies  *rules.Check        // signatures, with key sets at URLs; nil where no check does
	addresses []string            // those URLs
	sets      []entra.KeysAddress // those of them that are Entra ID's

	pins    *rules.Check   // the issuer; nil where no check does
	texts   []string       // the issuers that it accepts
	issuers []entra.Issuer // those of them that are Entra ID's

	version evidence
}

// evidence is the version of the tokens that a policy is made for, and how we know it. It is zero
// where we don't, and for a policy that accepts both versions.
type evidence struct {
	version entra.Version
	because string
}

func (e *evidence) known() bool { return e.because != "" }

// sharingKey is under which the rules of this package share.
type sharingKey struct{}

// shared is what is known of a subject by now.
func shared(s *rules.Subject) *sharing {
	if known, ok := s.Shared[sharingKey{}].(*sharing); ok {
		return known
	}
	known := &sharing{
		facts: map[*rules.Policy]*facts{}, met: map[*rules.Policy]*exposed{},
		alone: map[*rules.Check]*exposed{}, said: map[source.Position]bool{},
		closed: map[*exposed]string{},
	}
	for _, p := range s.Policies {
		if judges(p) && !p.When.Disabled && !nothing(p) {
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
		known = &facts{}
		known.readKeys(p)
		known.readIssuers(p)
		known.version = known.versionOf(s, p)
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

func (f *facts) readKeys(p *rules.Policy) {
	c := find(p, rules.Signature)
	if !inForce(c) || c.Test.Key == nil || c.Test.Key.URL == "" {
		return
	}
	f.verifies, f.addresses = c, c.Test.Key.Addresses()
	for _, address := range f.addresses {
		if keys, ok := entra.ParseKeysURL(address); ok {
			f.sets = append(f.sets, keys)
		}
	}
}

func (f *facts) readIssuers(p *rules.Policy) {
	f.pins, f.texts = wantedOf(p, "iss")
	for _, text := range f.texts {
		if issuer, ok := entra.ParseIssuer(text); ok {
			f.issuers = append(f.issuers, issuer)
		}
	}
}

// versionOf is the version of the policy's tokens. The app registration decides where there is
// one. Else the issuer or the ver claim that the policy wants does.
func (f *facts) versionOf(s *rules.Subject, p *rules.Policy) evidence {
	if s.App != nil {
		if v, ok := s.App.TokenVersion(); ok {
			return evidence{v, fmt.Sprintf("the app registration %s gives its API v%s tokens",
				s.App.Title(), v)}
		}
	}
	var named, written []string
	_, named = wantedOf(p, "ver")
	for _, issuer := range f.issuers {
		written = append(written, issuer.Version.String())
	}
	if v, ok := onlyVersion(named); ok {
		return evidence{v, "the policy wants ver " + v.String()}
	}
	if v, ok := onlyVersion(written); ok {
		return evidence{v, "the policy wants the issuer of v" + v.String() + " tokens"}
	}
	return evidence{}
}

// onlyVersion is the version that all of some texts name. It is not ok where they name several, or
// none.
func onlyVersion(texts []string) (entra.Version, bool) {
	for _, v := range versions() {
		other := func(text string) bool { return text != v.String() }
		if len(texts) > 0 && !slices.ContainsFunc(texts, other) {
			return v, true
		}
	}
	return 0, false
}

// ofEntraOnly reports whether the policy verifies with key sets of Entra ID, and with no others.
func (f *facts) ofEntraOnly() bool { return len(f.sets) > 0 && len(f.sets) == len(f.addresses) }

// isB2C reports whether a key set is that of Azure AD B2C or External ID, as far as its address
// shows it.
func isB2C(k entra.KeysAddress) bool {
	return k.Kind != entra.Workforce || strings.Contains(strings.ToLower(k.Tenant), "b2c")
}

// isEntra reports whether the file says that the policy's tokens are Entra ID's.
func isEntra(s *rules.Subject, p *rules.Policy) bool {
	known := factsOf(s, p)
	return len(known.issuers) > 0 || known.ofEntraOnly()
}

// workforce reports whether the file says that the policy's tokens are those of Entra ID proper:
// Azure AD B2C and External ID have other issuers.
func workforce(s *rules.Subject, p *rules.Policy) bool {
	known := factsOf(s, p)
	switch {
	case slices.ContainsFunc(known.sets, isB2C):
		return false
	case len(known.issuers) > 0:
		return known.issuers[0].Kind == entra.Workforce
	}
	return known.ofEntraOnly()
}

// hasAppOrIsEntra reports whether the policy's tokens are Entra ID's, as the file says, or since
// the API has an app registration there.
func hasAppOrIsEntra(s *rules.Subject, p *rules.Policy) bool {
	return s.App != nil || isEntra(s, p)
}

// mayBeEntra reports whether the file leaves it open that the policy's tokens are Entra ID's, as
// far as a name can: Azure AD B2C may have a host of the tenant's own.
func mayBeEntra(s *rules.Subject, p *rules.Policy) bool {
	known := factsOf(s, p)
	return len(known.addresses)+len(known.texts) == 0 || len(known.sets) > 0 || isEntra(s, p)
}
