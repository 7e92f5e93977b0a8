package mulesoft

import "github.com/gatewhy/gatewhy/rules"

func contractsInLocalMode() rules.Rule {
	return rules.Rule{
		Name:  "contracts-in-local-mode",
		Title: "client id validation is on in Flex Gateway's local mode, which has no contracts",
		Why: "A gateway in local mode never receives contracts: skipClientIdValidation must be " +
			"true there, and the policy can't work otherwise.",
		Fix: "Set skipClientIdValidation to true and check the audience and a scope or a role, " +
			"or run the gateway in connected mode.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docJWTPage, docLocalMode},
		Check:      eachEntry(needsContracts),
	}
}

func needsContracts(c configured) []rules.Finding {
	const field = "skipClientIdValidation"
	skip := c.setting(field)
	if !c.local || !c.isTokenPolicy() || skip.unknown != nil || skip.on() {
		return nil
	}
	return c.finding(
		field, firstPresent(skip.value, c.config, c.place),
		"Flex Gateway in local mode has no contracts: skipClientIdValidation must be true",
	)
}
