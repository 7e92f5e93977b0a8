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
		Remedies      []remedyJSON           `json:"remedies"`
		NotOffered    []refusalJSON          `json:"not_offered,omitempty"`
		Other         *outcomeJSON           `json:"other,omitempty"`
		WhenIssued    *outcomeJSON           `json:"when_issued,omitempty"`
		Gateways      map[string]gatewayJSON `json:"gateways,omitempty"`
		Observed      *observedJSON          `json:"observed,omitempty"`
		Probe         *probeJSON             `json:"probe,omitempty"`
		Next          []nextJSON             `json:"next,omitempty"`
	}

	verdictJSON struct {
		Outcome      rules.Decision `json:"outcome"`
		Status       *int           `json:"status"`
		Body         *string        `json:"body"`
		BodyContains string         `json:"body_contains,omitempty"`
		DecidedBy    *rules.ID      `json:"decided_by"`
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
		Findings:      findingsOf(x.Findings),
		Remedies:      remediesOf(x.Repairs),
		Observed:      observedOf(x.Observed),
		Probe:         probeOf(x.Probed),
		Other:         outcomeIfAny(x.Other),
		WhenIssued:    outcomeIfAny(x.Earlier),
	}
	out.Verdict.Collect = known(x.howToGet(x.Verdict.Question()))
	if x.Token != nil {
		out.Token = tokenOf(x.Profile)
	}
	for _, r := range x.Refused {
		out.NotOffered = append(out.NotOffered, refusalJSON{r.ID, r.Title, r.Refused})
	}
	out.Next = nextOf(x.Next)
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
	out := make([]checkJSON, len(results))
	var groups rules.Groups
	for i := range results {
		r := &results[i]
		out[i] = checkJSON{
			ID: r.Check.ID, Policy: r.Policy.Asset, Group: groups.Of(r), Field: r.Check.Field,
			Source:  sourceOf(r.Check.Pos),
			Outcome: r.Outcome, Status: known(r.Answer.Status), Claim: known(r.Check.Claim),
			Expected: known(r.Expected()), Actual: known(r.Actual()), Why: r.Why(),
			Evidence: evidenceOf(r.Evidence()),
		}
	}
	return out
}

func findingsOf(findings []rules.Finding) []findingJSON {
	out := make([]findingJSON, len(findings))
	for i, f := range findings {
		out[i] = findingJSON{f.Rule, f.Severity, f.Message, sourceOf(f.Pos)}
	}
	return out
}

func remediesOf(remedies []report.ProvedRepair) []remedyJSON {
	out := make([]remedyJSON, len(remedies))
	for i, r := range remedies {
		out[i] = remedyJSON{
			ID: r.ID, Title: r.Title, Command: r.Command, After: outcomeOf(&r.After),
			Other: outcomeIfAny(r.Other),
		}
		for _, c := range r.Fields {
			out[i].Changes = append(out[i].Changes, changeOf(&c))
		}
	}
	return out
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
		Outcome: v.Outcome, Status: known(v.Status), Question: known(report.Ask(v.Question())),
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
	out := &observedJSON{
		Status: known(c.Observed.Status), Follows: known(report.Follows(c)),
		Causes: make([]causeJSON, len(c.Causes)),
	}
	if c.Agrees != rules.Maybe {
		agrees := c.Agrees == rules.Yes
		out.Agrees = &agrees
	}
	for i, s := range c.Causes {
		out.Causes[i] = causeJSON{
			s.Rank, s.ID, s.Title, s.Why, report.Look(&s.Cause), s.By, known(s.Seen),
			evidenceOf(s.Evidence),
		}
	}
	return out
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
