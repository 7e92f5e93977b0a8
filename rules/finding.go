package rules

import "github.com/gatewhy/gatewhy/inspect/source"

// Severity says how bad a finding is.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // it lets in what it must not, or lets nobody in
	Warning Severity = "warning" // probably a mistake, or one change away from an error
	Note    Severity = "note"    // worth knowing
)

// Finding is something that a reader of the configuration should know.
type Finding struct {
	Rule     string
	Severity Severity
	Message  string // one or more sentences without a full stop at the end
	Pos      source.Position
	Span     source.Span // of what is wrong
	Field    string      // the configuration field; empty where there is none

	Policy *Policy // that it is about; nil where it is about none, or about the file
	Check  *Check  // of that policy; nil where it is about none
}
