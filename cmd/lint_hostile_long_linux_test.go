//go:build long

package cmd

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// Each check of a policy is run on made-up tokens, by rules that ask what the policy is like.
// Neither the claims of one expression nor the number of checks may multiply with that.
func TestAPolicyOfManyChecksIsLintedWithinTheBounds(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	for name, row := range map[string]struct {
		claims int
		value  func(i int) string
	}{
		"5,000 plain claims": {5000, func(i int) string { return fmt.Sprintf("v%d", i) }},
		"200 expressions that want 13 claims each": {200, func(i int) string {
			return expressionOf(13, " and ", "(vars.claimSet.c%[1]dx%[2]d == 'v%[1]d')", i)
		}},
		"200 that want one of 13": {200, func(i int) string {
			return expressionOf(13, " or ", "(vars.claimSet.c%[2]d contains 'v%[1]dx')", i)
		}},
		"400 that want a scope not to be there": {400, func(i int) string {
			return expressionOf(1, "", "not (vars.claimSet.scp contains 'v%[1]dx%[2]d')", i)
		}},
		"400 that want a scope of a list": {400, func(i int) string {
			return expressionOf(1, "", "(vars.claimSet.scp splitBy ' ') contains 'v%[1]d%[2]d'", i)
		}},
		"3 that want one of 700 claims": {3, func(i int) string {
			return expressionOf(700, " or ", "vars.claimSet.c%[1]dx%[2]d contains 'v'", i)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var claims []string
			for i := range row.claims {
				claims = append(
					claims,
					fmt.Sprintf(`{"key": "c%d", "value": "%s"}`, i, row.value(i)),
				)
			}
			writeFile(
				t,
				filepath.Join(dir, "hostile.json"),
				`{"assetId": "jwt-validation", "configurationData": {"jwtKeyOrigin": "jwks",
				"jwksUrl": "https://login.microsoftonline.com/common/discovery/keys",
				"validateCustomClaim": true,
				"mandatoryCustomClaims": [`+strings.Join(claims, ", ")+`]}}`,
			)
			gatewhy.run(t, dir, "", "lint", "hostile.json").wants(t, exitRejected,
				"[audience-not-checked]")
		})
	}
}

// Each finding of one policy is repaired by itself, and each repair is linted. That so many take
// longer than one run is found out by the first of them.
func TestARepairOfManyFindingsOfOnePolicyIsRefusedWithinTheBounds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var claims []string
	for i := range 400 {
		value := expressionOf(1, "", "vars.claimSet.scp contains 'v%[1]dx%[2]d'", i)
		claims = append(claims, fmt.Sprintf(`{"key": "scp", "value": "%s"}`, value))
	}
	writeFile(t, filepath.Join(dir, "p.json"), limitedPolicy(
		`, "validateCustomClaim": true, "mandatoryCustomClaims": [`+strings.Join(claims, ", ")+"]",
		"",
	))
	build(t).run(t, dir, "", "fix", "p.json").wants(t, exitUsage,
		"to repair what was found takes a look at more than 6000000 conditions")
}

// expressionOf joins parts, each made of i and of its own number.
func expressionOf(parts int, by, format string, i int) string {
	all := make([]string, parts)
	for j := range all {
		all[j] = fmt.Sprintf(format, i, j)
	}
	return "#[" + strings.Join(all, by) + "]"
}

// A plan says of each resource what it will be, what is changed, and what was written.
func TestAPlanOfManyResourcesIsLintedInTime(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	for name, of := range map[string]struct{ policies, changed, written int }{
		"changed": {1, 20_000, 0}, "written": {700, 0, 16_000},
	} {
		var resources, changes, written []string
		for i := range max(of.changed, of.written) {
			resource := fmt.Sprintf(`{"address": "a.b%[1]d", "type": "a", "name": "b%[1]d"}`, i)
			if i < of.changed {
				resources, changes = append(resources, resource), append(changes, resource)
			} else {
				written = append(written, resource)
			}
		}
		for i := range of.policies {
			const kind = "anypoint_apim_policy_jwt_validation"
			head := fmt.Sprintf(`{"address": "%[1]s.p%[2]d", "type": "%[1]s", "name": "p%[2]d", `,
				kind, i)
			resources = append(resources, head+`"values": {"asset_id": "jwt-validation", `+
				`"configuration_data": [{"jwks_url": "https://keys.example"}]}}`)
			changes = append(changes, head+
				`"change": {"actions": ["create"], "after_unknown": {"apim_id": true}}}`)
			written = append(written, head+fmt.Sprintf(
				`"expressions": {"apim_id": {"references": ["a.b%d.id"]}}}`, i))
		}
		t.Run(name, func(t *testing.T) {
			file := name + ".json"
			writeFile(t, filepath.Join(dir, file), `{"format_version": "1.2", `+
				`"planned_values": {"root_module": {"resources": [`+
				strings.Join(resources, ",")+`]}}, `+
				`"resource_changes": [`+strings.Join(changes, ",")+`], `+
				`"configuration": {"root_module": {"resources": [`+
				strings.Join(written, ",")+`]}}}`)
			o := gatewhy.once(t, dir, "", "lint", file)
			if o.code != exitOK || o.took > mostTime {
				t.Errorf("exit code %d after %s:\n%.2000s", o.code, o.took, o.said)
			}
		})
	}
}
