package report

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

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
		return "Where did the client get this token? Entra ID issues none that is not signed."
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
	return "Whose keys are these: does gatewhy keys --tenant for the token's tenant list its kid?"
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
