package render

import (
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The parts of SARIF 2.1.0 that are written (docs.oasis-open.org/sarif/sarif/v2.1.0).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}

	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`

		// Invocations is there only if a file could not be checked.
		Invocations []sarifInvocation `json:"invocations,omitempty"`
	}

	sarifInvocation struct {
		ExecutionSuccessful        bool                `json:"executionSuccessful"`
		ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications"`
	}

	sarifNotification struct {
		Level     rules.Severity  `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}

	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}

	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}

	sarifRule struct {
		ID                   string             `json:"id"`
		ShortDescription     sarifText          `json:"shortDescription"`
		FullDescription      sarifText          `json:"fullDescription"`
		HelpURI              string             `json:"helpUri"`
		Help                 sarifText          `json:"help"`
		DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
		Properties           map[string]any     `json:"properties"`
	}

	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}

	sarifConfiguration struct {
		Level rules.Severity `json:"level"` // the three severities are SARIF's levels
	}

	sarifResult struct {
		RuleID              string             `json:"ruleId"`
		RuleIndex           *int               `json:"ruleIndex,omitempty"`
		Level               rules.Severity     `json:"level"`
		Message             sarifText          `json:"message"`
		Locations           []sarifLocation    `json:"locations"`
		PartialFingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
	}

	sarifLocation struct {
		PhysicalLocation struct {
			ArtifactLocation struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}

	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}

	sarifSuppression struct {
		Kind          string `json:"kind"` // inSource or external
		Justification string `json:"justification"`
	}
)

// LintSARIF writes the findings as SARIF 2.1.0, with those that are ignored.
func LintSARIF(w io.Writer, r *report.Linting) error {
	l, catalogue := linting{r}, r.Catalogue()
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "gatewhy", Version: l.Version,
			InformationURI: home, Rules: listOf(catalogue, sarifRuleOf),
		}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	prints := l.Fingerprints()
	for i, f := range l.Findings {
		run.Results = append(run.Results, l.sarifResult(f, catalogue, prints[i]))
	}
	for i, s := range l.Suppressed {
		result := l.sarifResult(s.Finding, catalogue, prints[len(l.Findings)+i])
		kind := "external"
		if s.By == "comment" {
			kind = "inSource"
		}
		result.Suppressions = []sarifSuppression{{Kind: kind, Justification: s.Reason}}
		run.Results = append(run.Results, result)
	}
	if len(l.Unread) > 0 {
		unread := listOf(l.Unread, func(u *report.Unread) sarifNotification {
			out := sarifNotification{
				Level: rules.Error, Message: sarifText{Text: report.Sentence(u.Why)},
			}
			if u.Pos.File != "" {
				out.Locations = []sarifLocation{sarifPlace(u.Pos, u.Pos)}
			}
			return out
		})
		run.Invocations = []sarifInvocation{{ToolExecutionNotifications: unread}}
	}
	return JSON(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{run},
	})
}

func sarifRuleOf(r *rules.Rule) sarifRule {
	uri := home // where the catalogue is; else where the facts behind the rule are published
	if len(r.References) > 0 && strings.HasPrefix(r.References[0], "https://") {
		uri = r.References[0]
	}
	// GitHub's code scanning takes a security finding's level from a number: high from 7.0, medium
	// from 4.0, low below (docs.github.com/code-security/code-scanning, SARIF support,
	// reportingDescriptor)
	severity := map[rules.Severity]string{
		rules.Error: "8.0", rules.Warning: "5.0", rules.Note: "2.0",
	}[r.Severity]
	return sarifRule{
		ID:               r.Name,
		ShortDescription: sarifText{Text: report.Sentence(r.Title)},
		FullDescription:  sarifText{Text: r.Why},
		HelpURI:          uri,
		Help: sarifText{
			Text: r.Why + " " + r.Fix, Markdown: RuleHelp(r) + "\n\n" + ReferenceList(r),
		},
		DefaultConfiguration: sarifConfiguration{r.Severity},
		Properties: map[string]any{
			"tags":              []string{"security", "api-gateway"},
			"security-severity": severity,
		},
	}
}

// home is where the program is at home.
const home = "https://github.com/gatewhy/gatewhy"

func (l linting) sarifResult(
	f rules.Finding, catalogue []rules.Rule, fingerprint string,
) sarifResult {
	result := sarifResult{
		RuleID: f.Rule, Level: f.Severity, Message: sarifText{Text: report.Sentence(f.Message)},
		Locations:           []sarifLocation{sarifPlace(f.Pos, l.end(f))},
		PartialFingerprints: map[string]string{"gatewhy/v1": fingerprint},
	}
	named := func(r rules.Rule) bool { return r.Name == f.Rule }
	if i := slices.IndexFunc(catalogue, named); i >= 0 {
		result.RuleIndex = &i
	}
	return result
}

// sarifPlace is a place and its end. It is the whole file if the place has no line.
func sarifPlace(pos, end source.Position) sarifLocation {
	var location sarifLocation
	location.PhysicalLocation.ArtifactLocation.URI = relativeURI(pos.File)
	if pos.Line > 0 {
		location.PhysicalLocation.Region = &sarifRegion{
			pos.Line, pos.Column, end.Line, max(end.Column, pos.Column+1),
		}
	}
	return location
}

// relativeURI is a file's name as a URI reference (RFC 3986). It is relative if the name is. A
// token is masked before the escapes of a URL change what it looks like.
func relativeURI(name string) string {
	slashed := filepath.ToSlash(inspect.MaskTokens(name))
	if filepath.IsAbs(name) {
		return (&url.URL{Scheme: "file", Path: slashed}).String()
	}
	return (&url.URL{Path: strings.TrimPrefix(slashed, "./")}).String()
}
