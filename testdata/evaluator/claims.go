package evaluator

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// leeway is how far a gateway's clock and tolerance may reach, in seconds: no page states one
// (1.3).
const leeway = 300

// The bound between which an exp was seen to work on Flex and to end it with a 503 (1.4).
const (
	seenToWork = 5000000000
	seenToFail = 9999999999
)

// expiry: a present exp is always checked, mandatory or not.
func (r *reading) expiry() Answer {
	exp, present := r.claims["exp"]
	if !present {
		return r.switched("mandatoryExpClaim", func(on bool) Answer { return passes(!on) })
	}
	at, isNumber := exp.(float64)
	past := float64(r.now.Unix()) - at
	switch {
	case !isNumber:
		return Open
	case at >= seenToFail && r.gateway == Flex:
		return Fail
	case at > seenToWork && r.gateway == Flex:
		return Open
	case past > leeway:
		return Fail
	case past >= 0, at != math.Trunc(at):
		return Open // nobody says that a fraction can be read
	}
	return Pass
}

func (r *reading) notBefore() Answer {
	nbf, present := r.claims["nbf"]
	if !present {
		return r.switched("mandatoryNbfClaim", func(on bool) Answer { return passes(!on) })
	}
	at, isNumber := nbf.(float64)
	ahead := at - float64(r.now.Unix())
	switch {
	case !isNumber:
		return Open
	case ahead > leeway:
		return Fail
	case ahead > 0, at != math.Trunc(at):
		return Open
	}
	return Pass
}

// audience: at least one of the configured values, as plain texts (1.3).
func (r *reading) audience() Answer {
	return r.switched("validateAudClaim", func(on bool) Answer {
		if !on {
			return Pass
		}
		return r.switched("mandatoryAudClaim", r.audienceHeld)
	})
}

func (r *reading) audienceHeld(mandatory bool) Answer {
	aud, present := r.claims["aud"]
	if !present {
		return passes(!mandatory)
	}
	values, odd := audiences(aud)
	answer := r.supported(values)
	if !odd {
		return answer
	}
	// What is no audience may count as none, or as one that fits nothing.
	return either(answer, passes(!mandatory))
}

// audiences returns the texts of an aud claim, and whether it is anything but a text or a list of
// texts.
func audiences(aud any) (texts []string, odd bool) {
	list, isList := aud.([]any)
	if !isList {
		list = []any{aud}
	}
	for _, item := range list {
		text, isText := item.(string)
		if isText {
			texts = append(texts, text)
		}
		odd = odd || !isText
	}
	return texts, odd || len(list) == 0
}

// supported: the blanks behind a comma are taken away, which mulesoft.md 1.3 says to assume.
func (r *reading) supported(values []string) Answer {
	configured := r.config["supportedAudiences"]
	text, isText := configured.(string)
	if configured != nil && !isText {
		return Open
	}
	answer := Fail
	for item := range strings.SplitSeq(text, ",") {
		trimmed := strings.TrimSpace(item)
		switch {
		case slices.Contains(values, trimmed) && trimmed != "":
			return Pass
		case templated(item), slices.Contains(values, item), slices.Contains(values, trimmed):
			answer = Open
		}
	}
	return answer
}

// customClaims returns a check for each entry, the mandatory ones first.
func (r *reading) customClaims() []Check {
	var all []Check
	for _, list := range [...]struct {
		name      string
		mandatory bool
	}{{"mandatoryCustomClaims", true}, {"nonMandatoryCustomClaims", false}} {
		value := r.config[list.name]
		entries, isList := value.([]any)
		if value != nil && !isList {
			all = append(all, Check{ID: "custom-claim", Answer: r.whereValidated(Open)})
		}
		for _, entry := range entries {
			all = append(all, r.customClaim(entry, list.mandatory))
		}
	}
	return all
}

// whereValidated is an answer of a custom claim behind the switch of all of them.
func (r *reading) whereValidated(answer Answer) Answer {
	return r.switched("validateCustomClaim", func(on bool) Answer {
		if !on {
			return Pass
		}
		return answer
	})
}

func (r *reading) customClaim(entry any, mandatory bool) Check {
	members, _ := entry.(map[string]any)
	key, isText := members["key"].(string)
	if !isText || key == "" || templated(key) {
		return Check{ID: "custom-claim", Claim: key, Answer: r.whereValidated(Open)}
	}
	claim, present := r.claims[key]
	answer := passes(!mandatory) // the presence is looked at before the value (1.3)
	if present {
		answer = r.claimHolds(members["value"], claim)
		if claim == nil {
			answer = either(answer, passes(!mandatory))
		}
	}
	return Check{ID: "custom-claim", Claim: key, Answer: r.whereValidated(answer)}
}

// claimHolds compares a claim that is there with the value of its entry.
func (r *reading) claimHolds(value, claim any) Answer {
	text, isText := value.(string)
	if !isText {
		return Open
	}
	if expression, found := strings.CutPrefix(text, "#["); found && strings.HasSuffix(text, "]") {
		return r.expressionHolds(strings.TrimSuffix(expression, "]"))
	}
	if templated(text) || strings.Contains(text, "#[") {
		return Open
	}
	return literalHolds(text, claim)
}

// literalHolds: a text is compared as it is, and lists and objects need an expression (1.2). What
// a gateway makes of a number or a boolean beside the same text is not said.
func literalHolds(literal string, claim any) Answer {
	switch claim := claim.(type) {
	case float64, bool:
		if fmt.Sprint(claim) == literal {
			return Open
		}
		return Fail
	default:
		return passes(claim == any(literal))
	}
}
