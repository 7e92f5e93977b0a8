package cmd

import (
	"encoding/json"
	"strings"
	"testing"
)

// What was asked for and stays is no success, whatever else was repaired: every error, and with
// --rule every finding of that rule.
func TestFixFailsWhereAFindingThatItWasAskedForStays(t *testing.T) {
	t.Parallel()
	expiry := setting{fields: map[string]any{"mandatoryExpClaim": false}}
	open := setting{fields: map[string]any{
		"validateAudClaim": false, "skipClientIdValidation": true,
	}}
	mistyped := setting{fields: map[string]any{"mandatoryExpClaims": true}}
	unlike := setting{fields: map[string]any{"completelyOther": 1}}
	noRole := setting{claim: [2]string{"roles", "Orders Reader"}}
	policy := func(settings ...setting) string {
		return narrow("api://orders-uat", holesTenant, settings...)
	}
	openly := func(settings ...setting) string {
		issuer := setting{
			claim: [2]string{"iss", "https://sts.windows.net/" + holesTenant + "/"},
		}
		return jwtPolicy(append(settings, open, issuer)...)
	}
	const rule = "--rule list-claim-compared-with-text"
	tests := []struct {
		name, policy, args string
		code               int
		changed            bool
	}{
		{"all is repaired", policy(expiry), "", exitOK, true},
		{"two are repaired", policy(expiry, mistyped), "", exitOK, true},
		{"an error stays", openly(expiry), "", exitRejected, true},
		{"an error stays, in JSON", openly(expiry), "-o json", exitRejected, true},
		{"an error stays, and is written", openly(expiry), "--write", exitRejected, true},
		{
			"what it needs is passed", openly(expiry), "--audience api://orders-uat",
			exitOK, true,
		},
		{"an error stays that has no repair", policy(expiry, noRole), "", exitRejected, true},
		{"a warning stays", policy(expiry, unlike), "", exitOK, true},
		{
			"an error of another rule stays", openly(expiry), "--rule expiry-not-mandatory",
			exitOK, true,
		},
		{
			"one of the rule stays, an error",
			policy(noRole, setting{claim: [2]string{"groups", holesAPI}}), rule,
			exitRejected, true,
		},
		{
			"one of the rule stays, a warning", policy(mistyped, unlike),
			"--rule unknown-field", exitRejected, true,
		},
		{"nothing can be repaired", policy(noRole), "", exitRejected, false},
		{"nothing is wrong", policy(), "", exitOK, false},
		{
			"a solution leaves what it is not about",
			openIDPolicies()["OpenID Connect, skipped"],
			"--solution scopes --scope UAT.Access", exitOK, true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := fixing(t, test.policy, strings.Fields(test.args)...)
			changed := strings.Contains(stdout, "policy.json\n+++") ||
				strings.Contains(stdout, `+++ b/policy.json`)
			if code != test.code || changed != test.changed {
				t.Errorf("exit code %d, changed %v:\n%s%s", code, changed, stdout, stderr)
			}
		})
	}
}

func TestFixSaysInJSONThatNothingIsRepaired(t *testing.T) {
	t.Parallel()
	policy := narrow("api://orders-uat", holesTenant, setting{
		claim: [2]string{"roles", "Orders Reader"},
	})
	stdout, _, code := fixing(t, policy, "-o", "json")
	var got struct {
		Diff        string
		NotRepaired []struct{ Rule, Why string } `json:"not_repaired"`
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err, stdout)
	}
	if code != exitRejected || got.Diff != "" || len(got.NotRepaired) != 1 ||
		got.NotRepaired[0].Rule == "" || got.NotRepaired[0].Why == "" {
		t.Errorf("exit %d: %+v", code, got)
	}
}
