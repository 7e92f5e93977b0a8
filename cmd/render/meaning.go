package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// infoOf returns what is known of a member of the header or of the claims.
func infoOf(part, name string) (inspect.ClaimInfo, bool) {
	if part == "header" {
		return inspect.HeaderMember(name)
	}
	return inspect.Claim(name)
}

// shortMeaning is the first clause of a member's meaning, to be shown beside its value. --claim
// shows all of it.
func shortMeaning(part, name string) string {
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

// meaning is the short meaning of a member of this token. The token's kind or flow may narrow
// it down.
func (d decoding) meaning(part, name string) string {
	switch {
	case part != "claims":
	case name == "aud" && d.Profile.Kind == inspect.KindID:
		return "the app that the ID token is for"
	case name == "roles" && d.Profile.Flow == inspect.Delegated:
		return "the app roles of the user"
	case name == "roles" && d.Profile.Flow != inspect.AppOnly:
		return "the application permissions or app roles that were granted"
	}
	return shortMeaning(part, name)
}

// valueMeaning says what a value means, if we know more than the value says.
func (d decoding) valueMeaning(name string) string {
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
		return "public client, no credentials"
	case "secret":
		return "authenticated with a secret"
	case "certificate":
		return "authenticated with a certificate"
	}
	return ""
}

// isTime reports whether a claim holds a time (RFC 7519, section 4.1; OpenID Connect Core,
// section 2; learn.microsoft.com/entra/identity-platform/optional-claims-reference).
func isTime(claim string) bool {
	switch claim {
	case "exp", "nbf", "iat", "auth_time", "updated_at", "xms_tcdt":
		return true
	}
	return false
}

// valueText writes a value as a person reads it: lists of strings without brackets, times with
// their date, strings without quotes unless a reader would take them for something else. The
// value is masked already, but not yet safe to print.
func (d decoding) valueText(name string, v *source.Value) string {
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

// counted says how many values a long list has, since the list is shortened if it does not fit.
func counted(list []string) string {
	if len(list) <= fewValues {
		return ""
	}
	return fmt.Sprintf("%d values: ", len(list))
}

// needsQuotes reports whether a reader could take a string for a number, for nothing, or for
// several values.
func needsQuotes(s string) bool {
	_, number := strconv.ParseFloat(s, 64)
	return s == "" || number == nil || s == "true" || s == "false" || s == "null" ||
		strings.TrimSpace(s) != s
}
