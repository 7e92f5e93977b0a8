package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// checkedOn is the day on which all references were last checked.
const checkedOn = "2026-11-23"

// row is a line of the table of behaviours. A row without policies holds for whatever runs on the gateway.
type row struct {
	situation, variant string
	policies           []string
	answer             rules.Answer
	headers            []string
}

// behaviours is everything that is known of how the gateways answer. A body stands there only where somebody
// published it.
func behaviours() []rules.Behaviour {
	all := make([]rules.Behaviour, 0, 128)
	for _, rows := range [...]func() []row{gatewayRows, jwtRows, oauthRows, oauthFlexRows, clientIDRows, slaRows} {
		all = published(all, rows())
	}
	return soapBehaviours(basicBehaviours(all))
}

// published adds rows to a table.
func published(all []rules.Behaviour, rows []row) []rules.Behaviour {
	titles := situations()
	for _, r := range rows {
		r.answer.Situation = r.situation
		all = append(all, rules.Behaviour{
			Situation: r.situation, Title: titleOf(titles, r.situation), Variant: r.variant, Policies: r.policies,
			Answer: r.answer, Headers: r.headers, Checked: checkedOn,
		})
	}
	return all
}

// gatewayRows are what a gateway does before or without a policy.
func gatewayRows() []row {
	none := answer(503, "", rules.Observed, obsMule)
	none.NoBody = true
	return []row{
		{noInstance, Mule, nil, none, nil},
		{notBound, Mule, nil, answer(200, "", rules.Observed, obsMule), nil},
		{notActive, Mule, nil, answer(200, "", rules.Observed, obsApproov), nil},
	}
}

func answer(status int, body string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{Status: status, Body: body, Evidence: rules.Evidence{Level: level, Reference: reference}}
}

// saying is an answer whose exact body is not published, only words that stand in it.
func saying(status int, says string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{Status: status, Says: says, Evidence: rules.Evidence{Level: level, Reference: reference}}
}
