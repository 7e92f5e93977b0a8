package mulesoft

// checkAudience checks the audience that the user names.
func (r *repairer) checkAudience() ([]edit, error) {
	if r.asset != jwtValidation {
		return nil, refuse("this policy can't check an audience",
			insteadBy(solutionJWT, "puts JWT Validation in its place"), insteadBy(solutionScopes, "requires a scope"))
	}
	if r.facts.Audience == "" {
		return nil, refuse("the file does not tell this environment's audience", needAudience())
	}
	return append(r.audienceOn(), set("supportedAudiences", r.facts.Audience)), nil
}

// replaceWildcard puts the audience that the user names in the place of one with a wildcard. Of a claim only the user knows what is meant.
func (r *repairer) replaceWildcard() ([]edit, error) {
	if r.finding.Field != "supportedAudiences" {
		return nil, byHand()
	}
	return r.checkAudience()
}

// switchAudienceOn switches on the check of the audience that is configured.
func (r *repairer) switchAudienceOn() ([]edit, error) { return r.audienceOn(), nil }

func (r *repairer) audienceOn() []edit {
	return []edit{set("validateAudClaim", true), set("mandatoryAudClaim", true)}
}
