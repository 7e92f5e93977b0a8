package render

import (
	"cmp"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

type verification struct {
	*report.Verification
	Mask *Mask
}

func newVerification(r *report.Verification) verification {
	return verification{r, NewMask(r.Token, r.Profile, r.Redact)}
}

func (v verification) headline() (Mood, string) {
	decided, _ := v.Report.Decided()
	switch v.Report.Outcome() {
	case keys.Pass:
		if v.OwnKeys {
			return Good, "verified, by keys that the token itself chose"
		}
		return Good, "verified"
	case keys.Fail:
		return Bad, "not verified: " + v.cause(decided)
	}
	return Unsure, "not decided: " + v.cause(decided)
}

func (v verification) cause(c keys.Check) string {
	switch c.ID {
	case "token-format":
		return "this is not a readable signed token"
	case "algorithm", "signature":
		return signatureCause(v.Report.Signature)
	}
	return c.Why
}

// reasonOf is why a check came out as it did. If it was not made, it says what to pass.
func reasonOf(c keys.Check) string {
	if c.Hint.Need.None() {
		return c.Why
	}
	return c.Why + ": " + report.Hint(c.Hint)
}

func signatureCause(r keys.Result) string {
	if r.Reason == keys.AlgorithmNotAllowed && r.Algorithm == "" {
		return r.Why
	}
	known := map[keys.Reason]string{
		keys.NoKeys:              "there are no keys to check the signature with",
		keys.NoReadableJWS:       "this is not a readable signed token",
		keys.Unsigned:            "the token is not signed",
		keys.CriticalHeader:      "the header's crit lists extensions that are not supported",
		keys.AlgorithmNotAllowed: "the algorithm is not allowed",
		keys.AlgorithmMismatch:   "the algorithm does not fit the key",
		keys.HMACWithPublicKey:   "the header asks for a shared secret, but the key is public",
		keys.KidUnknown:          kidCause(r.Elsewhere),
		keys.KeyRolledOver:       "the key that the token names has since been replaced",
		keys.KeyUnusable:         "the token's key can't be used",
		keys.WrongKey:            "it was signed with a different key from the one that it names",
		keys.GraphNonce:          "only Microsoft's own APIs can verify this token",
		keys.TooManyKeys:         "the set has more keys than gatewhy tries",
		keys.SignatureMasked:     "its signature was masked by the program that showed it",
		keys.KeyOfTenant: "it was signed with a key of its own tenant that is not in the key " +
			"set",
		keys.KeyOfApp:   "it was signed with a key that belongs to one app alone",
		keys.KeyOfCloud: "it was signed with a key of another cloud",
	}
	return cmp.Or(known[r.Reason], alteredCause(r))
}

// kidCause is why the set does not have the token's key, in few words.
func kidCause(elsewhere keys.Elsewhere) string {
	return cmp.Or(map[keys.Elsewhere]string{
		keys.OtherIssuer:  "the token and the keys are not from the same issuer",
		keys.OtherCloud:   "the token and the keys are from different clouds",
		keys.OtherKind:    "the token and the keys are from different Entra products",
		keys.OtherTenant:  "the token and the keys are from different tenants",
		keys.OtherPolicy:  "the token and the keys are from different B2C policies",
		keys.OtherApp:     "the keys belong to one app, and not to this one",
		keys.ForClient:    "this is an ID token, and its key is not in the set",
		keys.ForMicrosoft: wrongResource,
	}[elsewhere], "the key set has no key with the token's kid")
}

const wrongResource = "wrong resource: only Microsoft's own APIs can verify this token"

func alteredCause(r keys.Result) string {
	switch {
	case r.Misfit:
		return r.Why
	case r.WrongResource:
		return wrongResource
	case r.Named != nil:
		return "the signature does not match"
	}
	return "no key in the set matches the signature"
}

func describeKey(k *keys.Key) string {
	id := "without kid"
	if k.ID != "" {
		id = inspect.ShortenMiddle(k.ID, 40)
	}
	if size := keySize(k); size != "" {
		return safe(id) + " (" + size + ")"
	}
	return safe(id) // of a key that could not be read
}

// describeSet says where a key set is from, how many keys it has, and how old it is.
func (v verification) describeSet() string {
	set := v.Report.Signature.Set
	if set == nil {
		return "none"
	}
	text := set.Origin + ", " + report.Counted(len(set.Keys), "key") + cacheAge(set, v.At)
	if v.OwnKeys {
		text += "; the token itself named this issuer"
	}
	return safe(text)
}

// notes are what is worth knowing about the key set and the signature.
func (v verification) notes() []keys.Note {
	signature := v.Report.Signature
	notes := append(v.purpose(), signature.Notes...)
	decided, _ := v.Report.Decided()
	for _, o := range odditiesAt(v.Profile, v.At) { // a token that verifies may be refused for it
		if o.Message != decided.Why {
			notes = append(notes, keys.Note{ID: o.ID, Message: v.Mask.Message(o)})
		}
	}
	if signature.Set == nil {
		return notes
	}
	notes = append(notes, signature.Set.Notes...)
	for _, k := range signature.Set.Keys {
		if k.Private && !signature.Set.Pinned {
			notes = append(notes, keys.Note{
				ID: "private-key",
				Message: "the set contains the private half of key " + describeKey(k) +
					": replace that key now",
			})
		}
	}
	return notes
}

// purpose says what the token is for, if that is not an API of one's own. Such a token may be
// genuine, and is still the wrong one.
func (v verification) purpose() []keys.Note {
	switch {
	case v.Profile.Kind == inspect.KindID:
		return []keys.Note{{
			ID: "id-token",
			Message: "this is an ID token: it tells an app who signed in, and no API should " +
				"accept it; ask for an access token",
		}}
	case v.Profile.HasTrait("microsoft-api"):
		return []keys.Note{{
			ID: "microsoft-api",
			Message: "this token is for " + v.Profile.Resource + ", and no other API should " +
				"accept it; ask for a scope of your own API",
		}}
	}
	return []keys.Note{}
}

// VerifyMarkdown writes a verification as a block to paste into a ticket. It holds no token.
func VerifyMarkdown(w io.Writer, r *report.Verification) error {
	v := newVerification(r)
	m := markdown{mask: v.Mask}
	_, headline := v.headline()
	m.heading("gatewhy verify: " + headline)
	if decided, ok := v.Report.Decided(); ok {
		m.para(report.Sentence(decided.Why))
	} else {
		m.para(verifiedSentence(v))
	}
	m.table("", "")
	m.row("token", Summary(v.Profile, v.At))
	m.tokenRows(v.Token, v.Profile)
	m.row("keys", v.describeSet())
	m.row("checked at", inspect.FormatTime(v.At))
	m.b.WriteString("\n")
	m.table("check", "outcome", "why")
	for _, c := range v.Report.Checks {
		m.cells(c.ID, c.Outcome.String(), v.checkText(c))
	}
	m.notes("Worth knowing", v.notes())
	m.wayOn(v.Next)
	return m.writeTo(w)
}

func (m *markdown) notes(title string, notes []keys.Note) {
	if len(notes) == 0 {
		return
	}
	m.b.WriteString("\n" + title + ":\n\n")
	for _, n := range notes {
		m.item(m.plain(n.Message) + " (" + m.code(n.ID) + ")")
	}
}
