package report

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// The bounds of what narrows policies: of how many of them changes are tried, and how many are
// compiled for it, since for each change all of them are.
const (
	mostNarrowed = 10
	mostTried    = 1000
)

func (r *Explainer) repair(x *Explanation) {
	if r.Request.Token == nil {
		return
	}
	why := mustStayOut(r.Request.Profile(), x.Policies)
	if why == "" && x.Foreign != "" {
		why = "it " + x.Foreign
	}
	if why != "" {
		x.Refused = append(x.Refused, builtOnThis(why))
		return
	}
	if aud, of := r.foreignAudience(); aud != "" {
		refused := builtOnThis("it is for " + aud + ", and the app registration of " + of +
			" does not have this audience; pass a token that belongs here, and this one as " +
			"--other")
		if x.Verdict.Outcome == rules.Accepted {
			refused.ID = "narrow-to-this-token"
			refused.Title = "narrow the policy to tokens like this one"
		}
		x.Refused = append(x.Refused, refused)
		return
	}
	sides := &repair.Sides{
		Own: r.Request, Other: r.Other, OneClient: true, Shown: true,
		Facts: rules.Facts{Cloud: r.cloud().ID},
		Most:  max(1, min(mostNarrowed, mostTried/max(1, len(r.Policies.Policies)))),
	}
	if r.Short && x.Verdict.Outcome == rules.Accepted && len(r.Policies.Policies) <= sides.Most {
		sides.Wanted = r.startsSolution
	}
	if r.Other != nil {
		x.Other = sides.On(r.Policies.Policies).Other
	}
	remedies, refused := r.Policies.Remedies(r.Policies.Draft, sides)
	if r.anyTenant(x) {
		kept, others := withoutIssuerOf(r.Request.Profile().Tenant, remedies)
		x.AnyTenant = len(kept) < len(remedies)
		remedies, refused = kept, append(refused, others...)
	}
	x.Refused = append(x.Refused, refused...)
	if role := r.roleOfApp(&x.Verdict); role != "" {
		x.Refused = append(x.Refused, rules.Change{
			ID: "require-role-of-app", Title: "require the role " + role,
			Refused: "this token has no role of its API: assign that one, which the app " +
				"registration of --app defines, to the clients that belong here, and pass a " +
				"token that has it",
		})
	}
	for _, file := range r.Policies.Files {
		x.Repairs = append(x.Repairs, r.repairsOf(file, remedies, x.AnyTenant)...)
	}
}

// builtOnThis is a change that is not offered, since the token must stay out.
func builtOnThis(why string) rules.Change {
	return rules.Change{
		ID: "built-on-this-token", Title: "a change that is built on this token", Refused: why,
	}
}

// anyTenant reports whether tokens of every tenant get past the policies, and nothing says that
// this one, which gets in, is of the user's own.
func (r *Explainer) anyTenant(x *Explanation) bool {
	tenant := r.Request.Profile().Tenant
	if x.Verdict.Outcome != rules.Accepted || r.Other != nil || r.Expect.TenantID() != "" ||
		!entra.IsGUID(tenant) || wantedTenant(x.Policies) != "" {
		return false
	}
	for _, check := range inForce(x.Policies) {
		for _, address := range check.Test.KeyAddresses() {
			if keys, ok := entra.ParseKeysURL(address); ok && keys.Shared() {
				return true
			}
		}
	}
	return false
}

// pinsIssuer is the id of the change that requires the issuer of the token's tenant.
const pinsIssuer = "pin-issuer"

// withoutIssuerOf refuses the remedies that require this tenant's issuer: it may be another
// tenant's than the user's.
func withoutIssuerOf(
	tenant string, remedies []repair.Remedy,
) (kept []repair.Remedy, refused []rules.Change) {
	for _, remedy := range remedies {
		if !strings.Contains(remedy.ID, pinsIssuer) {
			kept = append(kept, remedy)
			continue
		}
		change := remedy.Change
		change.Edited, change.Refused = nil, "nothing says that "+tenant+", the tenant of this "+
			"token, is yours"
		refused = append(refused, change)
	}
	return kept, refused
}

// startsSolution reports whether fix has a solution that a change belongs to: of those that narrow
// the policies of a request which is let in, the ways on name no others.
func (r *Explainer) startsSolution(id string) bool {
	return slices.ContainsFunc(r.Policies.Adapter.Solutions(), func(s rules.Solution) bool {
		return s.Has(id)
	})
}

// roleOfApp is a role that would tell this environment's clients apart, where a token without any
// gets in and no check asks for a role, a client id or a contract; empty where there is none.
func (r *Explainer) roleOfApp(v *rules.Verdict) string {
	app := r.Policies.Apps.Only()
	if app == nil || v.Outcome != rules.Accepted || len(r.Request.Profile().Roles) > 0 {
		return ""
	}
	for i := range v.Results {
		c := v.Results[i].Check
		apart := c.ID == rules.Contract || demandsOneOf(c.Test, "roles", "appid", "azp")
		if c.Skip == "" && apart {
			return ""
		}
	}
	user := r.Request.Profile().Flow == inspect.Delegated
	for _, role := range app.Roles {
		if role.Value.Known() && !role.Disabled && (user && role.Users || !user && role.Apps) {
			return role.Value.Value
		}
	}
	return ""
}

// mustStayOut says why no policy may be changed for the sake of a token; empty where nothing says
// so.
func mustStayOut(profile inspect.Profile, policies []*rules.Policy) string {
	wanted := wantedTenant(policies)
	switch {
	case profile.Kind == inspect.KindID:
		return "it is an ID token, which tells an app who signed in; no API should accept it"
	case profile.HasTrait("microsoft-api"):
		return "it is for " + profile.Resource + "; no other API should accept it"
	case wanted != "" && entra.IsGUID(profile.Tenant) &&
		!strings.EqualFold(wanted, profile.Tenant):
		return "it is from tenant " + profile.Tenant + ", and the policy wants " + wanted
	}
	return ""
}

// demandsOneOf reports whether a test fails for a token without any of some claims.
func demandsOneOf(test rules.Predicate, claims ...string) bool {
	switch test.Op {
	case rules.And:
		return slices.ContainsFunc(test.Of, func(part rules.Predicate) bool {
			return demandsOneOf(part, claims...)
		})
	case rules.Or, rules.Not:
		return false
	}
	return slices.ContainsFunc(test.Reads(), func(in rules.Input) bool {
		return slices.Contains(claims, in.ClaimRead())
	})
}

// repairsOf are the remedies that change a file. Each that starts a solution of fix has the
// command that writes that solution, if fix does. Where nothing says that the token's tenant is
// the user's own, none has that of a solution that requires its issuer too.
func (r *Explainer) repairsOf(
	file *source.File, remedies []repair.Remedy, anyTenant bool,
) []ProvedRepair {
	var all []ProvedRepair
	var changes []rules.Change
	for _, remedy := range remedies {
		if in, _ := remedy.Policy.Entry.Place(); in == file {
			all = append(all, ProvedRepair{Remedy: remedy})
			changes = append(changes, remedy.Change)
		}
	}
	if r.Line.Once {
		return all
	}
	for _, solution := range r.Policies.Adapter.Solutions() {
		if anyTenant && solution.Has(pinsIssuer) {
			continue
		}
		i := solution.Start(changes)
		if i >= 0 && all[i].Command == "" && r.fixes(file, "", solution.Name) {
			all[i].Command = r.fixCommand(file, solution.Name)
		}
	}
	return all
}

// fixCommand is the command that writes a solution, proved on the token.
func (r *Explainer) fixCommand(file *source.File, solution string) string {
	words := given("--solution", solution, Name(source.NeedToken), r.Line.Token)
	if r.Line.Token == "" {
		words = append(words, factFlags(r.facts())...)
	} else if profile := r.Request.Profile(); len(profile.Clouds) > 1 {
		words = append(words, ofCloud(r.cloud())...)
	}
	words = append(words, given(Name(source.NeedContracts), r.Contracts)...)
	return r.Line.Shell.On("fix", []string{file.Name}, append(words, r.readAlike()...)...)
}

// fixRuleCommand is the command that repairs the findings of a rule. It does not ask for the token
// to get in: something else may keep that out.
func (r *Explainer) fixRuleCommand(file *source.File, rule string) string {
	words := append([]string{"--rule", rule}, factFlags(r.facts())...)
	return r.Line.Shell.On("fix", []string{file.Name}, append(words, r.readAlike()...)...)
}

// readAlike are the flags with which fix and lint read the files alike, the API instance first.
func (r *Explainer) readAlike() []string {
	options := r.Policies.options
	words := given("--api", options.API)
	options.API = ""
	return append(words, ReadAlike(options, r.AppFiles)...)
}

func (r *Explainer) facts() rules.Facts {
	profile := r.Request.Profile()
	known := rules.Facts{Tenant: profile.Tenant, Cloud: r.cloud().ID}
	if len(profile.Audience) == 1 {
		known.Audience = profile.Audience[0]
	}
	switch profile.Version {
	case "1.0":
		known.Version = entra.V1
	case "2.0":
		known.Version = entra.V2
	}
	if !entra.IsGUID(known.Tenant) {
		known.Tenant = ""
	}
	return known
}

// factFlags are the flags of fix for what is known of an environment.
func factFlags(f rules.Facts) []string {
	version := ""
	if f.Version != 0 {
		version, _, _ = strings.Cut(f.Version.String(), ".")
	}
	return append(given(
		Name(source.NeedAudience), f.Audience,
		Name(source.NeedTokenVersion), version,
		Name(source.NeedTenant), f.Tenant,
	), ofCloud(CloudNamed(f.Cloud))...)
}

// cloud is that of the token's tenant: as somebody has said, else as the policies' keys and the
// token show it.
func (r *Explainer) cloud() entra.Cloud {
	if r.Expect.Cloud != "" {
		return CloudNamed(r.Expect.Cloud)
	}
	profile := r.Request.Profile()
	return wantedCloud(r.Policies.Policies, cloudOf(&profile))
}

// fixes reports whether fix, called so, has something to print: repairs of a rule's findings, or a
// solution.
func (r *Explainer) fixes(file *source.File, rule, solution string) bool {
	m := &Maker{Gateways: r.Policies.gateways}
	known := rules.Facts{Cloud: r.cloud().ID}
	if r.Line.Token == "" {
		known = r.facts()
	}
	fixer, err := m.newFixer(
		NewJudge(m.Gateways, r.Policies.options, r.Policies.Apps), []*source.File{file},
		r.Policies.Configuration, r.Policies.options, known, solution,
	)
	if err != nil {
		return false
	}
	fixer.Rule = rule
	fixer.Words = func(*rules.Verdict) string { return "" }
	if r.Line.Token != "" {
		own := &rules.Request{
			Token: r.Request.Token, At: whenNew(r.Request.Token, r.Request.At),
			Contracts: r.Request.Contracts, Signatures: fixer.Signatures,
		}
		fixer.Given = append(fixer.Given, repair.Given{Name: "the token given", Request: own})
	}
	fixer.Contracts = r.Request.Contracts
	shown, _, err := fixer.Run()
	return err == nil && shown.Changed
}

// guarded is the app registration of the API, all that may be, and where they are from.
func (r *Explainer) guarded() (app *entra.Registration, all []*entra.Registration, of string) {
	if apps := r.Policies.Apps; apps != nil {
		return apps.Only(), apps.Apps, "--app"
	}
	app = r.Policies.ofEnvironment
	return app, []*entra.Registration{app}, "the environment"
}

// ownAudience is an audience that tokens for the API have, where the token's is foreign.
func (r *Explainer) ownAudience() string {
	if aud, _ := r.foreignAudience(); aud == "" {
		return ""
	}
	app, _, _ := r.guarded()
	return append(app.Names(), app.AppID.Value)[0]
}

// foreignAudience is the token's audience where the app registration of the API has none such, and
// where that registration is from; empty where it may be the API's.
func (r *Explainer) foreignAudience() (audience, of string) {
	sent := r.Request.Profile().Audience
	app, apps, of := r.guarded()
	if app == nil || len(sent) == 0 || entra.WithAudience(apps, sent[0]) != nil {
		return "", ""
	}
	if !app.KnowsURIs() || !app.AppID.Known() {
		return "", ""
	}
	return sent[0], of
}

// HowToCollect is the command that prints how to get what an unknown check asks for, with the ids
// in the policies and the token; empty where there is none.
func (r *Explainer) HowToCollect(need rules.Need) string {
	if need.Input == "" {
		return ""
	}
	if need.Input == source.NeedKeySet {
		if address := keysOfCustomers(r.Policies.Policies); address != "" {
			return r.Line.Shell.fetchKeys(address)
		}
	}
	c, ok := collectionOf(need.Input, collectionsWith(r.Policies.Adapter.Collect(), ""))
	if !ok {
		return ""
	}
	return "gatewhy collect " + c.Name + r.idFlags(&c)
}

// idFlags fill in the ids that a collection's commands have a place for.
func (r *Explainer) idFlags(c *rules.Collection) string {
	flags := ""
	named := func(p *rules.Policy) bool { // and not by an address of Terraform, which is no id
		return IsCollectID(p.API) && !strings.Contains(p.API, ".")
	}
	if i := slices.IndexFunc(r.Policies.Policies, named); i >= 0 && takesID(c, "{api}") {
		flags += " --api " + r.Policies.Policies[i].API
	}
	if profile := r.Request.Profile(); takesID(c, "{tenant}") {
		flags += tenantFlag(&profile, r.cloud())
	}
	return flags
}

// tenantFlag names the tenant that a token names, in a cloud, where it is one of Entra ID's.
func tenantFlag(profile *inspect.Profile, cloud entra.Cloud) string {
	if _, ok := entra.ParseIssuer(profile.Issuer); ok && entra.IsGUID(profile.Tenant) {
		return " " + strings.Join(ofTenant(profile.Tenant, cloud), " ")
	}
	return ""
}

// ofTenant are the flags for a tenant in a cloud: the public one is meant where none is named.
func ofTenant(id string, cloud entra.Cloud) []string {
	return slices.Concat([]string{Name(source.NeedTenant), id}, ofCloud(cloud))
}

func ofCloud(cloud entra.Cloud) []string {
	if cloud.ID == "" || cloud.ID == CloudNamed("").ID {
		return nil
	}
	return []string{Name(source.NeedCloud), cloud.ID}
}
