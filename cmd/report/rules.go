package report

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// RulePage is one rule with its examples, and what lint says of the bad one.
type RulePage struct {
	*rules.Rule
	Bad, Good examples.Example
	App       *examples.Example // the app registration that both need; nil where they need none
	File      *source.File      // the bad one, as it was read
	Findings  []rules.Finding
}
