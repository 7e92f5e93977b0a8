package report

import (
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
