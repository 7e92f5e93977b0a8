package render

import "io"

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
		Expressions []expressionJSON `json:"expressions,omitempty"`
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

// GatewaysJSON writes what is known of gateways as JSON. A body is null where it is not published, and empty where the
// answer is known to have none.
func GatewaysJSON(w io.Writer, gateways []Gateway) error {
	out := gatewaysJSON{SchemaVersion: SchemaVersion, Gateways: make([]knownGatewayJSON, len(gateways))}
	for i := range gateways {
		out.Gateways[i] = gatewayOf(&gateways[i])
	}
	return JSON(w, out)
}

func gatewayOf(g *Gateway) knownGatewayJSON {
	out := knownGatewayJSON{Name: g.Name, Product: g.Product, Vendor: g.Vendor}
	for _, b := range g.Behaviours {
		a := &b.Answer
		row := behaviourJSON{
			Situation: b.Situation, Title: b.Title, Condition: known(b.Condition), Policies: orEmpty(b.Policies),
			Status: known(a.Status), Body: known(a.Body), BodyContains: known(a.Says), Headers: orEmpty(b.Headers),
			Evidence: evidenceOf(a.Evidence), Checked: b.Checked,
		}
		if a.NoBody {
			row.Body = new(string)
		}
		out.Behaviours = append(out.Behaviours, row)
	}
	for _, e := range g.Expressions {
		out.Expressions = append(out.Expressions, expressionJSON{
			e.Rule, e.Expression, known(e.Runtime), known(e.Input), e.Result, evidenceOf(e.Evidence),
		})
	}
	return out
}

// orEmpty is a list that JSON shows as [] where there is none.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
