package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// The JSON of fix.
type (
	fixedJSON struct {
		SchemaVersion int              `json:"schema_version"`
		File          string           `json:"file"`
		Diff          string           `json:"diff"`
		Repaired      []string         `json:"repaired"`
		Changes       []changeJSON     `json:"changes"`
		NotRepaired   []notFixedJSON   `json:"not_repaired"`
		Tokens        []fixedTokenJSON `json:"tokens"`
		NotProved     []notProvedJSON  `json:"not_proved,omitempty"`
		Warnings      []string         `json:"warnings"`
		Written       bool             `json:"written"`
		Next          []nextJSON       `json:"next,omitempty"`
	}

	notFixedJSON struct {
		Rule   string      `json:"rule"`
		Source *sourceJSON `json:"source"`
		Why    string      `json:"why"`
		Asks   []string    `json:"asks"`
	}

	notProvedJSON struct {
		API    *string  `json:"api"`
		Tokens []string `json:"tokens"`
		Why    string   `json:"why"`
		Asks   []string `json:"asks"`
	}

	fixedTokenJSON struct {
		Name     string      `json:"name"`
		API      *string     `json:"api"`
		Modelled bool        `json:"modelled"`
		Expected *string     `json:"expected"`
		Before   outcomeJSON `json:"before"`
		After    outcomeJSON `json:"after"`
	}
)

// FixJSON writes what fix has done as JSON.
func FixJSON(w io.Writer, r *report.Fixing) error {
	f := fixing{r}
	out := fixedJSON{
		SchemaVersion: SchemaVersion, File: f.Before.Name, Diff: f.diff(), Written: f.Written,
		Next:     nextOf(f.Next),
		Repaired: append([]string{}, f.Repaired...), Changes: []changeJSON{},
		NotRepaired: []notFixedJSON{}, Tokens: []fixedTokenJSON{},
		Warnings: append([]string{}, f.Warnings...),
	}
	for _, c := range f.Changes {
		out.Changes = append(out.Changes, changeOf(&c))
	}
	for _, r := range f.Refused {
		out.NotRepaired = append(out.NotRepaired, notFixedJSON{
			r.Rule, sourceOf(r.Pos), r.Why, append([]string{}, r.Asks...),
		})
	}
	for i := range f.Tokens {
		token := &f.Tokens[i]
		out.Tokens = append(out.Tokens, fixedTokenJSON{
			token.Name, known(token.API), token.Modelled, known(string(token.Expected)),
			outcomeOf(&token.Before), outcomeOf(&token.After),
		})
	}
	for _, u := range f.Unproved {
		out.NotProved = append(out.NotProved, notProvedJSON{
			known(u.API), u.Tokens, u.Why, []string{u.Ask},
		})
	}
	return JSON(w, out)
}
