package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// The JSON of fix.
type (
	fixedJSON struct {
		SchemaVersion int              `json:"schema_version,omitempty"` // of one file alone
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

	fixedAllJSON struct {
		SchemaVersion int         `json:"schema_version"`
		Files         []fixedJSON `json:"files"`
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

// FixJSON writes what fix has done to one file as JSON.
func FixJSON(w io.Writer, r *report.Fixing) error {
	out := fixedOf(r)
	out.SchemaVersion = SchemaVersion
	return JSON(w, out)
}

// FixAllJSON writes what fix has done to several files as JSON.
func FixAllJSON(w io.Writer, all []*report.Fixing) error {
	out := fixedAllJSON{SchemaVersion: SchemaVersion, Files: make([]fixedJSON, len(all))}
	for i, fixed := range all {
		out.Files[i] = fixedOf(fixed)
	}
	return JSON(w, out)
}

func fixedOf(r *report.Fixing) fixedJSON {
	f := fixing{r}
	out := fixedJSON{
		File: f.Before.Name, Diff: f.diff(), Written: f.Written, Next: nextOf(f.Next),
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
	return out
}
