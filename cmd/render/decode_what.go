package render

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

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
