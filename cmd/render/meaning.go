package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
)

// infoOf returns what is known of a member of the header or of the claims.
func infoOf(part, name string) (inspect.ClaimInfo, bool) {
	if part == "header" {
		return inspect.HeaderMember(name)
	}
	return inspect.Claim(name)
}

// gloss is the first clause of a member's meaning, to stand beside its value; --claim shows all of it.
func gloss(part, name string) string {
	info, ok := infoOf(part, name)
	if !ok {
		return ""
	}
	text := info.Meaning
	if end := strings.IndexAny(text, ":;,."); end > 0 {
		text = text[:end]
	}
	first, size := utf8.DecodeRuneInString(text)
	if next, _ := utf8.DecodeRuneInString(text[size:]); unicode.IsLower(next) || next == ' ' {
		text = string(unicode.ToLower(first)) + text[size:]
	}
	if info.Personal && info.Fitness == inspect.Unfit {
		text += "; must not decide who gets access"
	}
	return text
}

// gloss is the gloss of a member of this token, where its kind or its flow narrows down what the member means.
func (d *Decoding) gloss(part, name string) string {
	switch {
	case part != "claims":
	case name == "aud" && d.Profile.Kind == inspect.KindID:
		return "the app that the ID token is for"
	case name == "roles" && d.Profile.Flow == inspect.Delegated:
		return "the app roles of the user"
	case name == "roles" && d.Profile.Flow != inspect.AppOnly:
		return "the application permissions or app roles that were granted"
	}
	return gloss(part, name)
}

// valueGloss says what a value stands for, where more is known than it says itself.
func (d *Decoding) valueGloss(name string) string {
	p := d.Profile
	switch {
	case name == "aud":
		return p.Resource
	case name == p.ClientID.Claim && name != "":
		return p.ClientName
	case name == "appidacr" || name == "azpacr":
		return proofText(p.ClientProof)
	}
	return ""
}

func proofText(proof string) string {
	switch proof {
	case "none":
		return "not at all: a public client"
	case "secret":
		return "with a secret"
	case "certificate":
		return "with a certificate"
	}
	return ""
}
