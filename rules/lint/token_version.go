package lint

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// versions are those of access tokens.
func versions() []entra.Version { return []entra.Version{entra.V1, entra.V2} }

// evidence is the version of the tokens that a policy is made for, and how we know it.
type evidence struct {
	version entra.Version
	because string
}

// tokenVersion is the version of the policy's tokens. The app registration decides where there is
// one. Else the issuer or the ver claim that the policy wants does. It is not ok for a policy that
// accepts both versions.
func tokenVersion(s *rules.Subject, p *rules.Policy) (evidence, bool) {
	if ev, ok := registeredVersion(s); ok {
		return ev, true
	}
	var named, written []entra.Version
	_, texts := wantedOf(p, "ver")
	for _, text := range texts {
		named = append(named, versionNamed(text))
	}
	_, issuers := issuersOf(s, p)
	for _, issuer := range issuers {
		written = append(written, issuer.Version)
	}
	if v, ok := onlyVersion(named); ok {
		return evidence{v, "the policy wants ver " + v.String()}, true
	}
	v, ok := onlyVersion(written)
	if !ok {
		return evidence{version: v}, false
	}
	return evidence{v, "the policy wants the issuer of v" + v.String() + " tokens"}, true
}

// registeredVersion is the version of the API's tokens as its app registration has it.
func registeredVersion(s *rules.Subject) (evidence, bool) {
	if s.App == nil {
		return evidence{}, false
	}
	version, ok := s.App.TokenVersion()
	because := fmt.Sprintf("the app registration %s gives its API v%s tokens",
		s.App.Title(), version)
	return evidence{version, because}, ok
}

// onlyVersion returns the version that all of them are. It is not ok where there are several, or
// none.
func onlyVersion(all []entra.Version) (entra.Version, bool) {
	all = slices.Compact(all)
	if len(all) != 1 || !slices.Contains(versions(), all[0]) {
		return entra.V1, false
	}
	return all[0], true
}

// versionNamed is the version that ver names; 0 where no token has that ver.
func versionNamed(ver string) entra.Version {
	for _, v := range versions() {
		if v.String() == ver {
			return v
		}
	}
	return 0
}
