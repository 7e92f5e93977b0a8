package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The names of the solutions.
const (
	solutionJWT    = "jwt"
	solutionScopes = "scopes"
)

// solutions lists the two solutions of Salesforce KB 005321722.
func solutions() []rules.Solution {
	return []rules.Solution{
		{
			Name:  solutionJWT,
			Title: "JWT Validation with an audience",
			Steps: []string{
				"use-jwt-validation",
				"map-client-id",
				"set-audience",
				"set-issuer",
				"check-audience",
				"pin-issuer",
			},
			KeepsOut: []rules.Outsider{rules.OtherEnvironment, rules.OtherAPI, rules.OtherTenant},
			Needs:    jwtNeeds,
		},
		{
			Name:     solutionScopes,
			Title:    "an environment's scope",
			Steps:    []string{"require-scope"},
			KeepsOut: []rules.Outsider{rules.OtherEnvironment},
			Needs:    scopesNeeds,
		},
	}
}

// jwtNeeds lists what the user has to name before the solution with JWT Validation can be applied.
func jwtNeeds(f rules.Facts) []source.Need {
	var needs []source.Need
	if f.Audience == "" {
		needs = append(needs, needAudience())
	}
	if f.Tenant == "" {
		needs = append(needs, needTenant())
	}
	if f.Version == 0 && !strings.Contains(f.Audience, "://") {
		needs = append(needs, source.Need{
			Input: source.NeedTokenVersion, For: "the version of the API's tokens",
		})
	}
	return needs
}

// scopesNeeds is the same for the solution with a scope.
func scopesNeeds(f rules.Facts) []source.Need {
	if f.Scope != "" {
		return nil
	}
	return []source.Need{{
		Input: source.NeedScope,
		For:   "a scope that only this environment's API exposes, such as UAT.Access",
	}}
}

// The needs are what a file does not say and the user has to name.

func needAudience() source.Need {
	return source.Need{
		Input: source.NeedAudience,
		For:   "this environment's audience, as its tokens carry it",
	}
}

func needScope() source.Need {
	return source.Need{
		Input: source.NeedScope,
		For:   "a scope that only this environment's API exposes",
	}
}

func needTenant() source.Need {
	return source.Need{Input: source.NeedTenant, For: "the id of this environment's tenant"}
}

func needVersion() source.Need {
	return source.Need{
		Input: source.NeedTokenVersion,
		For: "the version of the API's tokens (requestedAccessTokenVersion of its app " +
			"registration)",
	}
}

// needSolution points to a solution where a change can't be made.
func needSolution(solution, what string) source.Need {
	return source.Need{Input: source.NeedSolution, Name: solution, For: what}
}
