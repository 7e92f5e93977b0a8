package mulesoft

import "github.com/gatewhy/gatewhy/rules"

func contractsInLocalMode() rules.Rule {
	return rules.Rule{
		Name:  "contracts-in-local-mode",
		Title: "client id validation is on in Flex Gateway's local mode, which has no contracts",
		Why: "A gateway in local mode never hears of contracts: skipClientIdValidation has to " +
			"be true there, and the policy can't work otherwise.",
		Fix: "Set skipClientIdValidation to true and check the audience and a scope or a role, " +
			"or run the gateway in connected mode.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docJWTPage, docLocalMode},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachEntry(s, func(c configured) []rules.Finding {
				skip := c.setting("skipClientIdValidation")
				if !c.local || fieldsOf(c.asset) == nil || c.custom || skip.unknown != nil ||
					skip.on() {
					return nil
				}
				message := "Flex Gateway in local mode has no contracts: skipClientIdValidation " +
					"must be true"
				return []rules.Finding{
					c.finding(
						"skipClientIdValidation", firstPresent(skip.value, c.config, c.place), message,
					),
				}
			})
		},
	}
}
