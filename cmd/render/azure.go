package render

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// LintAzure writes the findings as logging commands, which Azure Pipelines shows as the issues of
// a run (learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands). It knows errors and
// warnings: a note is a plain line of the log.
func LintAzure(w io.Writer, r *report.Linting) error {
	l := linting{r}
	var out strings.Builder
	for _, f := range l.Findings {
		line := fmt.Sprintf("%s: note: %s [%s]", safe(f.Pos.String()), safe(f.Message), f.Rule)
		if f.Severity != rules.Note {
			text := f.Message + ". " + l.Fix(&f)
			line = azureIssue(f.Severity, f.Pos, f.Rule, text)
		}
		out.WriteString(line + "\n")
	}
	for _, u := range l.Unread {
		out.WriteString(azureIssue(rules.Error, u.Pos, "", "not checked: "+u.Why) + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// azureIssue is the command that adds an issue to the run. The code may be empty, and so may the
// place.
func azureIssue(severity rules.Severity, pos source.Position, code, text string) string {
	properties := fmt.Sprintf("type=%s;", severity)
	if pos.File != "" {
		properties += "sourcepath=" + azureProperty(filepath.ToSlash(pos.File)) + ";"
	}
	if pos.Line > 0 {
		properties += fmt.Sprintf("linenumber=%d;columnnumber=%d;", pos.Line, pos.Column)
	}
	if code != "" {
		properties += "code=" + azureProperty(code) + ";"
	}
	return "##vso[task.logissue " + properties + "]" + azureMessage(text)
}

// azureMessage escapes what would end a command, as Azure's own library does
// (microsoft/azure-pipelines-task-lib, node/taskcommand.ts).
func azureMessage(text string) string {
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A").Replace(safe(text))
}

func azureProperty(text string) string {
	return strings.NewReplacer(";", "%3B", "]", "%5D").Replace(azureMessage(text))
}

// TestAzure writes the failing tests as logging commands of Azure Pipelines, then a line that sums
// up.
func TestAzure(w io.Writer, r *report.Testing) error {
	x := testRun{r}
	var out strings.Builder
	for i := range x.Cases {
		if c := &x.Cases[i]; len(c.Differences) > 0 {
			text := c.Name + ": " + strings.Join(c.Differences, "; ")
			out.WriteString(azureIssue(rules.Error, c.Pos, "", text) + "\n")
		}
	}
	_, err := io.WriteString(w, out.String()+x.summary()+"\n")
	return err
}
