package render

import (
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func noRules() []rules.Rule { return nil }

// catalogue is two rules, one of them with all that a rule can have.
func catalogue() []rules.Rule {
	return []rules.Rule{
		{
			Name: "audience-not-checked", Title: "the audience is not checked",
			Why: "Anybody's token fits.",
			Fix: "Name the audience | of the API.", Severity: rules.Error,
			Lesser: "a warning if the issuer has one API EVIL", Since: "0.1.0",
			References: []string{"RFC 9068, section 4", "KB 1"},
		},
		{
			Name: "secret-in-file", Title: "a secret | stands in the file EVIL",
			Why: "Whoever reads it has it.",
			Fix: "Move it.", Severity: rules.Note, Since: "0.2.0", References: []string{"KB 2"},
		},
	}
}

// findingAt is a finding about a field of a file.
func findingAt(file *source.File, rule string, s rules.Severity, field,
	message string,
) rules.Finding {
	at := file.Documents[0].Member(field)
	return rules.Finding{
		Rule: rule, Severity: s, Message: message, Pos: at.Pos, Span: at.Span, Field: field,
	}
}

// lintedPolicy has findings of every severity, some that are set aside, and files that could not
// be read.
func lintedPolicy(t *testing.T) *report.Linting {
	file := orders(t)
	aside := findingAt(file, "secret-in-file", rules.Note, "header", "a")
	all := read(t, "it's all.json", "[{\"a\": [\n1]}]")
	linted := &report.Linting{
		Catalogue: catalogue, Repairable: []string{"audience-not-checked"},
		Flags: []string{"--gateway", "a b"}, Version: "1.0.0",
		Findings: []rules.Finding{
			findingAt(file, "audience-not-checked", rules.Error, "audience",
				"no audience"+hostile),
			findingAt(file, "audience-not-checked", rules.Warning, "tenant", "the tenant"),
			findingAt(file, "secret-in-file", rules.Note, "clientSecret", "a secret: 100% of it"),
			{
				Rule: "audience-not-checked", Severity: rules.Error, Message: "a list",
				Pos:  all.Documents[0].Pos,
				Span: all.Documents[0].Span,
			},
			{
				Rule: "of-no-catalogue", Severity: rules.Note, Message: "a file",
				Pos: source.Position{File: "-"},
			},
		},
		Suppressed: []report.Suppressed{
			{Finding: aside, Reason: "a test" + hostile, By: "comment"},
			{Finding: aside, Reason: "known", By: "baseline"},
		},
		Ways: map[report.FindingsOf]string{
			{Rule: "audience-not-checked", File: file.Name}: "gatewhy fix " + file.Name,
			{Rule: "secret-in-file", File: file.Name}:       "gatewhy rules secret-in-file",
		},
		Sources:  map[string]*source.File{file.Name: file, all.Name: all},
		Names:    []string{file.Name, all.Name, "clean.json"},
		Files:    3,
		Policies: 1,
		Unread: []report.Unread{
			{
				Pos: source.Position{File: "broken,1.json", Line: 2, Column: 3},
				Why: "not JSON" + hostile,
			},
			{Pos: source.Position{File: "gone.json"}, Why: "no such file"},
			{Why: "nothing matches *.yaml"},
		},
		Fails: func(s rules.Severity) bool { return s == rules.Error },
		Fixes: map[report.FindingsOf]string{},
	}
	for _, f := range linted.Findings {
		for _, rule := range catalogue() {
			if rule.Name == f.Rule {
				linted.Fixes[report.FindingsOf{Rule: f.Rule, File: f.Pos.File}] = rule.Fix
			}
		}
	}
	return linted
}

func TestFindings(t *testing.T) {
	t.Parallel()
	golden(t, "lint", Formats().Lint, []row[*report.Linting]{
		{
			fact:   "findings of every severity are listed with their places",
			style:  Style{Unicode: true, Width: 100},
			report: lintedPolicy,
		},
		{
			fact: "where nothing is found that is said",
			report: func(*testing.T) *report.Linting {
				return &report.Linting{Catalogue: noRules, Names: []string{"a.json"}, Files: 1}
			},
		},
	})
	lines := FormatsOf[*report.Linting](nil).with("lines", LintLines)
	golden(t, "lint", lines, []row[*report.Linting]{
		{fact: "behind a pipe each finding is one line", report: lintedPolicy},
	})
	page := FormatsOf[*report.Linting](nil).with("markdown", LintMarkdown)
	golden(t, "lint", page, []row[*report.Linting]{
		{fact: "for a ticket each finding is an item", report: lintedPolicy},
		{
			fact: "for a ticket it is said that nothing was found",
			report: func(*testing.T) *report.Linting {
				return &report.Linting{
					Catalogue: noRules,
					Names:     []string{"a.json"}, Files: 1, Policies: 1,
					Next: []rules.Step{{Note: "explain it", Command: "gatewhy explain -p a.json"}},
				}
			},
		},
	})
}

func TestAnAbsoluteNameIsAFileURI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"/a b/c.json": "file:///a%20b/c.json", "./a b.json": "a%20b.json",
	} {
		if got := relativeURI(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// rulePage is a rule with a bad and a good example.
func rulePage(t *testing.T) *report.RulePage {
	file := orders(t)
	page := &report.RulePage{
		Rule: &catalogue()[0], File: file,
		Findings: []rules.Finding{
			findingAt(file, "audience-not-checked", rules.Error, "audience", "none"+hostile),
		},
	}
	app := page.Bad
	app.Name, app.Text = "app.json", "{\"appId\": 1}\r\n"
	page.App = &app
	page.Bad.Name, page.Bad.Text = "bad.json", badExample
	page.Good.Name, page.Good.Text = "ok.json", "{}\n"
	return page
}

// badExample has nothing hostile in it, since examples are our own.
const badExample = "{\n  \"audience\": \"EVIL\"\n}\n"

func TestTheCatalogue(t *testing.T) {
	t.Parallel()
	golden(t, "rules", Formats().Rules, []row[[]rules.Rule]{
		{
			fact:   "the catalogue is a table of rules",
			report: func(*testing.T) []rules.Rule { return catalogue() },
		},
	})
	golden(t, "rule", Formats().Rule, []row[*report.RulePage]{
		{fact: "a rule comes with a bad and a good example", report: rulePage},
		{
			fact: "a rule may have no example",
			report: func(*testing.T) *report.RulePage {
				return &report.RulePage{Rule: &catalogue()[1]}
			},
		},
	})
}
