package cmd

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/testdata/evaluator"
)

// doubt is a kind of input of which explain says more than the evaluator's facts do, or something
// else. The checks that it is about, and the verdicts of its pairs, are not compared.
type doubt struct {
	name string // what is said, and on what ground
	is   func(pair *evaluator.Pair, check string, claim string) bool
}

// doubts are all that is left out. Those of the first part are decisions of the interface's
// contract; those of the second part are open questions about the gateways, which explain answers
// all the same.
func doubts() []doubt {
	return []doubt{
		{
			"a kid that is not the signer's fails, though no page says how a key is chosen",
			func(pair *evaluator.Pair, check, _ string) bool {
				return check == "signature" && pair.Token.Kid != pair.Token.Signer
			},
		},
		{
			"blanks around a supported audience do not count, nor do empty ones",
			func(pair *evaluator.Pair, check, _ string) bool {
				aud, _ := pair.Token.Claims["aud"].(string)
				return check == "audience" &&
					(strings.TrimSpace(aud) != aud || pair.Token.Claims["aud"] == "")
			},
		},

		{
			"an aud of another type fails, and does not count in a list beside a text that fits",
			func(pair *evaluator.Pair, check, _ string) bool {
				list, isList := pair.Token.Claims["aud"].([]any)
				_, isText := pair.Token.Claims["aud"].(string)
				return check == "audience" && !isText &&
					(!isList || len(list) == 0 || list[0] == 1)
			},
		},
		{
			"a client id that is no text can be read",
			func(pair *evaluator.Pair, check, _ string) bool {
				return check == "client-id" &&
					pair.Policy.Config["skipClientIdValidation"] != true && readsNoText(pair)
			},
		},
		{
			"a client id that is null is rejected in local mode too, where there are no contracts",
			func(pair *evaluator.Pair, check, _ string) bool {
				return check == "client-id" && pair.Policy.Form == evaluator.FlexYAML
			},
		},
		{
			"blanks around #[ ] do not count",
			func(pair *evaluator.Pair, check, claim string) bool {
				return anyExpression(
					pair, check, claim,
					func(text string) bool {
						return strings.Contains(text, "#[") && strings.TrimSpace(text) != text
					},
				)
			},
		},
		{
			"Flex Gateway knows null as a literal, and fails on comparing it with a number",
			func(pair *evaluator.Pair, check, claim string) bool {
				return anyExpression(pair, check, claim, func(text string) bool {
					return strings.Contains(text, "null") || strings.Contains(text, "> ")
				}) && pair.Gateway != evaluator.Mule
			},
		},
		{
			"a member of a text, or of the items of a list, is no text",
			func(pair *evaluator.Pair, check, claim string) bool {
				return anyExpression(
					pair, check, claim,
					func(text string) bool { return strings.Contains(text, ".id") },
				)
			},
		},
		{
			"an index of a text gives a character on Mule Gateway, and null on Flex Gateway",
			func(pair *evaluator.Pair, check, claim string) bool {
				return anyExpression(pair, check, claim, func(text string) bool {
					return strings.Contains(text, "[0]") || strings.Contains(text, "[2]") ||
						strings.Contains(text, "[-1]")
				})
			},
		},
		{
			"default takes all that follows for its right side",
			func(pair *evaluator.Pair, check, claim string) bool {
				return anyExpression(
					pair, check, claim,
					func(text string) bool { return strings.Contains(text, "default 'x' == 'x'") },
				)
			},
		},
	}
}

// readsNoText reports whether the claim that the client id is read from is no text.
func readsNoText(pair *evaluator.Pair) bool {
	expression := fmt.Sprint(pair.Policy.Config["clientIdExpression"])
	for _, claims := range []map[string]any{pair.Token.Claims, pair.Token.Twice} {
		for name, value := range claims {
			if _, isText := value.(string); !isText && strings.Contains(expression, name) {
				return true
			}
		}
	}
	return false
}

// anyExpression reports whether a custom claim's value, or the client id's expression for its
// checks, is like this.
func anyExpression(pair *evaluator.Pair, check, claim string, like func(string) bool) bool {
	if check == "client-id" || check == "contract" {
		text, _ := pair.Policy.Config["clientIdExpression"].(string)
		return like(text)
	}
	if check != "custom-claim" {
		return false
	}
	for _, list := range []string{"mandatoryCustomClaims", "nonMandatoryCustomClaims"} {
		entries, _ := pair.Policy.Config[list].([]any)
		for _, item := range entries {
			entry, _ := item.(map[string]any)
			text, _ := entry["value"].(string)
			if entry["key"] == claim && like(text) {
				return true
			}
		}
	}
	return false
}
