package render

import (
	"fmt"
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
