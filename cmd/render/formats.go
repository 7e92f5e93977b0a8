// Package render prints reports, for a person or for a program. It decides nothing. It knows no
// command line and no adapter: a report comes as a value, and formats.go says in which formats
// it can be printed. The words that all formats of a report share are in REPORT.go
// (explain.go), each format is in REPORT_FORMAT.go (explain_json.go). Reports that are short to
// print are one file, as is a format of several reports (junit.go). Every text from a token or a
// file is escaped on its way out, in every format, so that no control, bidirectional or other
// invisible character reaches the reader's screen.
package render

import (
	"io"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Reports is every report with the formats that -o can ask for. The first format is the default.
type Reports struct {
	Claim    FormatsOf[*report.Claim]
	Collect  FormatsOf[[]rules.Collection]
	Decode   FormatsOf[*report.Decoding]
	Explain  FormatsOf[*report.Explanation]
	Fix      FormatsOf[*report.Fixing]
	FixAll   FormatsOf[[]*report.Fixing]
	Gateways FormatsOf[[]report.Gateway]
	Keys     FormatsOf[*report.KeyListing]
	Lint     FormatsOf[*report.Linting]
	Matrix   FormatsOf[*report.Matrixing]
	Probe    FormatsOf[*report.Explanation]
	ProbeAll FormatsOf[*report.ProbingAll]
	Pull     FormatsOf[*report.Pulling]
	Rule     FormatsOf[*report.RulePage]
	Rules    FormatsOf[[]rules.Rule]
	Scan     FormatsOf[*report.Scanning]
	Test     FormatsOf[*report.Testing]
	Verify   FormatsOf[*report.Verification]
}

// Formats is the one table of output formats.
func Formats() Reports {
	return Reports{
		Claim:   textAndJSON(ClaimText, ClaimJSON),
		Collect: textAndJSON(CollectText, CollectJSON),
		Decode:  textAndJSON(DecodeText, DecodeJSON).with("markdown", DecodeMarkdown),
		Explain: textAndJSON(ExplainText, ExplainJSON).
			with("markdown", ExplainMarkdown).
			with("html", ExplainHTML),
		Fix:      textAndJSON(FixText, FixJSON),
		FixAll:   textAndJSON(FixAllText, FixAllJSON),
		Gateways: textAndJSON(GatewaysText, GatewaysJSON),
		Keys:     textAndJSON(KeysText, KeysJSON),
		Lint: textAndJSON(LintText, LintJSON).
			with("sarif", LintSARIF).
			with("junit", LintJUnit).
			with("github", LintGitHub).
			with("azure", LintAzure).
			with("gitlab", LintGitLab),
		Matrix: textAndJSON(MatrixText, MatrixJSON).
			with("markdown", MatrixMarkdown).
			with("html", MatrixHTML).
			with("junit", MatrixJUnit),
		Probe:    textAndJSON(ExplainText, ExplainJSON).with("markdown", ExplainMarkdown),
		ProbeAll: textAndJSON(ProbeAllText, ProbeAllJSON).with("markdown", ProbeAllMarkdown),
		Pull:     textAndJSON(PullText, PullJSON),
		Rule:     textAndJSON(RuleText, RuleJSON).with("markdown", RuleMarkdown),
		Rules:    textAndJSON(RulesText, RulesJSON).with("markdown", RulesMarkdown),
		Scan:     textAndJSON(ScanText, ScanJSON),
		Test: textAndJSON(TestText, TestJSON).
			with("junit", TestJUnit).
			with("github", TestGitHub).
			with("azure", TestAzure),
		Verify: textAndJSON(VerifyText, VerifyJSON).with("markdown", VerifyMarkdown),
	}
}

// Format is one way to print a report.
type Format[R any] struct {
	Name  string
	text  func(*Text, R)           // laid out for a terminal, or
	write func(io.Writer, R) error // alike at every terminal
}

// FormatsOf are the ways to print one report.
type FormatsOf[R any] []Format[R]

// Names lists the formats as -o takes them.
func (f FormatsOf[R]) Names() []string {
	return source.Each(f, func(format Format[R]) string { return format.Name })
}

// Write writes a report in the format of that name; in the default one where none has it.
func (f FormatsOf[R]) Write(w io.Writer, name string, style Style, report R) error {
	named := func(format Format[R]) bool { return format.Name == name }
	format := f[max(0, slices.IndexFunc(f, named))]
	if format.text == nil {
		return format.write(w, report)
	}
	t := NewText(style)
	format.text(t, report)
	_, err := t.WriteTo(w)
	return err
}

// textAndJSON are the two formats that every report has.
func textAndJSON[R any](text func(*Text, R), json func(io.Writer, R) error) FormatsOf[R] {
	return FormatsOf[R]{{Name: "text", text: text}, {Name: "json", write: json}}
}

// with adds a format that looks the same at every terminal.
func (f FormatsOf[R]) with(name string, write func(io.Writer, R) error) FormatsOf[R] {
	return append(f, Format[R]{Name: name, write: write})
}

// ForSharing reports whether a format is made to be handed on. Personal claims are masked in it,
// unless somebody asks for them.
func ForSharing(name string) bool { return name == "markdown" || name == "html" }
