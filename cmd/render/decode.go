package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

type decoding struct {
	*report.Decoding
	Mask *Mask
}

func newDecoding(r *report.Decoding) decoding {
	d := decoding{Decoding: r}
	if r.Token != nil {
		d.Mask = NewMask(r.Token, r.Profile, r.Redact)
	}
	return d
}

// whatItIs says what the token is and why we think so, with the strongest sign first, which
// claim names the client, and how the audience is written.
func (d decoding) whatItIs() []Row {
	p := d.Profile
	return present(
		Row{kindWord(p.Kind), signText(p, "kind")},
		Row{flowPhrase(p), signText(p, "flow")},
		Row{"client", clientWhere(p)},
		Row{"audience", audienceForm(p)},
	)
}

func kindWord(kind inspect.TokenKind) string {
	switch kind {
	case inspect.KindAccess:
		return "access token"
	case inspect.KindID:
		return "ID token"
	}
	return ""
}

// signText is the strongest sign in full, and the claims that say the same.
func signText(p inspect.Profile, about string) string {
	text := ""
	var also []string
	for _, s := range p.Signs {
		switch {
		case s.About != about:
		case text == "":
			text = s.Message
		default:
			_, name, _ := strings.Cut(s.Path, ".")
			also = append(also, name)
		}
	}
	if len(also) > 0 {
		text += "; also shown by " + strings.Join(also, ", ")
	}
	return text
}

func clientWhere(p inspect.Profile) string {
	if p.ClientID.Claim == "" {
		return ""
	}
	text := "named in " + p.ClientID.Claim
	if proof := proofText(p.ClientProof); proof != "" {
		text += ", " + proof
	}
	return text
}

// audienceForm says how the audience of a token of Entra ID is written.
func audienceForm(p inspect.Profile) string {
	if p.IssuedBy == inspect.ByOther {
		return ""
	}
	return map[inspect.AudienceForm]string{
		inspect.AppIDURI:         "an App ID URI",
		inspect.GUID:             "an application id",
		inspect.SPN:              "spn: and an application id",
		inspect.FirstParty:       "the audience of a Microsoft API",
		inspect.OtherAudience:    "neither an App ID URI nor an application id",
		inspect.SeveralAudiences: "a list, which Entra ID never writes",
	}[p.AudienceForm]
}

// odditiesAt are what is odd in a token at an instant: in its text, and if it was issued later
// than that instant.
func odditiesAt(p inspect.Profile, at time.Time) []inspect.Observation {
	if !p.IssuedAt.Known() || !p.IssuedAt.At.After(at) {
		return p.Observations
	}
	return append(slices.Clone(p.Observations), inspect.Observation{
		ID: "issued-in-future", Path: "claims.iat",
		Message: "iat is " + inspect.Relative(p.IssuedAt.At, at) +
			": the clock that issued it is ahead, or this one is behind; mod_oauth2, Ory " +
			"Oathkeeper and KrakenD reject such a token (measured); most others do not check",
	})
}

// DecodeMarkdown writes what identifies a token as a block to paste into a ticket. It holds no
// token.
func DecodeMarkdown(w io.Writer, r *report.Decoding) error {
	d := newDecoding(r)
	m := markdown{mask: d.Mask}
	m.heading("gatewhy decode: " + Summary(d.Profile, d.At))
	m.para(d.lead())
	m.table("", "")
	m.tokenRows(d.Token, d.Profile)
	m.rows("What it is", d.whatItIs())
	m.notes("Worth knowing", d.Mask.notes(d.Profile.Traits))
	m.notes("Odd", d.Mask.notes(odditiesAt(d.Profile, d.At)))
	m.wayOn(d.Next)
	return m.writeTo(w)
}

// decodeJSON is the JSON of decode. Header and claims are null if they can't be read. Numbers
// are as the token writes them. Of members that appear twice we give the last, and an
// observation says both values.
type decodeJSON struct {
	SchemaVersion int               `json:"schema_version"`
	Token         *tokenJSON        `json:"token"`
	Signs         []signJSON        `json:"signs"`
	ClientProof   *string           `json:"client_proof"`
	AudienceForm  *string           `json:"audience_form"`
	Header        json.RawMessage   `json:"header"`
	Claims        json.RawMessage   `json:"claims"`
	Observations  []observationJSON `json:"observations"`
	Traits        []observationJSON `json:"traits"`
	Next          []nextJSON        `json:"next,omitempty"`
}

type observationJSON struct {
	ID      string `json:"id"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// DecodeJSON writes a token as JSON.
func DecodeJSON(w io.Writer, r *report.Decoding) error {
	d := newDecoding(r)
	out := decodeJSON{
		SchemaVersion: SchemaVersion,
		Token:         tokenOf(d.Profile),
		Signs: listOf(d.Profile.Signs, func(s *inspect.Sign) signJSON {
			return signJSON(*s)
		}),
		ClientProof:  known(d.Profile.ClientProof),
		AudienceForm: known(string(d.Profile.AudienceForm)),
		Header:       rawJSON(d.Mask.Value(d.Token.Header)),
		Claims:       rawJSON(d.Mask.Claims(d.Token.Claims)),
		Observations: d.observationsJSON(odditiesAt(d.Profile, d.At)),
		Traits:       d.observationsJSON(d.Profile.Traits),
		Next:         nextOf(d.Next),
	}
	return d.Mask.JSON(w, out)
}

func (d decoding) observationsJSON(all []inspect.Observation) []observationJSON {
	return listOf(all, func(o *inspect.Observation) observationJSON {
		return observationJSON{ID: o.ID, Path: o.Path, Message: d.Mask.Message(*o)}
	})
}

// rawJSON is a value's own JSON, or null.
func rawJSON(v *source.Value) json.RawMessage {
	return json.RawMessage(lastMembers(v).JSON())
}

// lastMembers returns the value without all but the last of the members that share a name,
// since most readers take the last. A reader of our JSON must not meet the same doubt again.
func lastMembers(v *source.Value) *source.Value {
	if v == nil || !v.Is(source.Object) && !v.Is(source.List) {
		return v
	}
	one := mapped(v, lastMembers)
	at := make(map[string]int, len(one.Members))
	for i := range one.Members {
		at[one.Members[i].Key] = i
	}
	if len(at) == len(one.Members) {
		return one
	}
	one = unshared(one, v)
	kept := one.Members[:0]
	for i, m := range one.Members {
		if at[m.Key] == i {
			kept = append(kept, m)
		}
	}
	one.Members = kept
	return one
}

// signJSON is a reason why we take the token for what we say it is.
type signJSON struct {
	About   string `json:"about"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

const notVerified = "Nothing was verified: anyone can make up a token like this one."

// lead is what a reader must know first of what is shown; why, where that is nothing.
func (d decoding) lead() string {
	if fault := d.Token.Fault; fault != nil {
		return report.Sentence(fault.Cause)
	}
	return notVerified
}

// DecodeText writes a token for a person: what it is, its header and claims, what is odd, and
// what to do next. The short form shows the claims that decide.
func DecodeText(t *Text, r *report.Decoding) {
	d := newDecoding(r)
	t.mask = d.Mask
	switch t.Detail {
	case Answer:
		t.OneLine(Summary(d.Profile, d.At))
	case All:
		t.decodeAll(d)
	default:
		t.decodeShort(d)
	}
}

func (t *Text) decodeAll(d decoding) {
	t.Blank()
	t.Para(1, t.Paint(Strong, Summary(d.Profile, d.At)))
	t.Para(1, safe(d.lead()))
	t.titled("what it is", d.whatItIs())
	t.members("header", d, d.Mask.Value(d.Token.Header))
	t.members("claims", d, d.Mask.Claims(d.Token.Claims))
	t.notes("worth knowing", d.Mask.notes(d.Profile.Traits))
	t.notes("odd", d.Mask.notes(d.unsaid()))
	t.wayOn(d.Next)
	t.Blank()
}

func (t *Text) members(title string, d decoding, object *source.Value) {
	if object == nil {
		return
	}
	t.Heading(title)
	listed := object.Members[:min(len(object.Members), mostMembers)]
	rows := make([]NotedRow, 0, len(listed))
	for _, m := range listed {
		label := safe(inspect.ShortenMiddle(m.Key, 2*widestLabel))
		rows = append(rows, NotedRow{
			Row{label, t.shortened(d.shown(title, m))}, d.meaning(title, m.Key),
		})
	}
	t.NotedRows(2, rows)
	switch more := len(object.Members) - len(listed); {
	case len(object.Members) == 0:
		t.Para(2, "none")
	case more > 0:
		t.Para(2, fmt.Sprintf("and %d more: -o json lists them all", more))
	}
}

// mostMembers is how many members we list for a person. Entra ID's tokens have some thirty.
const mostMembers = 1000

// shown is a member's value as it is shown, safe to print.
func (d decoding) shown(part string, m source.Member) string {
	text := d.valueText(m.Key, m.Value)
	if stands := d.valueMeaning(m.Key); stands != "" && part == "claims" {
		text += " = " + stands
	}
	return safe(text)
}

// mostLines is how many lines a value may take before its middle is left out.
const mostLines = 2

// shortened leaves out the middle of a value that would take too many lines. --claim shows all
// of it.
func (t *Text) shortened(value string) string {
	line := t.columns() - 2*len(indent) - widestLabel - 2
	if width(value) <= mostLines*line {
		return value
	}
	return inspect.ShortenMiddle(value, line)
}

// decodeShort is a token that fits a screen: what it is, the claims that a gateway can decide by,
// what is odd, and the way on. The other claims are named only.
func (t *Text) decodeShort(d decoding) {
	t.Para(1, t.Paint(Strong, Summary(d.Profile, d.At)))
	t.Para(1, safe(d.lead()))
	t.deciding(d)
	t.notes("worth knowing", d.Mask.notes(d.telling()))
	odd := d.unsaid()
	t.notes("odd", d.Mask.notes(odd[:min(len(odd), mostObserved)]))
	if more := len(odd) - mostObserved; more > 0 {
		t.Para(2, fmt.Sprintf("and %d more (-v shows them)", more))
	}
	t.wayOn(d.Next)
}

// first are the claims that decide, in the order in which a person looks for them. The other ones
// come behind them.
var first = [...]string{
	"aud", "iss", "tid", "appid", "azp", "client_id", "scp", "scope", "roles", "exp", "nbf",
}

const mostDeciding = 10

// deciding lists the claims that a gateway can decide by, and the key, and names the others.
func (t *Text) deciding(d decoding) {
	claims := d.Mask.Claims(d.Token.Claims)
	if claims == nil && d.Token.Header == nil {
		return
	}
	var shown, others []source.Member
	if claims != nil {
		for _, m := range claims.Members {
			if d.decides(m) {
				shown = append(shown, m)
			} else {
				others = append(others, m)
			}
		}
	}
	slices.SortStableFunc(shown, func(a, b source.Member) int {
		return place(a.Key) - place(b.Key)
	})
	if len(shown) > mostDeciding {
		others = append(others, shown[mostDeciding:]...)
		shown = shown[:mostDeciding]
	}
	var rows []Row
	for _, m := range shown {
		text := d.shown("claims", m)
		if _, instant, found := strings.Cut(text, " = "); found && isTime(m.Key) {
			text = instant
		}
		rows = append(rows, Row{safe(inspect.ShortenMiddle(m.Key, widestLabel)), text})
	}
	if named := d.keyRow(); named.Text != "" {
		rows = append(rows, named)
	}
	if len(rows) > 0 {
		t.Heading("what decides")
		room := t.columns() - 2*len(indent) - labelColumn(rows, widestLabel)
		for i := range rows {
			if rows[i].Label != "iss" { // the middle of an issuer is its tenant
				rows[i].Text = t.fit(t.mask.painted(rows[i].Text), room)
			}
		}
		t.Rows(2, rows)
	}
	if text := d.foldedClaims(others); text != "" {
		t.Para(2, safe(text))
	}
}

// decides reports whether a gateway can let a token in or not for this claim. nbf does so only
// before its time. A claim that we do not know may be checked by a policy.
func (d decoding) decides(m source.Member) bool {
	info, known := inspect.Claim(m.Key)
	switch {
	case m.Key == "nbf":
		return !d.Profile.NotBefore.Known() || d.Profile.NotBefore.At.After(d.At)
	case m.Key == "tid":
		return true
	}
	return !known || info.Fitness == inspect.Decides
}

func place(claim string) int {
	if i := slices.Index(first[:], claim); i >= 0 {
		return i
	}
	return len(first)
}

// keyRow is the key that the header names, with its algorithm; or the algorithm alone.
func (d decoding) keyRow() Row {
	header := d.Mask.Value(d.Token.Header)
	var label string
	var parts []string
	for _, name := range []string{"kid", "alg"} {
		if member := header.Member(name); member != nil {
			text := d.valueText(name, member)
			if strings.TrimSpace(text) == "" {
				text = member.JSON()
			}
			label = cmp.Or(label, name)
			parts = append(parts, text)
		}
	}
	return Row{label, safe(strings.Join(parts, ", "))}
}

const mostNames = 12

// foldedClaims names the claims that are not shown, and counts the remarks that are not.
func (d decoding) foldedClaims(others []source.Member) string {
	var parts []string
	if len(others) > 0 {
		names := make([]string, 0, mostNames)
		for _, m := range others[:min(len(others), mostNames)] {
			names = append(names, inspect.ShortenMiddle(m.Key, widestLabel))
		}
		text := plural(len(others), "more claim: ", "more claims: ") + strings.Join(names, ", ")
		if len(others) > mostNames {
			text += ", …"
		}
		parts = append(parts, text)
	}
	if remarks := len(d.Profile.Traits) - len(d.telling()); remarks > 0 {
		parts = append(parts, report.Counted(remarks, "remark"))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + " (-v shows them)"
}

// telling are the traits that warn of a wrong use of the token, or of a wrong conclusion from it.
func (d decoding) telling() []inspect.Observation {
	var all []inspect.Observation
	for _, trait := range d.Profile.Traits {
		switch trait.ID {
		case "app-only-without-roles", "group-overage", "guest", "personal-account":
			all = append(all, trait)
		}
	}
	return all
}

// mostObserved is how many of the things that are odd the short form shows.
const mostObserved = 3

// unsaid is what is odd, without what a note beside the answer says.
func (d *decoding) unsaid() []inspect.Observation {
	said := func(o inspect.Observation) bool { return o.ID == inspect.SeveralTokens }
	return source.Without(odditiesAt(d.Profile, d.At), said)
}
