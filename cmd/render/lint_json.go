package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The JSON of lint.
type (
	lintJSON struct {
		SchemaVersion int               `json:"schema_version"`
		Findings      []lintFindingJSON `json:"findings"`
		Suppressed    []suppressedJSON  `json:"suppressed,omitempty"`
		Errors        []unreadJSON      `json:"errors,omitempty"`
		Summary       lintSummaryJSON   `json:"summary"`
		Next          []nextJSON        `json:"next,omitempty"`
	}

	lintFindingJSON struct {
		findingJSON
		End   *placeJSON `json:"end"`
		Field *string    `json:"field"`
	}

	suppressedJSON struct {
		lintFindingJSON
		By     string `json:"by"`
		Reason string `json:"reason"`
	}

	unreadJSON struct {
		Message string      `json:"message"`
		File    *string     `json:"file"`
		Source  *sourceJSON `json:"source"`
		Hints   []string    `json:"hints,omitempty"`
	}

	placeJSON struct {
		Line   int `json:"line"`
		Column int `json:"column"`
	}

	lintSummaryJSON struct {
		Files    int `json:"files"`
		Policies int `json:"policies"`
		Error    int `json:"error"`
		Warning  int `json:"warning"`
		Note     int `json:"note"`
	}
)

// LintJSON writes the findings as JSON.
func LintJSON(w io.Writer, r *report.Linting) error {
	l := linting{r}
	return JSON(w, lintJSON{
		SchemaVersion: SchemaVersion,
		Findings:      listOf(l.Findings, l.findingJSON),
		Suppressed: listOf(l.Suppressed, func(s *report.Suppressed) suppressedJSON {
			return suppressedJSON{l.findingJSON(&s.Finding), s.By, s.Reason}
		}),
		Errors: listOf(l.Unread, func(u *report.Unread) unreadJSON {
			return unreadJSON{u.Why, known(u.Pos.File), sourceOf(u.Pos), u.Hints}
		}),
		Next: nextOf(l.Next),
		Summary: lintSummaryJSON{
			Files: l.Files, Policies: l.Policies,
			Error: l.count(rules.Error), Warning: l.count(rules.Warning),
			Note: l.count(rules.Note),
		},
	})
}

func (l linting) findingJSON(f *rules.Finding) lintFindingJSON {
	return lintFindingJSON{findingOf(f), endOf(l.end(*f)), known(f.Field)}
}

func endOf(pos source.Position) *placeJSON {
	if pos.Line == 0 {
		return nil
	}
	return &placeJSON{pos.Line, pos.Column}
}
