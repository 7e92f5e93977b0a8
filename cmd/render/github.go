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

// LintGitHub writes the findings as workflow commands, which GitHub Actions shows beside the
// lines of a pull request
// (docs.github.com/actions/reference/workflow-commands-for-github-actions).
func LintGitHub(w io.Writer, r *report.Linting) error {
	l := linting{r}
	var out strings.Builder
	for _, f := range l.Findings {
		end := l.end(f)
		fmt.Fprintf(&out,
			"::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n",
			annotation(f.Severity), githubProperty(filepath.ToSlash(f.Pos.File)),
			f.Pos.Line, end.Line, f.Pos.Column, end.Column,
			githubProperty(f.Rule), githubMessage(f.Message+". "+l.Fix(&f)))
	}
	for _, u := range l.Unread {
		fmt.Fprintf(&out, "::error %stitle=not checked::%s\n",
			githubPlace(u.Pos), githubMessage(u.Why))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// githubPlace is what is known about a place, as properties with a comma behind each.
func githubPlace(pos source.Position) string {
	switch {
	case pos.File == "":
		return ""
	case pos.Line == 0:
		return "file=" + githubProperty(filepath.ToSlash(pos.File)) + ","
	}
	return fmt.Sprintf("file=%s,line=%d,col=%d,", githubProperty(filepath.ToSlash(pos.File)),
		pos.Line, pos.Column)
}

func annotation(s rules.Severity) string {
	if s == rules.Note {
		return "notice"
	}
	return string(s)
}

// githubMessage escapes what would end a command, as GitHub's own toolkit does
// (actions/toolkit, packages/core/src/command.ts).
func githubMessage(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(safe(text))
}

func githubProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubMessage(text))
}

// TestGitHub writes the failing tests as workflow commands of GitHub Actions, then a line that
// sums up.
func TestGitHub(w io.Writer, r *report.Testing) error {
	x := testRun{r}
	var out strings.Builder
	for i := range x.Cases {
		if c := &x.Cases[i]; len(c.Differences) > 0 {
			fmt.Fprintf(&out, "::error file=%s,line=%d,col=%d,title=%s::%s\n",
				githubProperty(filepath.ToSlash(c.Pos.File)), c.Pos.Line, c.Pos.Column,
				githubProperty(c.Name), githubMessage(strings.Join(c.Differences, "; ")))
		}
	}
	_, err := io.WriteString(w, out.String()+x.summary()+"\n")
	return err
}
