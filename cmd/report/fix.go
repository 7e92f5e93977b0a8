package report

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Fixing is what fix has done to one file.
type Fixing struct {
	Before, After *source.File
	Repaired      []string // the rules, or the steps of a solution, in the order of the changes
	Changes       []rules.FieldChange
	Refused       []Refused
	Tokens        []repair.Token
	Unproved      []Unproved
	Warnings      []string // of what the change lets in that was kept out before
	Written       bool
}

// Refused is a finding that was not repaired.
type Refused struct {
	Rule, Field string
	Severity    rules.Severity
	Pos         source.Position
	Why         string
	Asks        []string // the flags that would help
}

// Unproved is what tokens would have shown, were it known what they look like.
type Unproved struct {
	API    string // the API instance, of a file with several
	Tokens []string
	Why    string
	Ask    string // the flag that would help
}
