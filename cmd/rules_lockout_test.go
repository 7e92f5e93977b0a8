package cmd

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// Checks that hold alone and let nobody in together, in every form of file. What an expression
// asks of scopes or roles does not hide that tokens of that kind have none.
func TestChecksThatExcludeEachOtherAreFound(t *testing.T) {
	const (
		scope = "#[(vars.claimSet.scp splitBy ' ') contains 'UAT.Access']"
		role  = "#[vars.claimSet.roles contains 'UAT.Call']"
		rule  = "checks-exclude-each-other"
	)
	both := func(at string, claims ...[2]string) formCase {
		return formCase{
			claims: claims, rule: rule, severity: rules.Error, field: "mandatoryCustomClaims",
			at: at,
		}
	}
	sound := func(claims ...[2]string) formCase { return formCase{claims: claims} }
	app := [2]string{"idtyp", "app"}
	findsInForms(t, nil, map[string]formCase{
		"an application's type and a scope": both("UAT.Access", app, [2]string{"scp", scope}),
		"the same the other way round":      both("app", [2]string{"scp", scope}, app),
		"the type in an expression": both(
			"UAT.Access", [2]string{"idtyp", "#[vars.claimSet.idtyp == 'app']"},
			[2]string{"scp", scope},
		),
		"a scope that may be absent": both(
			"UAT.Access", app, [2]string{"scp", "#[((vars.claimSet.scp default '') splitBy ' ') " +
				"contains 'UAT.Access']"},
		),
		"any scope": both("null", app, [2]string{"scp", "#[vars.claimSet.scp != null]"}),
		"one of two scopes": both("UAT.Write", app, [2]string{"scp", "#[((vars.claimSet.scp " +
			"splitBy ' ') contains 'UAT.Access') or ((vars.claimSet.scp splitBy ' ') contains " +
			"'UAT.Write')]"}),
		"an application's type and a user's name": both(
			"upn", app, [2]string{"upn", "#[vars.claimSet.upn != null]"},
		),

		"an application's type and a role are sound": sound(app, [2]string{"roles", role}),
		"a user's type and a scope are sound": sound(
			[2]string{"idtyp", "user"}, [2]string{"scp", scope},
		),
		"a user's type and a role are sound": sound(
			[2]string{"idtyp", "user"}, [2]string{"roles", role},
		),
		"a scope and a role are sound": sound([2]string{"scp", scope}, [2]string{"roles", role}),
		"two scopes are sound": sound(
			[2]string{"scp", scope},
			[2]string{"ver", "#[(vars.claimSet.scp splitBy ' ')[0] == 'Another']"},
		),
		"a scope or an application are sound": sound([2]string{
			"ver", "#[(vars.claimSet.idtyp == 'app') or ((vars.claimSet.scp splitBy ' ') " +
				"contains 'UAT.Access')]",
		}),
	})
}
