package render

import (
	"encoding/json"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/scan"
)

// The JSON of scan. Summaries of parts are read back and added up: see report.ReadSummary.
type (
	scanJSON struct {
		SchemaVersion int `json:"schema_version"`
		summaryJSON
		Comparison *comparisonJSON `json:"comparison,omitempty"`
		Next       []nextJSON      `json:"next,omitempty"`
	}

	summaryJSON struct {
		Lines         int64       `json:"lines"`
		Tokens        int64       `json:"tokens"`
		Without       int64       `json:"without_token"`
		Unreadable    int64       `json:"unreadable"`
		Partial       bool        `json:"partial"`
		ClientsOver   bool        `json:"clients_over"`
		AudiencesOver bool        `json:"audiences_over"`
		Verdicts      []groupJSON `json:"verdicts"`
	}

	comparisonJSON struct {
		Before    summaryJSON `json:"before"`
		LockedOut summaryJSON `json:"locked_out"`
		LetIn     summaryJSON `json:"let_in"`
		Unclear   summaryJSON `json:"unclear"`
	}

	groupJSON struct {
		scanCauseJSON
		Tokens    int64         `json:"tokens"`
		Clients   []countedJSON `json:"clients"`
		Audiences []countedJSON `json:"audiences"`
	}

	scanCauseJSON struct {
		Outcome rules.Decision `json:"outcome"`
		Status  *int           `json:"status"`
		Decided *rules.ID      `json:"decided_by"`
		Claim   string         `json:"claim,omitempty"`
	}

	countedJSON struct {
		Value  string `json:"value"`
		Name   string `json:"name,omitempty"`
		Tokens int64  `json:"tokens"`
	}

	scannedJSON struct {
		File string `json:"file,omitempty"`
		Line int    `json:"line"`
		scanCauseJSON
		Client   *string        `json:"client_id"`
		Audience *string        `json:"audience"`
		Before   *scanCauseJSON `json:"before,omitempty"`
	}
)

// ScanJSON writes what the tokens of a stream get as JSON.
func ScanJSON(w io.Writer, x *report.Scanning) error {
	out := scanJSON{
		SchemaVersion: SchemaVersion, summaryJSON: summaryOf(&x.After, x.Apps),
		Next: nextOf(x.Next),
	}
	if x.Compared {
		out.Comparison = &comparisonJSON{
			Before: summaryOf(&x.Before, x.Apps), LockedOut: summaryOf(&x.LockedOut, x.Apps),
			LetIn: summaryOf(&x.LetIn, x.Apps), Unclear: summaryOf(&x.Unclear, x.Apps),
		}
	}
	return JSON(w, out)
}

func summaryOf(s *scan.Summary, apps *entra.Directory) summaryJSON {
	out := summaryJSON{
		Lines: s.Lines, Tokens: s.Tokens(), Without: s.Without, Unreadable: s.Unreadable,
		Partial: s.Partial, ClientsOver: s.ClientsOver, AudiencesOver: s.AudiencesOver,
		Verdicts: make([]groupJSON, 0, len(s.Groups)),
	}
	for _, cause := range s.Causes() {
		g := s.Groups[cause]
		group := groupJSON{
			scanCauseJSON: scanCauseOf(cause), Tokens: g.Tokens,
			Clients: countedOf(g.Clients), Audiences: countedOf(g.Audiences),
		}
		for i := range group.Clients {
			group.Clients[i].Name = appName(apps, group.Clients[i].Value)
		}
		out.Verdicts = append(out.Verdicts, group)
	}
	return out
}

func scanCauseOf(c scan.Cause) scanCauseJSON {
	return scanCauseJSON{c.Outcome, known(c.Status), known(c.Decided), c.Claim}
}

func countedOf(values map[string]int64) []countedJSON {
	all := make([]countedJSON, 0, len(values))
	for _, v := range scan.Busiest(values) {
		all = append(all, countedJSON{Value: v.Value, Tokens: v.Tokens})
	}
	return all
}

// ScannedNDJSON writes one token of a stream as a line of NDJSON.
func ScannedNDJSON(w io.Writer, x *report.Scanned) error {
	out := scannedJSON{
		File: x.File, Line: x.Line, scanCauseJSON: scanCauseOf(x.After.Cause),
		Client: known(x.After.Client), Audience: known(x.After.Audience),
	}
	if x.Before.Outcome != "" {
		before := scanCauseOf(x.Before.Cause)
		out.Before = &before
	}
	encoder := json.NewEncoder(jsonWriter{w, nil})
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}
