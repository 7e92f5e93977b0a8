package inspect

import (
	"fmt"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func (d *describer) times() {
	d.IssuedAt = d.instant("iat")
	d.NotBefore = d.instant("nbf")
	d.ExpiresAt = d.instant("exp")
	if d.ExpiresAt.Problem == Absent {
		d.odd("exp-missing", "claims.exp", "the token has no exp: it never expires for the gateways that do not ask for one")
	}
	if d.ExpiresAt.Known() && d.ExpiresAt.At.Unix() == 0 {
		d.odd("exp-zero", "claims.exp", "exp is 0, the start of 1970; some gateways take it for no exp at all")
	}
	if d.ordered(d.IssuedAt, d.ExpiresAt) && d.ordered(d.NotBefore, d.ExpiresAt) {
		return
	}
	d.odd("never-valid", "claims.exp", "exp is not later than iat or nbf: there is no moment at which the token is valid")
}

func (d *describer) ordered(from, to Instant) bool {
	return !from.Known() || !to.Known() || to.Meant.After(from.Meant)
}

// instant reads a time and notes what is wrong with it.
func (d *describer) instant(name string) Instant {
	v := d.claims.Member(name)
	i := ReadInstant(v)
	if message := i.Explain(name, v); message != "" {
		d.odd(string(i.Problem), "claims."+name, message)
	}
	return i
}

// Explain says in one clause what is wrong with a claim that was read as this instant, and what readers make of it. It
// is empty where nothing is.
func (i Instant) Explain(name string, v *source.Value) string {
	written := brief(v)
	switch i.Problem {
	case NotANumber:
		return fmt.Sprintf("%s is %s, not a number of seconds (RFC 7519, section 2)", name, written)
	case AsString:
		return fmt.Sprintf("%s is a string, %s; about half of the gateways refuse that, the others read it as a number", name, written)
	case Fraction:
		return fmt.Sprintf("%s is %s; some gateways read whole seconds alone", name, written)
	case Milliseconds:
		return fmt.Sprintf("%s is %s: in milliseconds that is %s, in seconds, as gateways read it, the year %d", name, written, FormatTime(i.Meant), i.At.Year())
	case Negative:
		return fmt.Sprintf("%s is %s, a time before 1970", name, written)
	case OutOfRange:
		return fmt.Sprintf("%s is %s, a time beyond the year 9999: gateways differ, and some fail on it", name, written)
	}
	return ""
}

// The lifetimes that Entra ID gives by default. Its clocks write iat and nbf about five minutes back, so a nominal hour
// measures 3900 s (learn.microsoft.com/entra/identity-platform/configurable-token-lifetimes and access-tokens).
const (
	backdated      = 5 * time.Minute
	leastDefault   = 60 * time.Minute
	mostDefault    = 90*time.Minute + backdated
	leastExtended  = 20 * time.Hour
	mostExtended   = 28*time.Hour + backdated
	leastByPolicy  = 10 * time.Minute
	mostByPolicy   = 24*time.Hour + backdated
	idTokenDefault = 60 * time.Minute
)

// lifetime compares the token's lifetime with Entra's defaults.
func (d *describer) lifetime() {
	life := d.Lifetime()
	if life <= 0 || d.IssuedBy != ByEntra {
		return
	}
	says := "it lives " + Length(life) + ", "
	switch {
	case d.Kind == KindID && life >= idTokenDefault && life <= idTokenDefault+backdated:
		says += "the default of an ID token"
	case d.Kind != KindID && life >= leastDefault && life <= mostDefault:
		says += "within Entra ID's default of 60 to 90 minutes"
	case d.Kind != KindID && life >= leastExtended && life <= mostExtended:
		says += "as tokens of managed identities and of clients with continuous access evaluation do: a change of roles may take as long to show"
	case life >= leastByPolicy && life <= mostByPolicy:
		says += "which is not Entra ID's default: a token lifetime policy may have set it"
	default:
		d.odd("lifetime-unusual", "claims.exp", says+"outside what Entra ID gives (10 min to 28 h)")
		return
	}
	d.trait("lifetime", "claims.exp", says)
}
