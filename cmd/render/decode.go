package render

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

// decoding is a decoded token as it is shown.
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
	var rows []Row
	for _, r := range []Row{
		{kindWord(p.Kind), signText(p, "kind")},
		{flowPhrase(p), signText(p, "flow")},
		{"client", clientWhere(p)},
		{"audience", audienceForm(p)},
	} {
		if r.Label != "" && r.Text != "" {
			rows = append(rows, r)
		}
	}
	return rows
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
	m.para(notVerified)
	m.table("", "")
	m.tokenRows(d.Token, d.Profile)
	m.rows("What it is", d.whatItIs())
	m.list("Worth knowing", d.Profile.Traits)
	m.list("Odd", odditiesAt(d.Profile, d.At))
	m.wayOn(d.Next)
	_, err := io.WriteString(w, m.b.String())
	return err
}
