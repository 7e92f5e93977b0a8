package evaluator

import "strings"

// client answers whether a client id can be read, and whether it has a contract. Only
// skipClientIdValidation switches them off. Local mode has no contracts at all, so what comes of
// it there is not described (1.2).
func (r *reading) client() (id, contract Answer) {
	var ids, contracts []Answer
	for _, skip := range r.flags("skipClientIdValidation") {
		a, b := r.clientChecked(skip)
		ids, contracts = append(ids, a), append(contracts, b)
	}
	return either(ids...), either(contracts...)
}

func (r *reading) clientChecked(skip bool) (id, contract Answer) {
	switch {
	case skip:
		return Pass, Pass
	}
	text, known := r.text("clientIdExpression", "#[vars.claimSet.client_id]")
	expression, isExpression := strings.CutPrefix(text, "#[")
	if !known || !isExpression || !strings.HasSuffix(expression, "]") {
		return Open, Open
	}
	var ids, contracts []Answer
	for _, result := range r.evaluate(strings.TrimSuffix(expression, "]")) {
		a, b := r.clientOf(result)
		ids, contracts = append(ids, a), append(contracts, b)
	}
	if id = either(ids...); r.pair.Policy.Form == FlexYAML {
		return passesOrOpen(id == Pass), Open
	}
	return id, either(contracts...)
}

// clientOf: null is answered with 403 (1.4), and an error lets nobody in; what a gateway makes of
// a value that is no text is not described.
func (r *reading) clientOf(result result) (id, contract Answer) {
	text, isText := result.value.(string)
	switch {
	case result.kind == failure, result.kind == known && result.value == nil:
		return Fail, Fail
	case result.kind != known || !isText || strings.TrimSpace(text) == "":
		return Open, Open
	}
	return Pass, r.pair.Contracts.admit(text)
}

// admit looks a client up: exact, approved ones only (3). Objects without their total may be one
// page of many.
func (c *Contracts) admit(id string) Answer {
	if !c.Given {
		return Open
	}
	for _, client := range c.Clients {
		if client.ID == id && (!c.Objects || client.Status == "APPROVED") {
			return Pass
		}
	}
	if c.Objects && c.Total != len(c.Clients) {
		return Open
	}
	return Fail
}
