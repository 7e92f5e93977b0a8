package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Decoding is a token as decode shows it. Nothing in it is verified.
type Decoding struct {
	Token   *inspect.Token
	Profile inspect.Profile
	At      time.Time
	Mask    *Mask
}

// isTime reports whether a claim holds a time (RFC 7519, section 4.1; OpenID Connect Core, section 2;
// learn.microsoft.com/entra/identity-platform/optional-claims-reference).
func isTime(claim string) bool {
	switch claim {
	case "exp", "nbf", "iat", "auth_time", "updated_at", "xms_tcdt":
		return true
	}
	return false
}

// valueText writes a value as a person reads it: lists of strings without brackets, times also as a date,
// strings without quotes unless they would be taken for something else. It is not yet safe to print. The value is
// masked already.
func (d *Decoding) valueText(name string, v *source.Value) string {
	if list, ok := v.Strings(); ok && v.Is(source.List) && len(list) > 0 {
		return counted(list) + strings.Join(list, ", ")
	}
	text := v.JSON()
	if s, ok := v.Str(); ok && !needsQuotes(s) {
		text = s
	}
	if instant := inspect.ReadInstant(v); isTime(name) && instant.Known() {
		text += " = " + instant.String() + ", " + inspect.Relative(instant.At, d.At)
	}
	return text
}

// fewValues is how many values of a list a reader sees at a glance.
const fewValues = 4

// counted says how many values a long list has: it is shortened where it does not fit.
func counted(list []string) string {
	if len(list) <= fewValues {
		return ""
	}
	return fmt.Sprintf("%d values: ", len(list))
}

// needsQuotes reports whether a string could be taken for a number, for nothing, or for several values.
func needsQuotes(s string) bool {
	return s == "" || strings.Trim(s, "0123456789.+-eE") == "" || s == "true" || s == "false" || s == "null" ||
		strings.TrimSpace(s) != s
}

// nextSteps says what to do with what was decoded.
func (d *Decoding) nextSteps() []Row {
	switch {
	case d.Token.Fault != nil:
		return []Row{{d.Token.Fault.Cause, strings.Join(report.Hints(d.Token.Fault.Hints), "; ")}}
	case d.Profile.HasTrait("microsoft-api"):
		return []Row{{"gatewhy explain -p POLICY", "what a gateway answers to it; ask Entra ID for a scope of your own API instead"}}
	}
	return []Row{
		{"gatewhy verify", "whether its signature, issuer, tenant and times are right"},
		{"gatewhy explain -p POLICY", "what a gateway answers to it, and why"},
	}
}

// what says what the token is and why we think so, the strongest sign first, which claim names the client, and how the audience is
// written.
func (d *Decoding) what() []Row {
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
		text += "; so say " + strings.Join(also, ", ")
	}
	return text
}

func clientWhere(p inspect.Profile) string {
	if p.ClientID.Claim == "" {
		return ""
	}
	text := "named in " + p.ClientID.Claim
	if proof := proofText(p.ClientProof); proof != "" {
		text += "; it proved itself " + proof
	}
	return text
}

// audienceForm says how the audience of a token of Entra ID is written.
func audienceForm(p inspect.Profile) string {
	if p.IssuedBy == inspect.ByOther {
		return ""
	}
	switch p.AudienceForm {
	case inspect.AppIDURI:
		return "an App ID URI"
	case inspect.GUID:
		return "an application id"
	case inspect.SPN:
		return "spn: and an application id"
	case inspect.FirstParty:
		return "that of one of Microsoft's own APIs"
	case inspect.OtherAudience:
		return "neither an App ID URI nor an application id"
	case inspect.SeveralAudiences:
		return "a list, which Entra ID never writes"
	}
	return ""
}

// signJSON is a reason for what the token is taken for.
type signJSON struct {
	About   string `json:"about"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

func signsOf(p inspect.Profile) []signJSON {
	out := make([]signJSON, len(p.Signs))
	for i, s := range p.Signs {
		out[i] = signJSON(s)
	}
	return out
}

// oddAt is what is odd in a token at an instant: what is odd in its text, and a time of issue that is still to come.
func oddAt(p inspect.Profile, at time.Time) []inspect.Observation {
	if !p.IssuedAt.Known() || !p.IssuedAt.At.After(at) {
		return p.Observations
	}
	return append(slices.Clone(p.Observations), inspect.Observation{
		ID: "issued-in-future", Path: "claims.iat",
		Message: "iat is " + inspect.Relative(p.IssuedAt.At, at) + ": the clock that issued it is ahead, or this one is behind; " +
			"mod_oauth2, Ory Oathkeeper and KrakenD reject such a token (measured), most others do not look",
	})
}
