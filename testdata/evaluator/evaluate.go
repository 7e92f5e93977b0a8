package evaluator

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Evaluate returns the checks of a pair at an instant. Where the gateway is not known, or a member
// appears twice with two values, only what every reading agrees on is definite.
func Evaluate(pair *Pair, now time.Time) []Check {
	var readings [][]Check
	for _, gateway := range gatewaysOf(pair) {
		for _, config := range both(pair.Policy.Config, pair.Policy.Twice) {
			for _, claims := range both(pair.Token.Claims, pair.Token.Twice) {
				r := reading{
					pair: pair, gateway: gateway, config: config,
					claims: normal(claims).(map[string]any), now: now,
				}
				readings = append(readings, r.checks())
			}
		}
	}
	return agreed(readings)
}

// gatewaysOf are the gateways that the policy may run on. The asset's line is 0.x on Flex and 1.x
// on Mule (mulesoft.md 1.1).
func gatewaysOf(pair *Pair) []string {
	switch {
	case pair.Gateway != "":
		return []string{pair.Gateway}
	case pair.Policy.Form == FlexYAML, strings.HasPrefix(pair.Policy.Version, "0."):
		return []string{Flex}
	case pair.Policy.Version != "":
		return []string{Mule}
	}
	return []string{Mule, Flex}
}

// both returns the members with the first values, and with the second ones of those that appear
// twice.
func both(members, twice map[string]any) []map[string]any {
	if len(twice) == 0 {
		return []map[string]any{members}
	}
	last := maps.Clone(members)
	maps.Copy(last, twice)
	return []map[string]any{members, last}
}

func agreed(readings [][]Check) []Check {
	all := slices.Clone(readings[0])
	for i := range all {
		for _, other := range readings[1:] {
			all[i].Answer = either(all[i].Answer, other[i].Answer)
			all[i].Moot = all[i].Moot && other[i].Moot
		}
	}
	return all
}

// reading is one way to read a pair: one gateway, one value for each member.
type reading struct {
	pair    *Pair
	gateway string
	config  map[string]any
	claims  map[string]any
	now     time.Time
}

// checks runs all checks in the order of the vendor's pages (mulesoft.md 1.3).
func (r *reading) checks() []Check {
	if r.pair.Policy.Disabled {
		return nil
	}
	present := Check{ID: "token-present", Answer: r.tokenPresent()}
	if r.pair.Token.Shape == Nothing {
		return []Check{present}
	}
	format := Check{ID: "token-format", Answer: passes(r.pair.Token.Shape == JWS)}
	if format.Answer == Fail {
		return []Check{present, format}
	}
	algorithm := r.algorithm()
	all := []Check{
		present, format,
		{ID: "algorithm", Answer: algorithm},
		{ID: "signature", Answer: r.signature(), Moot: algorithm == Fail},
		{ID: "expiry", Answer: r.expiry()},
		{ID: "not-before", Answer: r.notBefore()},
		{ID: "audience", Answer: r.audience()},
	}
	all = append(all, r.customClaims()...)
	client, contract := r.client()
	return append(all,
		Check{ID: "client-id", Answer: client},
		Check{ID: "contract", Answer: contract, Moot: client == Fail})
}

// tokenPresent: the token is given where the policy reads it, as far as that is one header. A
// value that is neither of the two documented ones names no place.
func (r *reading) tokenPresent() Answer {
	if r.pair.Token.Shape == Nothing {
		return Fail // 400 JWT Token is required (1.4)
	}
	switch origin := r.config["jwtOrigin"]; {
	case origin == nil, origin == "httpBearerAuthenticationHeader":
		return Pass
	case origin == "customExpression":
		return passesOrOpen(r.config["jwtExpression"] == "#[attributes.headers['jwt']]")
	}
	return Open
}

func passesOrOpen(holds bool) Answer {
	if holds {
		return Pass
	}
	return Open
}
