package render

import (
	"io"

	"github.com/gatewhy/gatewhy/rules"
)

// The JSON of rules.
type (
	rulesJSON struct {
		SchemaVersion int        `json:"schema_version"`
		Rules         []ruleJSON `json:"rules"`
	}

	ruleJSON struct {
		Name       string         `json:"name"`
		Severity   rules.Severity `json:"severity"`
		Lesser     string         `json:"lesser,omitempty"`
		Title      string         `json:"title"`
		Why        string         `json:"why"`
		Fix        string         `json:"fix"`
		Since      string         `json:"since"`
		References []string       `json:"references"`
		Bad        *exampleJSON   `json:"bad,omitempty"`
		Good       *exampleJSON   `json:"good,omitempty"`
	}

	exampleJSON struct {
		File string `json:"file"`
		Text string `json:"text"`
	}
)

// RulesJSON writes the catalogue as JSON.
func RulesJSON(w io.Writer, all []rules.Rule) error {
	out := rulesJSON{SchemaVersion: SchemaVersion, Rules: make([]ruleJSON, len(all))}
	for i := range all {
		out.Rules[i] = ruleOf(&all[i])
	}
	return JSON(w, out)
}

// RuleJSON writes one rule in full as JSON, in the form of a catalogue of one.
func RuleJSON(w io.Writer, p *RulePage) error {
	rule := ruleOf(p.Rule)
	rule.Bad = known(exampleJSON{p.Bad.Name, p.Bad.Text})
	rule.Good = known(exampleJSON{p.Good.Name, p.Good.Text})
	return JSON(w, rulesJSON{SchemaVersion: SchemaVersion, Rules: []ruleJSON{rule}})
}

func ruleOf(r *rules.Rule) ruleJSON {
	return ruleJSON{r.Name, r.Severity, r.Lesser, r.Title, r.Why, r.Fix, r.Since, r.References, nil, nil}
}
