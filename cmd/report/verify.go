package report

import (
	"cmp"
	"slices"
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
	isUnsigned := strings.EqualFold(token.Header.TextAt("alg"), "none") ||
		len(token.Signature) == 0 && !token.Masked
	switch {
	case token.Shape != inspect.Signed || token.Header == nil: // the claims may be none at all
	case named, token.Fault == nil && !isUnsigned:
		return true
	}
	v.NoKeys = "not needed: there is no signature to check"
	return false
}

// AddNext adds what to do now.
func (v *Verification) AddNext(line CommandLine) {
	var all steps
	all.addAll(v.next(&line))
	v.Next = all
}

// next is the way on: the question, with the command that follows it.
func (v *Verification) next(line *CommandLine) rules.Step {
	decided, failed := v.Report.Decided()
	step := rules.Step{Note: v.Question()}
	again := line.Again("verify", "-")
	a := askingLike(v.Profile)
	switch {
	case !failed && v.Profile.HasTrait("microsoft-api"):
		return a.step(line.Shell, "This token is for "+v.Profile.Resource+
			", and no other API should accept it", again)
	case !failed && v.Profile.Kind == inspect.KindID:
		return a.step(line.Shell, "This is an ID token: an API gets the access token", again)
	case !failed:
		step.Note, step.Command = "See what a gateway answers to it, by its policy", line.explain()
	case v.lacksKeys(&decided) && v.Profile.CutOrAltered():
		step.Note, step.Command = copyAgain, again
	case v.lacksKeys(&decided) && v.ByIssuer(line) != "":
		step.Note = "Pass the key set: --jwks FILE|URL. Or, if you trust the issuer that the " +
			"token names, verify with the keys that it publishes"
		step.Command = v.ByIssuer(line)
	case v.lacksKeys(&decided):
		step.Note = Sentence(cmp.Or(strings.Join(Hints(v.Hints), "; "), step.Note))
		if issuer, ok := IssuerOf(&v.Profile); ok && issuer.Kind != entra.Workforce {
			if address := v.KeyAddress(); address != "" {
				step.Note += " This names the address of its keys, as jwks_uri"
				step.Command = line.Shell.Line(line.Shell.curl(), "-sSf", address)
			}
			return step
		}
		step.Note += " This says how to fetch one"
		step.Command = "gatewhy collect keys" + tenantFlag(&v.Profile, cloudOf(&v.Profile))
	case decided.ID == "expiry" && decided.Outcome == keys.Unknown:
		step.Note, step.Command = "See how the gateway reads such a token", line.explain()
	case decided.ID == "expiry":
		return a.step(line.Shell, notFresh(&v.Profile), again)
	case decided.ID == "not-before":
		step.Command = line.Again("verify", line.token(), "--at", "issued")
	case decided.Hint.Need.Input == source.NeedTenant:
		step.Command = line.with(Name(source.NeedTenant), "ID").Same("verify")
	case decided.ID == "issuer", decided.ID == "tenant":
		return v.issuerStep(line, step.Note)
	case decided.ID == "signature":
		return v.signatureStep(line, step)
	case v.Token.Fault != nil && Unreadable(v.Token) == nil:
		step.Note, step.Command = strings.TrimSuffix(step.Note, ".")+thenPass, again
	default:
		step.Command = again
	}
	return step
}

// longestIssuer bounds what a printed command repeats of a token.
const longestIssuer = 200

// ByIssuer is the command that verifies a token with the keys that its issuer publishes, if that
// is not one of Entra's: those are asked anyway. It is empty where the token names no address, or
// the user has named another issuer.
func (v *Verification) ByIssuer(line *CommandLine) string {
	issuer := v.Profile.Issuer
	_, ours := IssuerOf(&v.Profile)
	if ours || v.Issuer != "" || !strings.HasPrefix(issuer, "https://") ||
		len(issuer) > longestIssuer || !source.IsPlain(issuer, "-._~:/") {
		return ""
	}
	online := line.with("--issuer", issuer)
	online.Flags = source.Without(online.Flags, func(f string) bool { return f == "--offline" })
	return online.Same("verify")
}

// copyAgain is about a signature that no key makes whole.
const copyAgain = "Copy the whole token again: its signature was cut off or altered"

// lacksKeys reports whether a token is not verified since there are no keys, and for nothing else.
func (v *Verification) lacksKeys(decided *keys.Check) bool {
	return decided.ID == "signature" && v.Report.Signature.Reason == keys.NoKeys
}

// issuerStep is about a token of another issuer than the expected one.
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
		step.Command = line.Shell.Line(slices.Concat([]string{"gatewhy", "verify", line.token()},
			ofTenant(tenant, cloudOf(&v.Profile)), []string{"--no-cache"})...)
	case r.Reason == keys.KidUnknown && r.Verifier == nil, r.Reason == keys.KeyOfApp,
		r.Reason == keys.KeyUnusable, r.Reason == keys.TooManyKeys:
		of := ofTenant(tenant, cloudOf(&v.Profile))
		if issuer, ok := IssuerOf(&v.Profile); ok && issuer.Kind != entra.Workforce {
			of = []string{Name(source.NeedIssuer), v.Profile.Issuer}
		}
		step.Command = line.Shell.Line(slices.Concat([]string{"gatewhy", "keys"}, of)...)
	default:
		step.Command = again
	}
	return step
}

// Question is the one thing to ask or to do next about a token that was not verified. It is
// empty if the token was verified, or if the hints say it.
func (v *Verification) Question() string {
	decided, ok := v.Report.Decided()
	if !ok || v.lacksKeys(&decided) {
		return ""
	}
	switch decided.ID {
	case "token-format":
		if fault := v.Token.Fault; fault != nil && len(fault.Hints) > 0 {
			return Sentence(Hint(fault.Hints[0]))
		}
		return "Is this exactly what the client sends, complete and as the token endpoint " +
			"returned it?"
	case "algorithm", "signature":
		return v.signatureQuestion()
	case "expiry":
		if decided.Outcome == keys.Unknown {
			return "How does the gateway read such a token? gatewhy explain -p POLICY shows it " +
				"for your gateway."
		}
		return "Does the client keep its token beyond exp, or ask for a new one in time? (--at " +
			"issued checks the rest as of then)"
	case "not-before":
		return "Are the clocks of the issuer, the gateway and this machine right?"
	case "issuer", "tenant":
		if decided.Hint.Need.Input == source.NeedTenant {
			return "Pass the tenant's id, or run it once online"
		}
		return whichAuthority
	}
	return ""
}

const (
	wrongKid   = "Who changed the kid between the issuer and here?"
	whichScope = "Which scope does the client ask for? It takes one of your own API, such as " +
		"api://ID/.default."
	whichAuthority = "Which authority does the client ask for its token, and which version does " +
		"the API's app registration request?"
)

func (v *Verification) signatureQuestion() string {
	switch r := v.Report.Signature; r.Reason {
	case keys.Unsigned:
		if !strings.EqualFold(r.Algorithm, "none") {
			return "Copy the whole token again: what follows its second dot is missing."
		}
		return "Where did the client get this token? Entra ID signs every token."
	case keys.SignatureMasked:
		return "Take the token from where it is requested: this text has no signature."
	case keys.AlgorithmNotAllowed, keys.HMACWithPublicKey,
		keys.AlgorithmMismatch, keys.CriticalHeader:
		return "Where did the client get this token? Entra ID signs with RS256 and writes no crit."
	case keys.KidUnknown:
		return v.kidQuestion()
	case keys.KeyRolledOver:
		return "When did the gateway last fetch its key set, and when did the client get this " +
			"token?"
	case keys.WrongKey:
		return wrongKid
	case keys.GraphNonce:
		return whichScope
	case keys.KeyOfTenant:
		return "Is the gateway's key set that of the token's tenant, and up to date?"
	case keys.KeyOfApp:
		return "Does the gateway take its keys from the metadata with ?appid= for this app?"
	case keys.KeyOfCloud:
		if len(v.Profile.Clouds) > 1 {
			return "Which cloud is the tenant in? Its v1.0 issuer does not show it: --cloud " +
				"says whose keys to use."
		}
		return "Which cloud's authority does the client ask for its token?"
	case keys.KeyUnusable, keys.TooManyKeys:
		return "Is this the key set that the issuer publishes?"
	case keys.TextAltered:
		return alteredQuestion(r)
	}
	return ""
}

// kidQuestion is about a kid that the set does not have. What to ask depends on whose set it
// is.
func (v *Verification) kidQuestion() string {
	switch v.Report.Signature.Elsewhere {
	case keys.OtherIssuer, keys.OtherCloud, keys.OtherKind, keys.OtherTenant, keys.OtherPolicy:
		return "Which authority does the client ask for its token, and is this the key set of " +
			"the same one?"
	case keys.OtherApp:
		return "Is this the API whose app registration has the signing key?"
	case keys.ForClient:
		return "Does the client send its access token, and not its ID token?"
	case keys.ForMicrosoft:
		return whichScope
	}
	switch {
	case v.Report.Signature.Verifier != nil:
		return wrongKid
	case v.OwnKeys:
		return "Where did the client get this token? The issuer that it names publishes no key " +
			"with its kid."
	case v.Report.Failed("issuer") || v.Report.Failed("tenant"):
		return whichAuthority
	}
	return "Whose keys are these? See whether the token's tenant lists its kid"
}

func alteredQuestion(r keys.Result) string {
	switch {
	case r.WrongResource:
		return whichScope
	case r.Misfit:
		return "Is this the whole token, from its first to its last character?"
	}
	return "What between the issuer and you may alter the token? Does it verify when it comes " +
		"straight from the token endpoint?"
}
