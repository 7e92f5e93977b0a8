package amend

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// Written is a provider, and where a file has it. Its issuer and its audiences are members of it
// by these names.
type Written struct {
	*envoy.Provider
	File  *source.File
	Value *source.Value
	Path  string // "jwtRules[0]."
}

func (w *Written) audiences() kubernetes.List {
	return kubernetes.ListIn(w.Value, w.Path, "audiences")
}

// withIssuer is the step that writes an issuer.
func (w *Written) withIssuer(issuer string) kubernetes.Step {
	return kubernetes.Set(w.File, w.Value, w.Path, "issuer", issuer)
}

// withAudience is the step that has a provider take an audience alone.
func (w *Written) withAudience(audience string) kubernetes.Step {
	return kubernetes.Listed(w.File, w.Value, w.Path, "audiences", audience)
}

// keysURL is the address that the keys are fetched from; empty where the policy has them itself.
func (w *Written) keysURL() string {
	if w.Key == nil {
		return ""
	}
	return w.Key.URL
}

// Editor makes changes of the providers of one filter.
type Editor struct {
	kubernetes.Changer
	Providers []Written
}

// providerFor is the provider that a token of an issuer is for.
func (e *Editor) providerFor(issuer string) (*Written, bool) {
	return e.first(func(w *Written) bool { return w.Issuer == issuer || w.Issuer == "" })
}

// ofTenant is the provider for the tokens of an issuer's tenant.
func (e *Editor) ofTenant(issuer string) (*Written, bool) {
	one, ok := entra.ParseIssuer(issuer)
	return e.first(func(w *Written) bool {
		other, also := entra.ParseIssuer(w.Issuer)
		return ok && also && one.Tenant != "" && one.Tenant == other.Tenant
	})
}

func (e *Editor) first(is func(*Written) bool) (*Written, bool) {
	i := slices.IndexFunc(e.Providers, func(w Written) bool { return is(&w) })
	if i < 0 {
		return nil, false
	}
	return &e.Providers[i], true
}
