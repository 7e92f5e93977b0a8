package render

import (
	"crypto/sha256"
	"fmt"
	"io"
	"path"
	"path/filepath"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

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
	switch s {
	case rules.Error:
		return "critical"
	case rules.Warning:
		return "major"
	}
	return "info"
}
