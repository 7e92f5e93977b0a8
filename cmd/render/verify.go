package render

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
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

// VerifyText writes a verification for a person: the answer, the reason, the evidence, every
// check, and what to do next. The short form folds the checks that passed.
func VerifyText(t *Text, r *report.Verification) {
	v := newVerification(r)
	t.mask = v.Mask
	switch t.Detail {
	case Answer:
		mood, headline := v.headline()
		t.OneLine(t.Paint(mood, safe(headline)))
	case All:
		t.verifyAll(v)
	default:
		t.verifyShort(v)
	}
}

func (t *Text) verifyAll(v verification) {
	mood, headline := v.headline()
	t.Blank()
	t.Para(1, t.Paint(mood, safe(headline)))
	t.Blank()
	if reason := v.reason(); reason != "" {
		t.Para(1, safe(reason))
		t.Blank()
	}
	decided, _ := v.Report.Decided()
	if !v.noKeys(decided) && t.compared(1, decided) {
		t.Blank()
	}
	t.Rows(1, v.facts())
	t.Heading("checks")
	for _, c := range v.Report.Checks {
		label := t.Mark(c.Outcome.String()) + " " +
			pad(strings.ReplaceAll(c.ID, "-", " "), widestCheck)
		text := v.checkText(c)
		if c.Outcome == keys.Pass {
			text = inspect.ShortenMiddle(text, t.columns()-2*len(indent)-width(label)-2)
		}
		t.Rows(2, []Row{{label, safe(text)}})
		if c.Outcome == keys.Fail && c != decided &&
			v.Report.Signature.Reason != keys.NoReadableJWS {
			t.compared(4, c)
		}
	}
	t.notes("worth knowing", v.allNotes())
	t.wayOn(v.Next)
	t.Blank()
}

// compared shows what a check expected beside what it found, if it compared two things.
func (t *Text) compared(level int, c keys.Check) bool {
	if c.Expected == "" || c.Actual == "" {
		return false
	}
	t.Rows(level, []Row{{"wanted", safe(c.Expected)}, {"found", safe(c.Actual)}})
	return true
}

// verifiedSentence says what was verified, and what was not.
func verifiedSentence(v verification) string {
	key := v.Report.Signature.Verifier
	text := "The signature is valid, made with key " + describeKey(key) +
		", and the token is valid at " + inspect.FormatTime(v.At) + "."
	var skipped []string
	for _, c := range v.Report.Checks {
		if c.Outcome == keys.Skipped {
			skipped = append(skipped, c.ID)
		}
	}
	if len(skipped) > 0 {
		text += " Not checked: " + strings.Join(skipped, ", ") + "."
	}
	return text
}

func (v verification) facts() []Row {
	rows := []Row{{"token", FullSummary(v.Profile, v.At)}, {"keys", v.describeSet()}}
	if v.Report.Signature.KeyID != "" {
		rows = append(rows, Row{"kid", safe(inspect.ShortenMiddle(v.Report.Signature.KeyID, 60))})
	}
	return append(rows, Row{"at", inspect.FormatTime(v.At)})
}

const widestCheck = len("token format")

func (v verification) checkText(c keys.Check) string {
	switch {
	case c.ID == "signature" && c.Outcome == keys.Pass:
		return "by key " + describeKey(v.Report.Signature.Verifier)
	case c.Why != "":
		return reasonOf(c)
	case c.Outcome == keys.Skipped:
		return "not looked at"
	}
	return c.Actual
}

func (v verification) allNotes() []keys.Note {
	notes := v.notes()
	if v.OwnKeys && v.Report.Signature.Set != nil {
		notes = append(notes, keys.Note{
			ID: "own-keys",
			Message: "the token chose its own keys, so a token from any tenant passes. Use " +
				"--tenant to say which tenant is expected",
		})
	}
	return notes
}

func (t *Text) notes(title string, notes []keys.Note) {
	if len(notes) > 0 {
		t.Heading(title)
	}
	for _, note := range notes {
		t.Para(2, safe(note.Message)+" "+t.Paint(Faint, "["+safe(note.ID)+"]"))
	}
}

// verifyShort is a verification that fits a screen: the answer, the reason, the checks that
// failed or are not known, and the way on.
func (t *Text) verifyShort(v verification) {
	mood, headline := v.headline()
	t.Para(1, t.Paint(mood, safe(headline)))
	if reason := v.reason(); reason != "" {
		t.Blank()
		t.Para(1, safe(reason))
	}
	t.Blank()
	set := v.describeSet()
	if kid := v.Report.Signature.KeyID; kid != "" {
		set += "; the token names " + safe(inspect.ShortenMiddle(kid, 40))
	}
	token := shortSummary(v.Profile, v.At, t.columns()-len("  token  "))
	t.Rows(1, []Row{{"token", token}, {"keys", set}})
	t.Blank()
	shown, folded := v.screenNotes()
	t.verifyChecks(v, folded)
	t.notes("worth knowing", shown)
	t.wayOn(v.Next)
}

// reason is the sentence behind the headline; empty if the headline says it.
func (v verification) reason() string {
	decided, ok := v.Report.Decided()
	switch {
	case !ok:
		return verifiedSentence(v)
	case v.noKeys(decided):
		return report.Sentence(v.NoKeys)
	case v.cause(decided) != decided.Why:
		return report.Sentence(decided.Why)
	}
	return ""
}

// noKeys reports whether a check decides since there are no keys, for a reason that is known.
func (v verification) noKeys(decided keys.Check) bool {
	return v.NoKeys != "" && v.Report.Signature.Reason == keys.NoKeys && decided.ID == "signature"
}

// verifyChecks lists the checks that failed or are not known, and counts the others.
func (t *Text) verifyChecks(v verification, remarks int) {
	var rows []Row
	passed, skipped, unread := 0, 0, 0
	room := t.columns() - len(indent) - len("no ") - widestCheck - 2
	for _, c := range v.Report.Checks {
		noJWS := v.Report.Signature.Reason == keys.NoReadableJWS // as the headline says
		switch {
		case c.Outcome == keys.Pass:
			passed++
		case c.Outcome == keys.Skipped:
			skipped++
		case noJWS && (c.ID == "signature" || c.Outcome == keys.Unknown):
			unread++
		default:
			label := t.Mark(c.Outcome.String()) + " " + strings.ReplaceAll(c.ID, "-", " ")
			rows = append(rows, v.shortCheck(label, c, room)...)
		}
	}
	parts := counts(tally{unread, "%d can't be read"}, tally{skipped, "%d skipped"})
	if remarks > 0 {
		parts = append(parts, report.Counted(remarks, "remark"))
	}
	t.Rows(1, rows)
	if folded := t.notListed(passed, len(rows) > 0, parts); folded != "" {
		t.Para(1, folded)
	}
}

// shortCheck is what a check compared, a line or two each, or why it came out
// as it did.
func (v verification) shortCheck(label string, c keys.Check, room int) []Row {
	if c.Expected == "" || c.Actual == "" {
		return []Row{{label, safe(v.cause(c))}}
	}
	return []Row{
		{label, "wanted " + tight(safe(c.Expected), mostLines*room-widestID)},
		{"", "found " + tight(safe(c.Actual), mostLines*room-widestID)},
	}
}

// screenNotes are the notes that the short form shows, and how many it does not. If the token is
// not verified, what else is odd in it comes second: what it is for does not, nor a key that was
// given away.
func (v verification) screenNotes() (shown []keys.Note, folded int) {
	all := v.allNotes()
	if v.Report.Outcome() == keys.Fail {
		purpose := v.purpose()
		shown = source.Without(all, func(n keys.Note) bool {
			return n.ID != "private-key" && !slices.Contains(purpose, n)
		})
		return shown, len(all) - len(shown)
	}
	shown = all[:min(len(all), mostObserved)]
	return shown, len(all) - len(shown)
}

// The JSON of verify.
type (
	verifyJSON struct {
		SchemaVersion int               `json:"schema_version"`
		Token         *tokenJSON        `json:"token"`
		Verdict       verifyVerdictJSON `json:"verdict"`
		Checks        []verifyCheckJSON `json:"checks"`
		Signature     signatureJSON     `json:"signature"`
		Notes         []noteJSON        `json:"notes"`
		Next          []nextJSON        `json:"next,omitempty"`
	}

	verifyVerdictJSON struct {
		Outcome   string  `json:"outcome"`
		DecidedBy *string `json:"decided_by"`
		Why       *string `json:"why"`
		Question  *string `json:"question"`
	}

	verifyCheckJSON struct {
		ID       string  `json:"id"`
		Outcome  string  `json:"outcome"`
		Expected *string `json:"expected"`
		Actual   *string `json:"actual"`
		Why      *string `json:"why"`
	}

	signatureJSON struct {
		Reason    string   `json:"reason"`
		Algorithm *string  `json:"algorithm"`
		KeyID     *string  `json:"kid"`
		SignedBy  *string  `json:"signed_by"`
		Keys      *setJSON `json:"keys"`
	}

	setJSON struct {
		Origin   string   `json:"origin"`
		KeyIDs   []string `json:"kids"`
		ChosenBy string   `json:"chosen_by"`
	}

	noteJSON struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}
)

// VerifyJSON writes a verification as JSON.
func VerifyJSON(w io.Writer, r *report.Verification) error {
	v := newVerification(r)
	out := verifyJSON{
		SchemaVersion: SchemaVersion,
		Token:         tokenOf(v.Profile),
		Verdict: verifyVerdictJSON{Outcome: map[keys.Outcome]string{
			keys.Pass: "verified", keys.Fail: "rejected", keys.Unknown: "undetermined",
		}[v.Report.Outcome()]},
		Checks: listOf(v.Report.Checks, func(c *keys.Check) verifyCheckJSON {
			return verifyCheckJSON{
				ID: c.ID, Outcome: c.Outcome.String(), Why: known(reasonOf(*c)),
				Expected: known(c.Expected), Actual: known(c.Actual),
			}
		}),
		Signature: v.signatureJSON(),
		Notes:     listOf(v.notes(), noteOf),
		Next:      nextOf(v.Next),
	}
	if decided, ok := v.Report.Decided(); ok {
		out.Verdict.DecidedBy, out.Verdict.Why = known(decided.ID), known(decided.Why)
	}
	out.Verdict.Question = known(v.Question())
	return v.Mask.JSON(w, out)
}

func (v verification) signatureJSON() signatureJSON {
	r := v.Report.Signature
	out := signatureJSON{
		Reason: r.Reason.String(), Algorithm: known(r.Algorithm), KeyID: known(r.KeyID),
	}
	if r.Verifier != nil {
		out.SignedBy = known(r.Verifier.ID)
	}
	if r.Set != nil {
		out.Keys = &setJSON{Origin: r.Set.Origin, KeyIDs: orEmpty(r.Set.IDs()), ChosenBy: "user"}
		if v.OwnKeys {
			out.Keys.ChosenBy = "token"
		}
	}
	return out
}
