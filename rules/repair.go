package rules

import "github.com/gatewhy/gatewhy/inspect/entra"

// Facts are what a file does not tell and a repair may need. What is not known is empty.
type Facts struct {
	Audience string // of this environment, in the form that its tokens carry
	Scope    string // that only this environment's API exposes
	Tenant   string // the tenant's id
	Version  entra.Version
}

// Repair is a change of a file that is to remove a finding. It is not proved.
type Repair struct {
	Proposal

	// Asks says what has to be known, where Refused is set and knowing it would help: the flags that tell it.
	Asks []string
}
