package report

import (
	"cmp"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Verification is what verify found of one token.
type Verification struct {
	Token   *inspect.Token
	Profile inspect.Profile
	At      time.Time
	Report  keys.Report
	Tenant  string       // whose token it must be, by its id; empty where nobody said
	Issuer  string       // the exact issuer that it must have; empty where nobody said
	Redact  bool         // personal values are hidden
	Next    []rules.Step // what to do now

	// OwnKeys means that nobody said whose keys are right, so that the token's own issuer was
	// asked.
	OwnKeys bool
	// NoKeys says why there is no key set, where there is none.
	NoKeys string
	// Hints say what to pass so that more can be said.
	Hints []source.Hint
}

// NeedsKeys reports whether there is a signature that a key can check. Of a damaged token, or of
// one that is not signed, the keys are only asked if the user named some. Where it needs none, the
// verification says so.
func (v *Verification) NeedsKeys(named bool) bool {
	token := v.Token
	switch {
	case token.Shape != inspect.Signed || token.Header == nil: // the claims may be none at all
	case named, token.Fault == nil && !isUnsigned(token):
		return true
	}
	v.NoKeys = "not needed: there is no signature to check"
	return false
}

// isUnsigned reports whether no key can verify the token, because it has no signature.
func isUnsigned(token *inspect.Token) bool {
	alg, _ := token.Header.Member("alg").Str()
	return strings.EqualFold(alg, "none") || len(token.Signature) == 0
}

// AddNext adds what to do now.
func (v *Verification) AddNext(line CommandLine) {
	var all steps
	all.add(v.next(&line))
	v.Next = all
}

// next is the way on: the question, with the command that follows it.
func (v *Verification) next(line *CommandLine) rules.Step {
	decided, failed := v.Report.Decided()
	step := rules.Step{Note: v.Question()}
	again := line.Again("verify", "-")
	switch {
	case !failed && v.Profile.HasTrait("microsoft-api"):
		a := askingLike(v.Profile)
		return a.step(line.Shell, "This token is for "+v.Profile.Resource+
			", and no other API should accept it", again)
	case !failed && v.Profile.Kind == inspect.KindID:
		a := askingLike(v.Profile)
		return a.step(line.Shell, "This is an ID token: an API gets the access token", again)
	case !failed:
		return rules.Step{
			Note:    "See what a gateway answers to it, by its policy",
			Command: line.explain(),
		}
	case v.lacksKeys(&decided):
		step.Command = "gatewhy collect keys" + v.tenantFlag()
		step.Note = cmp.Or(strings.Join(Hints(v.Hints), "; "), step.Note)
	case decided.ID == "expiry" && decided.Outcome == keys.Unknown:
		step.Command = line.explain()
	case decided.ID == "expiry":
		a := askingLike(v.Profile)
		return a.step(line.Shell, "The token expired: take a fresh one", again)
	case decided.ID == "not-before":
		step.Command = line.Again("verify", line.token(), "--at", "issued")
	case decided.ID == "issuer", decided.ID == "tenant":
		return v.issuerStep(line, step.Note)
	case decided.ID == "signature":
		return v.signatureStep(line, step)
	default:
		step.Command = again
	}
	return step
}

// lacksKeys reports whether a token is not verified since there are no keys, and for nothing else.
func (v *Verification) lacksKeys(decided *keys.Check) bool {
	return decided.ID == "signature" && v.Report.Signature.Reason == keys.NoKeys
}

// issuerStep is about a token that is not from whom it must be.
func (v *Verification) issuerStep(line *CommandLine, question string) rules.Step {
	a, is := askingLike(v.Profile), v.Profile.Tenant
	expected, known := entra.ParseIssuer(v.Issuer)
	got, ok := entra.ParseIssuer(v.Profile.Issuer)
	if a.tenant = cmp.Or(v.Tenant, a.tenant); v.Tenant == "" && known {
		a.tenant = expected.Tenant
	}
	switch {
	case entra.IsGUID(is) && !strings.EqualFold(a.tenant, is):
		question = "This token is from tenant " + is + ", and not from " + a.tenant
	case keys.NearlySame(v.Issuer, v.Profile.Issuer):
		return rules.Step{
			Note:    "Expect the issuer as the token has it, if that is the one you meant",
			Command: line.with("--issuer", v.Profile.Issuer).Again("verify", line.token()),
		}
	case known && ok && expected.Version != got.Version && a.audience != "":
		return rules.Step{
			Note: "The API's app registration decides the version: 2 gives v2.0 tokens, 1 and " +
				"null give v1.0 tokens. See which it asks for",
			Command: line.Shell.Line("az", "ad", "app", "show", "--id", a.audience,
				"--query", "api.requestedAccessTokenVersion"),
		}
	}
	return a.step(line.Shell, question, line.Again("verify", "-"))
}

// signatureStep is about a signature that does not verify.
func (v *Verification) signatureStep(line *CommandLine, step rules.Step) rules.Step {
	r := v.Report.Signature
	again := line.Again("verify", "-")
	tenant := v.Profile.Tenant
	switch {
	case r.Reason == keys.GraphNonce, r.WrongResource, r.Elsewhere == keys.ForMicrosoft:
		a := askingLike(v.Profile)
		return a.step(line.Shell, step.Note, again)
	case r.Elsewhere == keys.ForClient:
		step.Command = again
	case r.Reason == keys.KeyOfCloud:
		step.Command = "gatewhy keys --clouds"
	case !entra.IsGUID(tenant):
		step.Command = again
	case r.Reason == keys.KeyOfTenant, r.Reason == keys.KeyRolledOver:
		step.Note += " Verify it with the keys of its tenant as they are now"
		step.Command = line.Shell.Line(
			"gatewhy", "verify", line.token(), "--tenant", tenant, "--no-cache")
	case r.Reason == keys.KidUnknown && r.Verifier == nil, r.Reason == keys.KeyOfApp,
		r.Reason == keys.KeyUnusable, r.Reason == keys.TooManyKeys:
		step.Command = line.Shell.Line("gatewhy", "keys", "--tenant", tenant)
	default:
		step.Command = again
	}
	return step
}

// tenantFlag names the token's tenant, where it is one of Entra ID's.
func (v *Verification) tenantFlag() string {
	if _, ok := entra.ParseIssuer(v.Profile.Issuer); ok && entra.IsGUID(v.Profile.Tenant) {
		return " --tenant " + v.Profile.Tenant
	}
	return ""
}
