package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// What to do about each check that failed: another token, a grant, a contract, or the keys.

// because notes why the client must ask for another token.
func (w *explainNext) because(reason string) { w.reasons = append(w.reasons, reason) }

// becauseOf is because for what a check finds: where that check decides, the verdict has said it.
func (w *explainNext) becauseOf(check rules.ID, reason string) {
	if d := w.x.Verdict.Decided; d != nil && d.Check.ID == check && len(w.reasons) == 0 {
		w.said = reason
	}
	w.because(reason)
}

func (w *explainNext) failed(r *rules.Result) {
	if r.Check.Remedy != "" || r.Check.Refuses != "" {
		w.remedied(r)
		return
	}
	if lacking := r.Lacks(); lacking.Claim != "" {
		if lacking.Claim == "roles" || w.profile.Flow != inspect.AppOnly {
			w.because("A token issued before lacks it")
		}
		return
	}
	switch r.Check.ID {
	case rules.TokenPresent:
		if by := r.TakenBy(); by != nil {
			w.steps.add("Put the policy "+by.Asset+" behind this one, or let it keep the token's "+
				"header. This shows what is found in the policies", cmp.Or(w.x.Lint, w.again()))
			return
		}
		send := cmp.Or(r.ToSend(), "the token where the policy looks for it")
		w.steps.add("Send "+send+". This shows what a token that is sent so gets", w.again())
	case rules.NotBefore:
		w.early()
	case rules.TokenFormat:
		w.damaged = len(w.reasons) == 0
	case rules.Signature, rules.Introspection:
		w.unverified(r)
	case rules.Expiry:
		w.because(notFresh(&w.profile))
	case rules.Audience:
		w.otherAudience()
	case rules.Issuer, rules.Tenant:
		w.otherTenant()
	case rules.CustomClaim:
		w.otherClaim(r)
	case rules.ClientID:
		w.ownCredentials(r)
	case rules.Contract:
		w.noContract(r)
	}
}

// ownCredentials is about a client id that the policy reads from a header of the request.
func (w *explainNext) ownCredentials(r *rules.Result) {
	reads := r.OwnCredentials()
	if len(reads) == 1 && !strings.EqualFold(reads[0].Name, "Authorization") {
		id := cmp.Or(w.profile.ClientID.Value, "CLIENT-ID")
		w.steps.add("Send the client id in the "+reads[0].Name+" header, as the policy wants it",
			w.Line.Same("explain", "-H", reads[0].Name+": "+id))
	}
}

// remedied is about a check that no request passes as the policies are.
func (w *explainNext) remedied(r *rules.Result) {
	if r == w.x.Verdict.Decided && len(w.x.Repairs) == 0 {
		w.steps.add(Capital(cmp.Or(r.Check.Remedy, "change the policy: no request passes this "+
			"check"))+". This shows what is found in the policy", cmp.Or(w.x.Lint, w.again()))
	}
}

func (w *explainNext) otherClaim(r *rules.Result) {
	switch r.Check.Claim {
	case "aud":
		w.otherAudience()
	case "iss", "tid":
		w.otherTenant()
	case "groups":
		w.tooManyGroups()
	case "appid", "azp":
		if r.Check.Claim != w.profile.ClientID.Claim {
			return // tokens of this version name their client in the other claim
		}
		for _, want := range r.Check.Test.Wants() {
			w.clients = append(w.clients, want.Text)
		}
	}
}

// tooManyGroups is about a user whose groups Entra ID leaves out of the token.
func (w *explainNext) tooManyGroups() {
	if !w.profile.HasTrait("group-overage") {
		return
	}
	g := granting{profile: w.profile, api: w.api()}
	w.steps.add("Assign the group to the API (Enterprise applications > (the API) > Users and "+
		"groups), and let its tokens have only the groups that are assigned",
		w.Line.Shell.Line("az", "ad", "app", "update", "--id", g.apiName(),
			"--set", "groupMembershipClaims=ApplicationGroup"))
	w.because("A token issued before lacks it")
}

func (w *explainNext) otherAudience() {
	wanted := w.wantedAudience()
	is := strings.TrimSpace(strings.Join(w.profile.Audience, ", "))
	if wanted == "" || is == "" {
		return
	}
	reason := "This token is for " + is + ", and the policy guards " + wanted
	switch elsewhere := len(w.reasons) > 0; {
	case !elsewhere && entra.IsGUID(wanted) && strings.Contains(is, "://") && w.ofVersion1():
		w.because("If " + is + " is another API, this token is not for it")
		w.steps.add("Check whether "+is+" is the same API as "+wanted+": then its tokens are "+
			"v1.0 until its app registration has requestedAccessTokenVersion 2", w.showVersion(is))
	case elsewhere || w.profile.Version != "2.0" || !strings.Contains(wanted, "://"):
		w.becauseOf(rules.Audience, reason)
	default:
		w.because("If " + wanted + " is another API, this token is not for it")
		w.steps.add("Check whether "+wanted+" is the same API: then its v2.0 tokens have its "+
			"appId in aud, and the policy must expect that", w.Line.Shell.Line(
			"az", "ad", "sp", "show", "--id", wanted, "--query", "appId"))
	}
}

// ofVersion1 reports whether a v1.0 token fails for the issuer of v2.0 tokens.
func (w *explainNext) ofVersion1() bool {
	wantsOther := func(want rules.Want) bool {
		issuer, ok := entra.ParseIssuer(want.Text)
		return ok && want.Input.IsClaim("iss") && issuer.Version == entra.V2
	}
	return w.profile.Version == "1.0" &&
		slices.ContainsFunc(w.x.Verdict.Results, func(r rules.Result) bool {
			return r.Outcome == rules.Fail && slices.ContainsFunc(r.Check.Test.Wants(), wantsOther)
		})
}

// otherVersion is about a token that fails for the issuer of the other version, where a repair of
// the issuer alone does not let it in. A new token of the same API has the same issuer.
func (w *explainNext) otherVersion() {
	d := w.x.Verdict.Decided
	if d == nil || d.Check.ID != rules.Issuer && d.Check.Claim != "iss" || len(w.x.Repairs) > 0 {
		return
	}
	isFirst := func(r rules.Result) bool { // it asks for another token, which may have both
		return r.Outcome == rules.Fail && (r.Check.ID == rules.Audience || r.Check.Claim == "aud")
	}
	if slices.ContainsFunc(w.x.Verdict.Results, isFirst) {
		return
	}
	wanted := ""
	for _, want := range d.Check.Test.Wants() {
		issuer, ok := entra.ParseIssuer(want.Text)
		wanted = issuer.Version.String()
		if !ok || !want.Input.IsClaim("iss") || wanted == w.profile.Version ||
			!strings.EqualFold(issuer.Tenant, w.profile.Tenant) {
			return
		}
	}
	if wanted == "" || len(w.profile.Audience) == 0 {
		return
	}
	g := granting{profile: w.profile, api: w.api()}
	change := "Write " + w.profile.Issuer + " as the issuer into the policy by hand"
	audience := wantedAudience(w.x.Policies, wanted)
	if audience == "" || wanted != "2.0" || entra.IsGUID(audience) { // as that of v2.0 tokens is
		change += ", or give the API v" + wanted + " tokens (requestedAccessTokenVersion " +
			wanted[:1] + " in its app registration)"
	}
	change += ". This shows which version the API's tokens have"
	w.steps.add(change, w.showVersion(g.apiName()))
}

// showVersion is the command that shows which version an API's tokens have.
func (w *explainNext) showVersion(api string) string {
	return w.Line.Shell.Line("az", "ad", "app", "show", "--id", api,
		"--query", "[appId,api.requestedAccessTokenVersion]")
}

func (w *explainNext) otherTenant() {
	wanted := wantedTenant(w.x.Policies)
	is := w.profile.Tenant
	if from := w.otherSource(); wanted == "" && from != "" &&
		!strings.EqualFold(w.Expect.TenantID(), is) {
		w.because("This token " + from)
		return
	}
	if wanted == "" || !entra.IsGUID(is) || strings.EqualFold(wanted, is) {
		return
	}
	if d := w.x.Verdict.Decided; d != nil && (d.Check.Claim == "iss" || d.Check.Claim == "tid") {
		// the verdict names both
		w.because("This token is from another tenant than the policy wants")
		return
	}
	w.because("This token is from tenant " + is + ", and the policy wants " + wanted)
}

func (w *explainNext) unverified(r *rules.Result) {
	result := r.Signature()
	switch {
	case result == nil || len(w.reasons) > 0:
		return
	case r.KeyWritten():
		w.keyWritten()
		return
	}
	switch result.Reason {
	case keys.KidUnknown:
		if w.damaged = result.Verifier != nil; w.damaged {
			return // a key of the set has signed it, under another name
		}
		fallthrough
	case keys.KeyRolledOver, keys.KeyOfTenant, keys.KeyOfApp, keys.KeyOfCloud:
		if w.otherTenant(); len(w.reasons) > 0 || w.otherHome(result.Elsewhere) {
			return
		}
		command := []string{"gatewhy", "collect", "keys"}
		if tenant := cmp.Or(w.wantedTenant(), w.profile.Tenant); entra.IsGUID(tenant) {
			command = append(command, ofTenant(tenant, w.cloud())...)
		}
		again := w.Line.Shell.Line(command...)
		if address := keysOfCustomers(w.x.Policies); address != "" {
			again = w.Line.Shell.fetchKeys(address)
		}
		w.steps.add("The key set may be older than the token. This says how to fetch it again",
			again)
	case keys.NoReadableJWS, keys.TextAltered, keys.WrongKey, keys.Unsigned, keys.CriticalHeader,
		keys.AlgorithmMismatch, keys.HMACWithPublicKey, keys.AlgorithmNotAllowed:
		w.damaged = true
	}
}

// otherHome is about a token of another cloud or product than the keys, where newer ones do not
// have its key either.
func (w *explainNext) otherHome(elsewhere keys.Elsewhere) bool {
	switch {
	case elsewhere == keys.OtherCloud && !slices.Contains(w.profile.Clouds, w.cloud().ID):
		w.becauseOf(rules.Signature, "This token is from another cloud than the policy's keys")
	case elsewhere == keys.OtherKind:
		w.steps.add("If this token belongs here, the policy must take its keys from the token's "+
			"own issuer. See whether those verify it", w.Line.Shell.Line(slices.Concat(
			[]string{"gatewhy", "verify", w.Line.token()}, w.Line.at())...))
	default:
		return false
	}
	return true
}

// keyWritten is about keys that are written into a policy: whether they are old, or the token is
// not what its issuer gave out, the keys that Entra ID has now say.
func (w *explainNext) keyWritten() {
	tenant, cloud, version := w.profile.Tenant, w.cloud(), entra.V1
	if w.profile.Version == "2.0" {
		version = entra.V2
	}
	flags := ofTenant(tenant, cloud)
	if i := slices.Index(w.Line.Flags, Name(source.NeedKeySet)); i >= 0 {
		flags = w.Line.Flags[i : i+2]
	}
	command := slices.Concat([]string{"gatewhy", "verify", w.Line.token()}, flags, w.Line.at())
	w.steps.add("See whether the keys that Entra ID has now verify the token. If they do, the "+
		"policy must have "+entra.KeysURL(cloud, tenant, version, "")+
		" as the address of its keys",
		w.Line.Shell.Line(command...))
}

// noContract says who must ask for access to what.
func (w *explainNext) noContract(r *rules.Result) {
	id, _ := r.Value().Str()
	if app, ok := entra.AppByID(id); ok {
		w.ownOnly = true
		w.because("This token was issued to " + app.Name + ", which is not your client")
		return
	}
	on := "the API instance"
	if r.Policy.API != "" {
		on = "API instance " + r.Policy.API
	}
	w.steps.add("Client "+cmp.Or(id, "(none)")+" needs an approved contract on "+on+
		behind(": ", r.Check.Grant)+". Then fetch the contracts again",
		w.HowToCollect(rules.Need{Input: source.NeedContracts}))
}

// granted says who must be granted what for the checks that failed.
func (w *explainNext) granted() []rules.Step {
	g := granting{profile: w.profile, api: w.api(), shell: w.Line.Shell, again: w.again()}
	if w.Request.Token != nil {
		g.holder = w.Request.Token.Claims.TextAt("oid")
	}
	otherAPI := func(r rules.Result) bool { return r.KeepsOut() && r.Check.ID == rules.Audience }
	if slices.ContainsFunc(w.x.Verdict.Results, otherAPI) && w.wantedAudience() != "" {
		g.profile.Audience = []string{w.wantedAudience()} // what another token will be for
	}
	var all steps
	for i := range w.x.Verdict.Results {
		if r := &w.x.Verdict.Results[i]; r.KeepsOut() {
			all.addAll(g.steps(r.Lacks())...)
		}
	}
	return all
}
