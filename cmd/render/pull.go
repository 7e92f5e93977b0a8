package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
)

type (
	pullJSON struct {
		SchemaVersion int            `json:"schema_version"`
		Config        string         `json:"config"`
		Environments  []string       `json:"environments"`
		Files         []pullFileJSON `json:"files"`
		Missing       []string       `json:"missing"`
		Secrets       int            `json:"secrets_masked"`
		Absent        []string       `json:"not_in_config,omitempty"`
		Gone          []string       `json:"gone,omitempty"`
		Next          []nextJSON     `json:"next,omitempty"`
	}

	pullFileJSON struct {
		File   string `json:"file"`
		Change string `json:"change"`
	}
)

// PullJSON writes which files were written, and what could not be fetched.
func PullJSON(w io.Writer, p *report.Pulling) error {
	return JSON(w, pullJSON{
		SchemaVersion: SchemaVersion, Config: p.Config, Environments: orEmpty(p.Columns),
		Files: listOf(p.Files, func(f *report.PulledFile) pullFileJSON {
			return pullFileJSON{f.Name, f.Change()}
		}),
		Missing: listOf(p.Missing, func(err *error) string {
			return report.AsError(*err).Error()
		}),
		Secrets: p.Secrets, Absent: p.Absent, Gone: p.Gone, Next: nextOf(p.Next),
	})
}

const mostColumns = 12

// PullText says in a few lines what was fetched, and of a second run what changed; in full, each
// file and each change as a diff.
func PullText(t *Text, p *report.Pulling) {
	if t.Detail == Answer {
		t.OneLine(pullSentence(p))
		return
	}
	t.Blank()
	t.Para(1, pullSentence(p))
	var rows []Row
	names := p.Columns
	if t.Detail != All && len(names) > mostColumns {
		names = append(names[:mostColumns:mostColumns],
			fmt.Sprintf("and %d more (-v shows them)", len(p.Columns)-mostColumns))
	}
	if len(names) > 0 {
		rows = append(rows, Row{"environments", safe(strings.Join(names, ", "))})
	}
	if p.Secrets > 0 {
		rows = append(rows, Row{"masked", report.Counted(p.Secrets, "secret") + " as " +
			report.SecretMark + " (--with-secrets keeps them)"})
	}
	if len(p.Absent) > 0 {
		rows = append(rows, Row{
			"not in " + safe(p.Config),
			safe(strings.Join(p.Absent, ", ")) + ": the file was there, and is as it was",
		})
	}
	if len(p.Gone) > 0 {
		rows = append(rows, Row{"gone", safe(strings.Join(p.Gone, ", ")) +
			": no longer at the control plane; the files stay, and gatewhy.yaml may name them"})
	}
	if len(rows) > 0 {
		t.Blank()
		t.Rows(1, rows)
	}
	t.pulledFiles(p, t.Detail == All)
	if len(p.Missing) > 0 {
		t.Blank()
		t.Para(1, t.Paint(Bad, report.Counted(len(p.Missing), "answer")+" could not be fetched")+
			": the errors below say which")
	}
	t.wayOn(p.Next)
	t.Blank()
}

// pulledFiles lists the files that a second run changed, or all files with their changes.
func (t *Text) pulledFiles(p *report.Pulling, all bool) {
	_, changed, same := p.Counts()
	var rows []Row
	for i := range p.Files {
		f := &p.Files[i]
		if all || f.Change() == "changed" || f.Change() == "new" && changed+same > 0 {
			rows = append(rows, Row{f.Change(), safe(f.Name)})
		}
	}
	t.titled("files", rows)
	for i := range p.Files {
		f := &p.Files[i]
		if all && f.Change() == "changed" {
			t.Blank()
			for line := range strings.Lines(Diff(f.Name, string(f.Before), string(f.Text))) {
				t.Command(0, safe(strings.TrimRight(line, "\n")))
			}
		}
	}
}

func pullSentence(p *report.Pulling) string {
	fresh, changed, same := p.Counts()
	if changed+same == 0 {
		return fmt.Sprintf("Wrote %s into %s.", report.Counted(fresh, "file"), safe(p.Folder))
	}
	if fresh+changed == 0 {
		return fmt.Sprintf("Nothing changed: %s as before.", report.Counted(same, "file"))
	}
	return fmt.Sprintf("%d changed, %d new, %d as before.", changed, fresh, same)
}
