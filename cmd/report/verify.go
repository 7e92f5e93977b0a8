package report

import (
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Verification is what verify found of one token.
type Verification struct {
	Token   *inspect.Token
	Profile inspect.Profile
	At      time.Time
	Report  keys.Report
	Tenant  string       // whose token it must be, by its id; empty where nobody said
	Redact  bool         // personal values are hidden
	Next    []rules.Step // what to do now

	// OwnKeys means that nobody said whose keys are right, so that the token's own issuer was
	// asked.
	OwnKeys bool
	// NoKeys says why there is no key set, where there is none.
	NoKeys string
	// Hints say what to pass so that more can be said.
	Hints []source.Hint
}

// NeedsKeys reports whether there is a signature that a key can check. Of a damaged token, or of
// one that is not signed, the keys are only asked if the user named some. Where it needs none, the
// verification says so.
func (v *Verification) NeedsKeys(named bool) bool {
	token := v.Token
	switch {
	case token.Shape != inspect.Signed || token.Header == nil: // the claims may be none at all
	case named, token.Fault == nil && !isUnsigned(token):
		return true
	}
	v.NoKeys = "not needed: there is no signature to check"
	return false
}

// isUnsigned reports whether no key can verify the token, because it has no signature.
func isUnsigned(token *inspect.Token) bool {
	alg, _ := token.Header.Member("alg").Str()
	return strings.EqualFold(alg, "none") || len(token.Signature) == 0
}
