package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The JSON of explain. A member is null if there is nothing, or if we do not know.
type (
	explainJSON struct {
		SchemaVersion int                    `json:"schema_version"`
		Token         *tokenJSON             `json:"token"`
		Verdict       verdictJSON            `json:"verdict"`
		Checks        []checkJSON            `json:"checks"`
		Findings      []findingJSON          `json:"findings"`
		Suppressed    []ignoredJSON          `json:"suppressed,omitempty"`
		Remedies      []remedyJSON           `json:"remedies"`
		NotOffered    []refusalJSON          `json:"not_offered,omitempty"`
		Other         *outcomeJSON           `json:"other,omitempty"`
		WhenIssued    *outcomeJSON           `json:"when_issued,omitempty"`
		Gateways      map[string]gatewayJSON `json:"gateways,omitempty"`
		Observed      *observedJSON          `json:"observed,omitempty"`
		Probe         *probeJSON             `json:"probe,omitempty"`
		Warnings      []string               `json:"warnings,omitempty"`
		Next          []nextJSON             `json:"next,omitempty"`
	}

	verdictJSON struct {
		Outcome      rules.Decision `json:"outcome"`
		Status       *int           `json:"status"`
		Body         *string        `json:"body"`
		BodyContains string         `json:"body_contains,omitempty"`
		DecidedBy    *rules.ID      `json:"decided_by"`
		Earlier      rules.ID       `json:"earlier_unknown,omitempty"`
		Group        string         `json:"group,omitempty"`
		Policy       *string        `json:"policy"`
		Evidence     *evidenceJSON  `json:"evidence"`
		Question     *string        `json:"question"`
		Collect      *string        `json:"collect,omitempty"`
	}

	checkJSON struct {
		ID       rules.ID      `json:"id"`
		Policy   string        `json:"policy"`
		Group    string        `json:"group,omitempty"`
		Field    string        `json:"field"`
		Source   *sourceJSON   `json:"source"`
		Outcome  rules.Outcome `json:"outcome"`
		Status   *int          `json:"status"`
		Claim    *string       `json:"claim"`
		Expected *string       `json:"expected"`
		Actual   *string       `json:"actual"`
		Why      string        `json:"why"`
		Evidence *evidenceJSON `json:"evidence"`
	}

	sourceJSON struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}

	evidenceJSON struct {
		Level     rules.Level `json:"level"`
		Reference string      `json:"reference"`
	}

	findingJSON struct {
		Rule     string         `json:"rule"`
		Severity rules.Severity `json:"severity"`
		Message  string         `json:"message"`
		Source   *sourceJSON    `json:"source"`
	}

	ignoredJSON struct {
		findingJSON
		By     string `json:"by"`
		Reason string `json:"reason"`
	}

	remedyJSON struct {
		ID      string       `json:"id"`
		Title   string       `json:"title"`
		Command string       `json:"command,omitempty"`
		Changes []changeJSON `json:"changes"`
		After   outcomeJSON  `json:"verdict_after"`
		Other   *outcomeJSON `json:"other_after,omitempty"`
	}

	changeJSON struct {
		Field string  `json:"field"`
		From  *string `json:"from"`
		To    string  `json:"to"`
		Fill  string  `json:"fill,omitempty"`
	}

	refusalJSON struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		Why   string `json:"why"`
	}

	outcomeJSON struct {
		Outcome   rules.Decision `json:"outcome"`
		Status    *int           `json:"status"`
		DecidedBy *rules.ID      `json:"decided_by"`
		Earlier   rules.ID       `json:"earlier_unknown,omitempty"`
		Question  *string        `json:"question,omitempty"`
	}

	gatewayJSON struct {
		Verdict verdictJSON `json:"verdict"`
		Checks  []checkJSON `json:"checks"`
	}
)

// The JSON of what the real gateway answered, beside the prediction. We do not repeat the body,
// since it may hold a token.
type (
	observedJSON struct {
		Status  *int        `json:"status"`
		Agrees  *bool       `json:"agrees"`
		Follows *string     `json:"follows"`
		Causes  []causeJSON `json:"causes"`
	}

	causeJSON struct {
		Rank     int           `json:"rank"`
		ID       string        `json:"id"`
		Title    string        `json:"title"`
		Why      string        `json:"why"`
		Check    string        `json:"check"`
		Matches  rules.Match   `json:"matches"`
		Seen     *string       `json:"seen"`
		Evidence *evidenceJSON `json:"evidence"`
	}
)

// ExplainJSON writes an explanation as JSON.
func ExplainJSON(w io.Writer, r *report.Explanation) error {
	x := newExplanation(r)
	out := explainJSON{
		SchemaVersion: SchemaVersion,
		Verdict:       verdictOf(&x.Verdict),
		Checks:        checksOf(x.Verdict.Results),
		Findings:      listOf(x.Findings, findingOf),
		Suppressed: listOf(x.Suppressed, func(s *report.Suppressed) ignoredJSON {
			return ignoredJSON{findingOf(&s.Finding), s.By, s.Reason}
		}),
		Remedies: listOf(x.Repairs, func(r *report.ProvedRepair) remedyJSON {
			return remedyJSON{
				ID: r.ID, Title: r.Title, Command: r.Command, After: outcomeOf(&r.After),
				Other: outcomeIfAny(r.Other), Changes: listOf(r.Fields, changeOf),
			}
		}),
		Observed:   observedOf(x.Observed),
		Probe:      probeOf(x.Probed),
		Other:      outcomeIfAny(x.Other),
		WhenIssued: outcomeIfAny(x.Earlier),
		Next:       nextOf(x.Next),
		NotOffered: listOf(x.Refused, func(r *rules.Change) refusalJSON {
			return refusalJSON{r.ID, r.Title, r.Refused}
		}),
	}
	if question := x.Verdict.Question(); x.Collect != nil && !question.None() {
		out.Verdict.Collect = known(x.Collect(question))
	}
	if x.Token != nil {
		out.Token = tokenOf(x.Profile)
	}
	if text := x.foreign(); text != "" {
		out.Warnings = []string{text}
	}
	for _, g := range x.Gateways {
		if out.Gateways == nil {
			out.Gateways = make(map[string]gatewayJSON, len(x.Gateways))
		}
		out.Gateways[g.Name] = gatewayJSON{verdictOf(&g.Verdict), checksOf(g.Verdict.Results)}
	}
	return x.Mask.JSON(w, out)
}

func verdictOf(v *rules.Verdict) verdictJSON {
	out := verdictJSON{
		Outcome:  v.Outcome,
		Status:   known(v.Status),
		Earlier:  v.EarlierUnknown(),
		Body:     known(v.Body()),
		Evidence: evidenceOf(v.Evidence()),
		Question: known(report.Ask(v.Question())),
	}
	if v.Decided != nil {
		out.DecidedBy = &v.Decided.Check.ID
		out.Policy = known(v.Decided.Policy.Asset)
		out.Group = v.Decided.Group()
	}
	out.BodyContains = v.Answer.Says
	return out
}

func checksOf(results []rules.Result) []checkJSON {
	var groups rules.Groups
	return listOf(results, func(r *rules.Result) checkJSON {
		return checkJSON{
			ID: r.Check.ID, Policy: r.Policy.Asset, Group: groups.Of(r), Field: r.Check.Field,
			Source:  sourceOf(r.Check.Pos),
			Outcome: r.Outcome, Status: known(r.Answer.Status), Claim: known(r.Check.Claim),
			Expected: known(r.Expected()), Actual: known(r.Actual()), Why: r.Why(),
			Evidence: evidenceOf(r.Evidence()),
		}
	})
}

func findingOf(f *rules.Finding) findingJSON {
	return findingJSON{f.Rule, f.Severity, f.Message, sourceOf(f.Pos)}
}

func outcomeIfAny(v *rules.Verdict) *outcomeJSON {
	if v == nil {
		return nil
	}
	outcome := outcomeOf(v)
	return &outcome
}

func outcomeOf(v *rules.Verdict) outcomeJSON {
	out := outcomeJSON{
		Outcome: v.Outcome, Status: known(v.Status), Earlier: v.EarlierUnknown(),
		Question: known(report.Ask(v.Question())),
	}
	if v.Decided != nil {
		out.DecidedBy = &v.Decided.Check.ID
	}
	return out
}

func evidenceOf(e rules.Evidence) *evidenceJSON {
	if e.Reference == "" {
		return nil
	}
	return &evidenceJSON{e.Level, e.Reference}
}

func observedOf(c *rules.Comparison) *observedJSON {
	if c == nil {
		return nil
	}
	return &observedJSON{
		known(c.Observed.Status), truthOf(c.Agrees), known(report.Follows(c)),
		listOf(c.Causes, func(s *rules.PossibleCause) causeJSON {
			return causeJSON{
				s.Rank, s.ID, s.Title, s.Why, report.Look(&s.Cause), s.By, known(s.Seen),
				evidenceOf(s.Evidence),
			}
		}),
	}
}

func sourceOf(pos source.Position) *sourceJSON {
	if pos.Line == 0 {
		return nil
	}
	return &sourceJSON{pos.File, pos.Line, pos.Column}
}

func changeOf(c *rules.FieldChange) changeJSON {
	shown := report.ShownChange(*c)
	return changeJSON{shown.Field, known(shown.From), shown.To, shown.Fill}
}
