package render

import (
	"crypto/sha256"
	"fmt"
	"io"
	"path"
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
		end, level := l.end(f), string(f.Severity)
		if f.Severity == rules.Note {
			level = "notice"
		}
		fmt.Fprintf(&out,
			"::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n",
			level, githubProperty(filepath.ToSlash(f.Pos.File)),
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
	return failingTests(w, r, func(c *report.Tested) string {
		return fmt.Sprintf("::error file=%s,line=%d,col=%d,title=%s::%s",
			githubProperty(filepath.ToSlash(c.Pos.File)), c.Pos.Line, c.Pos.Column,
			githubProperty(c.Name), githubMessage(strings.Join(c.Differences, "; ")))
	})
}

func failingTests(w io.Writer, r *report.Testing, line func(*report.Tested) string) error {
	var out strings.Builder
	for i := range r.Cases {
		if c := &r.Cases[i]; len(c.Differences) > 0 {
			out.WriteString(line(c) + "\n")
		}
	}
	_, err := io.WriteString(w, out.String()+testSummary(r)+"\n")
	return err
}

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
	return failingTests(w, r, func(c *report.Tested) string {
		return azureIssue(rules.Error, c.Pos, "", c.Name+": "+strings.Join(c.Differences, "; "))
	})
}

// The parts of GitLab's Code Quality report that are written
// (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format").
type (
	gitlabIssue struct {
		Description string      `json:"description"`
		CheckName   string      `json:"check_name"`
		Fingerprint string      `json:"fingerprint"` // no two issues have the same
		Severity    string      `json:"severity"`
		Location    gitlabPlace `json:"location"`
	}

	gitlabPlace struct {
		Path  string `json:"path"` // relative to the repository, without ./
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	}
)

// LintGitLab writes the findings as a Code Quality report, which GitLab shows in a merge request.
// A file that could not be checked is an issue of its first line.
func LintGitLab(w io.Writer, r *report.Linting) error {
	l := linting{r}
	issues, prints := []gitlabIssue{}, l.Fingerprints()
	for i, f := range l.Findings {
		issues = append(issues, gitlabIssue{
			f.Message + ". " + l.Fix(&f), f.Rule, prints[i], gitlabSeverity(f.Severity),
			gitlabLocation(f.Pos),
		})
	}
	for _, u := range l.Unread {
		print := fmt.Sprintf("%x", sha256.Sum256([]byte(u.String())))
		issues = append(issues, gitlabIssue{
			"not checked: " + u.Why, "not-checked", print, gitlabSeverity(rules.Error),
			gitlabLocation(u.Pos),
		})
	}
	return JSON(w, issues)
}

func gitlabLocation(pos source.Position) (place gitlabPlace) {
	place.Path = path.Clean(filepath.ToSlash(pos.File))
	place.Lines.Begin = max(pos.Line, 1)
	return place
}

// gitlabSeverity is one of info, minor, major, critical and blocker.
func gitlabSeverity(s rules.Severity) string {
	return map[rules.Severity]string{
		rules.Error: "critical", rules.Warning: "major", rules.Note: "info",
	}[s]
}
