package amend

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
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

// Repairable lists the rules that hold for each gateway whose findings Finding can repair.
func Repairable() []string {
	return []string{
		"issuer-not-pinned", "issuer-of-other-version", "audience-not-checked",
		"any-client-accepted", "audience-form-mismatch", "audience-never-issued",
		"audience-not-of-app",
	}
}

// Finding is the change that may remove a finding; empty where that is not about a provider. That
// no issuer is pinned may be found where a principal is compared, which a provider writes.
func (e *Editor) Finding(goal rules.Goal) rules.Change {
	for i := range e.Providers {
		if w := &e.Providers[i]; w.holds(goal.Finding) {
			return e.repair(w, goal)
		}
	}
	if len(e.Providers) == 1 && goal.Finding.Rule == "issuer-not-pinned" {
		return e.pinIssuer(&e.Providers[0], goal.Facts)
	}
	return rules.Change{}
}

// holds reports whether a finding is in what a provider is written with.
func (w *Written) holds(f *rules.Finding) bool {
	return f.Pos.File == w.File.Name && w.Value.Span.Start <= f.Span.Start &&
		f.Span.End <= w.Value.Span.End
}

func (e *Editor) repair(w *Written, goal rules.Goal) rules.Change {
	switch goal.Finding.Rule {
	case "issuer-not-pinned":
		return e.pinIssuer(w, goal.Facts)
	case "issuer-of-other-version":
		return e.otherIssuer(w, goal.Facts)
	case "audience-not-checked", "any-client-accepted":
		return e.audience(w, goal.Facts.Audience)
	case "audience-form-mismatch", "audience-never-issued", "audience-not-of-app":
		return e.otherAudience(w, goal)
	}
	return rules.Change{}
}

// pinIssuer writes the tenant's issuer where there is none.
func (e *Editor) pinIssuer(w *Written, facts rules.Facts) rules.Change {
	change := rules.Change{ID: "pin-issuer", Title: "accept tokens of the tenant's issuer only"}
	tenant, version := facts.Tenant, facts.Version
	if known := entra.TenantOfKeys(w.keysURL()); tenant == "" && entra.IsGUID(known) {
		tenant = known
	}
	if version == 0 {
		version = w.versionOfAudiences()
	}
	if version == 0 && facts.Audience != "" && !entra.IsGUID(facts.Audience) {
		version = entra.V1
	}
	if w.Issuer != "" || w.IssuerDoubt != nil {
		change.Refused = "write the issuer by hand: where it is to go is not plain"
		return change
	}
	if version == 0 {
		change.Refused = "whether the API's tokens are v1.0 or v2.0 is not known, and their " +
			"issuers differ"
		change.Needs = []source.Need{
			{Input: source.NeedTokenVersion, For: "which issuer the API's tokens have"},
		}
	}
	if tenant == "" {
		change.Refused = "the tenant's id is not known"
		needed := source.Need{Input: source.NeedTenant, For: "whose tokens are accepted"}
		change.Needs = append([]source.Need{needed}, change.Needs...)
	}
	if change.Refused != "" {
		return change
	}
	issuer := entra.IssuerURL(w.cloud(facts), tenant, version)
	return e.Change(change.ID, change.Title, w.withIssuer(issuer))
}

// otherIssuer writes the issuer of the tenant's tokens of the other version.
func (e *Editor) otherIssuer(w *Written, facts rules.Facts) rules.Change {
	change := rules.Change{
		ID: "issuer-as-issued", Title: "write the issuer as the tokens have it",
	}
	now, ok := entra.ParseIssuer(w.Issuer)
	if !ok || len(now.Clouds) == 0 {
		change.Refused = "write the issuer by hand: it is not one of Entra ID's"
		return change
	}
	version := entra.V1
	if now.Version == entra.V1 {
		version = entra.V2
	}
	cloud, _ := now.CloudNamed(w.cloud(facts).ID)
	return e.Change(change.ID, change.Title,
		w.withIssuer(entra.IssuerURL(cloud, now.Tenant, version)))
}

// cloud is the one that the user names, else that of the keys, else the public one.
func (w *Written) cloud(facts rules.Facts) entra.Cloud {
	if named, ok := entra.CloudByID(facts.Cloud); ok {
		return named
	}
	if of, ok := entra.ParseKeysURL(w.keysURL()); ok {
		return of.Cloud
	}
	return entra.Clouds()[0]
}

// versionOfAudiences is the version of the tokens that have the audiences of a provider; 0 where
// that is not known. Those of v2.0 tokens are application ids, which v1.0 tokens may have too.
func (w *Written) versionOfAudiences() entra.Version {
	for _, v := range w.Audiences {
		if !entra.IsGUID(v.Text) {
			return entra.V1
		}
	}
	return 0
}

// audience accepts tokens for an audience alone, or for one more.
func (e *Editor) audience(w *Written, audience string) rules.Change {
	if audience == "" {
		return withoutAudience(rules.Change{
			ID: "check-audience", Title: "check the API's audience",
		})
	}
	have := w.audiences()
	if len(have.At.List()) > 0 {
		return e.Change("accept-audience", "accept tokens for "+audience,
			kubernetes.Appended(w.File, have, audience))
	}
	return e.Change("check-audience", "accept tokens for "+audience+" only",
		w.withAudience(audience))
}

// otherAudience puts the API's audience in the place of one that its tokens never have.
func (e *Editor) otherAudience(w *Written, goal rules.Goal) rules.Change {
	change := rules.Change{ID: "set-audience", Title: "accept the API's audience"}
	have := w.audiences()
	i := slices.IndexFunc(have.Values, func(v *source.Value) bool {
		return v.Pos == goal.Finding.Pos
	})
	switch {
	case i < 0 && len(have.Values) != 1:
		change.Refused = "which of several audiences is to go only who wrote them knows"
		return change
	case goal.Facts.Audience == "":
		return withoutAudience(change)
	}
	return e.Change(change.ID, "accept tokens for "+goal.Facts.Audience, kubernetes.Replaced(
		w.File, have.Values[max(i, 0)], have.Field, goal.Facts.Audience))
}

// withoutAudience is a change that can't be made as long as nobody says what the API is called.
func withoutAudience(change rules.Change) rules.Change {
	change.Refused = "the audience of the API's tokens is not known"
	change.Needs = []source.Need{{Input: source.NeedAudience, For: "the API's audience"}}
	return change
}
