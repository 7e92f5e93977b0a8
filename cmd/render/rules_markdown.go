package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// RulesTable is the catalogue as a Markdown table, as the README has it.
func RulesTable(all []rules.Rule) string {
	var b strings.Builder
	b.WriteString("| rule | severity | what is wrong |\n|---|---|---|\n")
	for _, r := range all {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Name, r.Severity, escapeCell(r.Title))
	}
	return b.String()
}

func escapeCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// RuleMarkdown writes one rule in full as Markdown.
func RuleMarkdown(w io.Writer, p *RulePage) error {
	_, err := fmt.Fprintf(w, "# %s\n\n%s\n\n", p.Name, RuleHelp(p.Rule))
	if err == nil && p.Bad.Text != "" {
		bad, good := fenced(p.Bad.Text), fenced(p.Good.Text)
		_, err = fmt.Fprintf(w, "## Bad\n\n%s\n## Good\n\n%s\n", bad, good)
	}
	if err == nil {
		_, err = io.WriteString(w, ReferenceList(p.Rule))
	}
	return err
}

// RuleHelp is why a rule matters and what to do, as Markdown.
func RuleHelp(r *rules.Rule) string {
	severity := string(r.Severity)
	if r.Lesser != "" {
		severity += "; " + r.Lesser
	}
	return fmt.Sprintf("**%s** (%s)\n\n%s\n\n**What to do:** %s", sentence(r.Title), severity, r.Why, r.Fix)
}

// ReferenceList is what a rule rests on, as a Markdown list.
func ReferenceList(r *rules.Rule) string {
	return "References:\n\n- " + strings.Join(r.References, "\n- ") + "\n"
}

func fenced(text string) string { return "```\n" + text + "```\n" }
