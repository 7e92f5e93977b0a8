package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// GatewaysText writes what is known about gateways, policy by policy, each line with its
// evidence.
func GatewaysText(t *Text, gateways []report.Gateway) {
	for i := range gateways {
		g := &gateways[i]
		t.Blank()
		t.Para(0, t.Paint(Strong, fmt.Sprintf("%s (%s, %s)", g.Product, g.Name, g.Vendor)))
		t.behaviours(g.Behaviours)
		t.handling(g.Handling)
		t.expressions(g.Expressions)
	}
	t.Blank()
}

// behaviours lists the behaviours under the policies that they hold for.
func (t *Text) behaviours(all []rules.Behaviour) {
	for len(all) > 0 {
		of := all[0].Policies
		same := 0
		for same < len(all) && slices.Equal(all[same].Policies, of) &&
			all[same].Condition == all[0].Condition {
			same++
		}
		title := cmp.Or(strings.Join(of, ", "), "any policy, or none")
		if condition := all[0].Condition; condition != "" {
			title += ", " + condition
		}
		t.Heading(title)
		for i := range all[:same] {
			b := &all[i]
			t.Para(2, b.Situation+": "+b.Title)
			t.Para(3, answered(&b.Answer))
			for _, header := range b.Headers {
				t.Para(3, header)
			}
			t.known(b.Answer.Evidence, b.Checked)
		}
		all = all[same:]
	}
}

// handling lists what the control plane makes of a configuration.
func (t *Text) handling(all []rules.Handling) {
	if len(all) == 0 {
		return
	}
	t.Heading("before any request: how the control plane handles a configuration")
	for i := range all {
		h := &all[i]
		t.Para(2, h.Situation+": "+h.Title)
		t.Para(3, h.Does)
		t.known(h.Evidence, h.Checked)
	}
}

// known says where something is known from, and since when.
func (t *Text) known(from rules.Evidence, checked string) {
	t.Para(3, t.Paint(Faint, fmt.Sprintf("[%s: %s, checked %s]", from.Level, from.Reference,
		checked)))
}

// answered is an answer in a line: its status, and what is known about its body.
func answered(a *rules.Answer) string {
	line := statusOf(a.Status, a)
	switch {
	case a.Status == 0:
		return line
	case a.NoBody:
		return line + ", no body"
	case a.Body != "":
		return line + " " + a.Body
	case a.Says != "":
		return line + fmt.Sprintf(", the body says %q", a.Says)
	case a.Status < 300:
		return line + " from the API behind"
	}
	return line + ", no source gives the body"
}

func (t *Text) expressions(all []rules.Expression) {
	if all != nil && len(all) == 0 {
		t.Para(1, "No rules of an expression language are listed for it.")
	}
	for _, e := range all {
		t.Heading(e.Rule)
		t.Rows(2, append(present(
			Row{"expression", safe(e.Expression)}, Row{"input", safe(e.Input)},
			Row{"runtime", e.Runtime},
		), Row{"result", safe(e.Result)}))
		t.Para(2, t.Paint(Faint, fmt.Sprintf("[%s: %s]", e.Evidence.Level, e.Evidence.Reference)))
	}
}

// The JSON of gateways. A gateway has either behaviours or expressions.
type (
	gatewaysJSON struct {
		SchemaVersion int                `json:"schema_version"`
		Gateways      []knownGatewayJSON `json:"gateways"`
	}

	knownGatewayJSON struct {
		Name        string           `json:"name"`
		Product     string           `json:"product"`
		Vendor      string           `json:"vendor"`
		Behaviours  []behaviourJSON  `json:"behaviours,omitempty"`
		Handling    []handlingJSON   `json:"control_plane,omitempty"`
		Expressions []expressionJSON `json:"expressions,omitzero"`
	}

	handlingJSON struct {
		Situation string        `json:"situation"`
		Title     string        `json:"title"`
		Does      string        `json:"does"`
		Evidence  *evidenceJSON `json:"evidence"`
		Checked   string        `json:"checked"`
	}

	behaviourJSON struct {
		Situation    string        `json:"situation"`
		Title        string        `json:"title"`
		Condition    *string       `json:"condition"`
		Policies     []string      `json:"policies"`
		Status       *int          `json:"status"`
		Body         *string       `json:"body"`
		BodyContains *string       `json:"body_contains"`
		Headers      []string      `json:"headers"`
		Evidence     *evidenceJSON `json:"evidence"`
		Checked      string        `json:"checked"`
	}

	expressionJSON struct {
		Rule       string        `json:"rule"`
		Expression string        `json:"expression"`
		Runtime    *string       `json:"runtime"`
		Input      *string       `json:"input"`
		Result     string        `json:"result"`
		Evidence   *evidenceJSON `json:"evidence"`
	}
)

// GatewaysJSON writes what is known about gateways as JSON. A body is null if it is not
// published, and empty if we know that there is none.
func GatewaysJSON(w io.Writer, gateways []report.Gateway) error {
	return JSON(w, gatewaysJSON{SchemaVersion, listOf(gateways, gatewayOf)})
}

func gatewayOf(g *report.Gateway) knownGatewayJSON {
	gateway := knownGatewayJSON{
		g.Name, g.Product, g.Vendor, listOf(g.Behaviours, behaviourOf),
		listOf(g.Handling, func(h *rules.Handling) handlingJSON {
			return handlingJSON{h.Situation, h.Title, h.Does, evidenceOf(h.Evidence), h.Checked}
		}),
		nil,
	}
	if g.Expressions != nil {
		gateway.Expressions = listOf(g.Expressions, expressionOf)
	}
	return gateway
}

func expressionOf(e *rules.Expression) expressionJSON {
	return expressionJSON{
		e.Rule, e.Expression, known(e.Runtime), known(e.Input), e.Result, evidenceOf(e.Evidence),
	}
}

func behaviourOf(b *rules.Behaviour) behaviourJSON {
	a := &b.Answer
	row := behaviourJSON{
		Situation: b.Situation, Title: b.Title, Condition: known(b.Condition),
		Policies: orEmpty(b.Policies),
		Status:   known(a.Status), Body: known(a.Body), BodyContains: known(a.Says),
		Headers:  orEmpty(b.Headers),
		Evidence: evidenceOf(a.Evidence), Checked: b.Checked,
	}
	if a.NoBody {
		row.Body = new(string)
	}
	return row
}
