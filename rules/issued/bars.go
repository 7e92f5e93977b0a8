package issued

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// mostBarred limits the checks of policies of which one alone is asked whether it bars a token. Of
// more, not all choices of a token are tried, and what was not tried is unknown.
const mostBarred = 64

// singles are the checks that surely have to hold and that read one claim and nothing else, by
// that claim.
func (v *View) singles(checks []asking) map[string][]*rules.Check {
	if len(v.classes) != 1 || v.checks > mostBarred {
		return nil
	}
	all := map[string][]*rules.Check{}
	for i, policy := range v.policies {
		if len(policy.Effects) > 0 {
			return nil // an earlier policy may change what a later one sees
		}
		if policy.Runs(v.classes[0].Applies[i]) != rules.Yes {
			continue
		}
		for _, part := range policy.Root.All {
			at := slices.IndexFunc(checks, func(a asking) bool { return a.Check == part.Check })
			if part.Check == nil || at < 0 {
				continue
			}
			if name := onlyClaim(checks[at].reads); name != "" {
				all[name] = append(all[name], part.Check)
			}
		}
	}
	return all
}

// onlyClaim is the claim that some inputs all are; empty where there are others.
func onlyClaim(reads []rules.Input) string {
	if len(reads) != 1 || reads[0].Source != rules.FromClaim || reads[0].Name == "*" {
		return ""
	}
	return reads[0].Name
}

// Bars reports whether one check alone keeps a token out, whatever its holder chooses.
func (v *View) Bars(t *Token) bool {
	if len(v.single) == 0 || t.choices == nil || len(t.choices.chosen) > 0 {
		return false
	}
	return slices.ContainsFunc(t.choices.open, func(one variable) bool {
		return v.tell(&one, true).barred
	})
}

// barred reports whether one check fails for each of some choices.
func (v *View) barred(one *variable, choices []int) bool {
	if one.cut != "" {
		return false
	}
	for at, name := range one.claims {
		for _, check := range v.single[name] {
			passes := func(i int) bool { return !v.fails(check, name, one.choices[i].values[at]) }
			if !slices.ContainsFunc(choices, passes) {
				return true
			}
		}
	}
	return false
}

// fails reports whether a check that reads one claim surely fails for a value of it.
func (v *View) fails(check *rules.Check, claim string, value *source.Value) bool {
	made := *v.blank
	made.Claims = &source.Value{Kind: source.Object}
	if value != nil {
		made.Claims.Members = []source.Member{{Key: claim, Value: value}}
	}
	request := &rules.Request{Token: &made, Contracts: v.contracts, Brief: true}
	return request.Try(check) == rules.Fail
}
