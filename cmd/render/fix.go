package render

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Fixing is what fix has done to one file.
type Fixing struct {
	Before, After *source.File
	Repaired      []string // the rules, or the steps of a solution, in the order of the repairs
	Changes       []rules.FieldChange
	Refused       []Refusal
	Tokens        []repair.Token
	Unproved      []Unproved
	Warnings      []string // of what the change lets in that was kept out before
	Written       bool
}

// Refusal is a finding that was not repaired.
type Refusal struct {
	Rule, Field string
	Severity    rules.Severity
	Pos         source.Position
	Why         string
	Asks        []string // the flags that would help
}

// Unproved is what tokens would have shown if we knew what they look like.
type Unproved struct {
	API    string // the API instance, of a file with several
	Tokens []string
	Why    string
	Ask    string // the flag that would help
}

// diff is the change as a unified diff, with stars in the place of secrets.
func (f *Fixing) diff() string {
	return Diff(f.Before.Name, string(withoutSecrets(f.Before)), string(withoutSecrets(f.After)))
}
