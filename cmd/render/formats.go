package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
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
		Claim: FormatsOf[*report.Claim]{
			{"text", ClaimText}, {"json", styleless(ClaimJSON)},
		},
		Collect: FormatsOf[[]rules.Collection]{
			{"text", CollectText}, {"json", styleless(CollectJSON)},
		},
		Decode: FormatsOf[*report.Decoding]{
			{"text", DecodeText},
			{"json", styleless(DecodeJSON)},
			{"markdown", styleless(DecodeMarkdown)},
		},
		Explain: FormatsOf[*report.Explanation]{
			{"text", ExplainText},
			{"json", styleless(ExplainJSON)},
			{"markdown", styleless(ExplainMarkdown)},
			{"html", styleless(ExplainHTML)},
		},
		FixAll: FormatsOf[[]*report.Fixing]{
			{"text", FixAllText}, {"json", styleless(FixAllJSON)},
		},
		Fix: FormatsOf[*report.Fixing]{
			{"text", FixText}, {"json", styleless(FixJSON)},
		},
		Gateways: FormatsOf[[]report.Gateway]{
			{"text", GatewaysText}, {"json", styleless(GatewaysJSON)},
		},
		Keys: FormatsOf[*report.KeyListing]{
			{"text", KeysText}, {"json", styleless(KeysJSON)},
		},
		Lint: FormatsOf[*report.Linting]{
			{"text", LintText},
			{"json", styleless(LintJSON)},
			{"sarif", styleless(LintSARIF)},
			{"junit", styleless(LintJUnit)},
			{"github", styleless(LintGitHub)},
			{"azure", styleless(LintAzure)},
			{"gitlab", styleless(LintGitLab)},
		},
		Matrix: FormatsOf[*report.Matrixing]{
			{"text", MatrixText},
			{"json", styleless(MatrixJSON)},
			{"markdown", styleless(MatrixMarkdown)},
			{"html", styleless(MatrixHTML)},
			{"junit", styleless(MatrixJUnit)},
		},
		ProbeAll: FormatsOf[*report.ProbingAll]{
			{"text", ProbeAllText},
			{"json", styleless(ProbeAllJSON)},
			{"markdown", styleless(ProbeAllMarkdown)},
		},
		Probe: FormatsOf[*report.Explanation]{
			{"text", ExplainText},
			{"json", styleless(ExplainJSON)},
			{"markdown", styleless(ExplainMarkdown)},
		},
		Pull: FormatsOf[*report.Pulling]{
			{"text", PullText}, {"json", styleless(PullJSON)},
		},
		Rule: FormatsOf[*report.RulePage]{
			{"text", RuleText},
			{"json", styleless(RuleJSON)},
			{"markdown", styleless(RuleMarkdown)},
		},
		Rules: FormatsOf[[]rules.Rule]{
			{"text", RulesText},
			{"json", styleless(RulesJSON)},
			{"markdown", styleless(RulesMarkdown)},
		},
		Scan: FormatsOf[*report.Scanning]{
			{"text", ScanText}, {"json", styleless(ScanJSON)},
		},
		Test: FormatsOf[*report.Testing]{
			{"text", TestText},
			{"json", styleless(TestJSON)},
			{"junit", styleless(TestJUnit)},
			{"github", styleless(TestGitHub)},
			{"azure", styleless(TestAzure)},
		},
		Verify: FormatsOf[*report.Verification]{
			{"text", VerifyText},
			{"json", styleless(VerifyJSON)},
			{"markdown", styleless(VerifyMarkdown)},
		},
	}
}

// Format is one way to print a report.
type Format[R any] struct {
	Name  string
	Write func(w io.Writer, style Style, report R) error
}

// FormatsOf are the ways to print one report.
type FormatsOf[R any] []Format[R]

// Names lists the formats as -o takes them.
func (f FormatsOf[R]) Names() []string {
	names := make([]string, len(f))
	for i := range f {
		names[i] = f[i].Name
	}
	return names
}

// Write writes a report in the format of that name; in the default one where none has it.
func (f FormatsOf[R]) Write(w io.Writer, name string, style Style, report R) error {
	for i := range f {
		if f[i].Name == name {
			return f[i].Write(w, style, report)
		}
	}
	return f[0].Write(w, style, report)
}

// styleless is a format that looks the same at every terminal.
func styleless[R any](write func(io.Writer, R) error) func(io.Writer, Style, R) error {
	return func(w io.Writer, _ Style, report R) error { return write(w, report) }
}

// ForSharing reports whether a format is made to be handed on. Personal claims are masked in it,
// unless somebody asks for them.
func ForSharing(name string) bool { return name == "markdown" || name == "html" }
