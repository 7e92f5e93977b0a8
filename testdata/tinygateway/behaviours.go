package tinygateway

import "github.com/gatewhy/gatewhy/rules"

// behaviours is what the gateway answers, in one place.
func behaviours() []rules.Behaviour {
	row := func(situation, title string, status int, body string, weight int8) rules.Behaviour {
		return rules.Behaviour{
			Situation: situation, Title: title, Variant: Name, Policies: []string{kind},
			Checked: "2026-05-01",
			Answer: rules.Answer{
				Situation: situation, Status: status, Body: body, NoBody: body == "",
				Weight:   weight,
				Evidence: manual(situation),
			},
		}
	}
	return []rules.Behaviour{
		row("no-token", "the request carries no token", 401, "knock first", 0),
		row("not-a-token", "something else is in the token's place", 400, "", 0),
		row("no-issuer", "the door has no issuers", 503, "nobody home", 0),
		row("unknown-issuer", "the token is of no known issuer", 401, "who are you", -1),
		row("wrong-audience", "the token is for another API", 499, "wrong door", 0),
		row("bad-signature", "the signature does not verify", 401, "forged", 0),
		row("expired", "the token has expired", 401, "too late", 0),
		row("missing-role", "the token lacks the role of the rule", 418, "short and stout", 0),
		row("no-rule", "no rule lets the request in", 403, "not here", 0),
	}
}

// answer is what the gateway sends in a situation.
func answer(situation string) *rules.Answer {
	for _, b := range behaviours() {
		if b.Situation == situation {
			return &b.Answer
		}
	}
	return &rules.Answer{}
}

func manual(situation string) rules.Evidence {
	return rules.Evidence{Level: rules.Documented, Reference: "tiny.example/manual#" + situation}
}
