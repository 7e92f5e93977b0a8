package cmd

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// Checks that hold alone and let nobody in together, in every form of file. What an expression
// asks of scopes or roles does not hide that tokens of that kind have none.
func TestChecksThatExcludeEachOtherAreFound(t *testing.T) {
	t.Parallel()
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

		"both in one expression": both("UAT.Access", [2]string{
			"ver", "#[(vars.claimSet.idtyp == 'app') and (" + scope[2:len(scope)-1] + ")]",
		}),
		"both the other way round in one": both("UAT.Access", [2]string{
			"ver", "#[(" + scope[2:len(scope)-1] + ") and (vars.claimSet.idtyp == 'app')]",
		}),
		"an application's type, a role and a scope in one": both("UAT.Access", [2]string{
			"ver", "#[(vars.claimSet.idtyp == 'app') and (vars.claimSet.roles contains " +
				"'UAT.Call') and ((vars.claimSet.scp splitBy ' ') contains 'UAT.Access')]",
		}),
		"the first scope in one": both("UAT.Access", [2]string{
			"ver", "#[(vars.claimSet.idtyp == 'app') and ((vars.claimSet.scp splitBy ' ')[0] == " +
				"'UAT.Access')]",
		}),
		"the type on the other side in one": both("UAT.Access", [2]string{
			"ver", "#[('app' == vars.claimSet.idtyp) and ((vars.claimSet.scp splitBy ' ') " +
				"contains 'UAT.Access')]",
		}),
		"the type of a list in one": both("UAT.Access", [2]string{
			"ver", "#[(['app'] contains vars.claimSet.idtyp) and ((vars.claimSet.scp splitBy " +
				"' ') contains 'UAT.Access')]",
		}),

		"a user's type and a scope in one are sound": sound([2]string{
			"ver", "#[(vars.claimSet.idtyp == 'user') and ((vars.claimSet.scp splitBy ' ') " +
				"contains 'UAT.Access')]",
		}),
		"an application's type and a role in one are sound": sound([2]string{
			"ver", "#[(vars.claimSet.idtyp == 'app') and (vars.claimSet.roles contains " +
				"'UAT.Call')]",
		}),
		"an application's type and no scope in one are sound": sound([2]string{
			"ver", "#[(vars.claimSet.idtyp == 'app') and (vars.claimSet.scp == null)]",
		}),
		"a type and a scope, or something else, in one are sound": sound([2]string{
			"ver", "#[((vars.claimSet.idtyp == 'app') and (vars.claimSet.scp != null)) or " +
				"(vars.claimSet.roles contains 'UAT.Call')]",
		}),
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

// hasgroups stands in tokens of the implicit flow only, of users with too many groups: who asks
// for it locks out all others. Who asks that it is not there, or for something else, does not.
func TestWhoAsksForHasgroupsLocksOutAllOthers(t *testing.T) {
	t.Parallel()
	const claim = "vars.claimSet.hasgroups"
	warned := func(name, value string) formCase {
		return formCase{
			claims: [][2]string{{name, value}}, rule: "no-token-passes",
			severity: rules.Warning, field: "mandatoryCustomClaims", at: "hasgroups",
		}
	}
	sound := func(name, value string) formCase {
		return formCase{claims: [][2]string{{name, value}}}
	}
	findsInForms(t, nil, map[string]formCase{
		"it is true":        warned("hasgroups", "#["+claim+" == true]"),
		"of another claim":  warned("ver", "#["+claim+" == true]"),
		"on the other side": warned("ver", "#[true == "+claim+"]"),
		"and something else": warned(
			"ver", "#[("+claim+" == true) and (vars.claimSet.ver == '1.0')]",
		),
		"something else and it": warned(
			"ver", "#[(vars.claimSet.ver == '1.0') and ("+claim+" == true)]",
		),
		"with an index": warned("ver", "#[vars.claimSet['hasgroups'] == true]"),

		"it or something else is sound": sound(
			"ver", "#[("+claim+" == true) or (vars.claimSet.ver == '1.0')]",
		),
		"it is not true is sound":          sound("ver", "#["+claim+" != true]"),
		"another claim of a name like its": sound("ver", "#[vars.claimSet.ver == '1.0']"),
	})
}

// What an expression makes of a claim, or of a part of it, may be so for an id that is in no file.
// The name of a claim in quotes is no text that the claim is compared with.
func TestWhatAnExpressionMakesOfAnIDMayHold(t *testing.T) {
	t.Parallel()
	const id = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	row := func(claim, expression string) formCase {
		return formCase{claims: [][2]string{{claim, "#[" + expression + "]"}}}
	}
	cases := map[string]formCase{
		"capitals, with an index": row("oid", "upper(vars.claimSet['oid']) == '"+
			strings.ToUpper(id)+"'"),
		"a size, of claimSet too":       row("oid", "sizeOf(vars['claimSet']['oid']) == 36"),
		"a size, with a name in quotes": row("oid", `sizeOf(vars.claimSet."oid") == 36`),
		"something before it":           row("oid", "('x' ++ vars.claimSet.oid) == 'x"+id+"'"),
		"something behind a client":     row("appid", "(vars.claimSet.appid ++ 'x') == '"+id+"x'"),
		"a part of a client":            row("appid", "vars.claimSet.appid contains 'f0e1c2a-'"),
		"the rest of a client": row("appid", "dw::core::Strings::substringAfter("+
			"vars.claimSet.appid, '6f0e') == '1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3'"),
	}
	findsInForms(t, nil, cases)
	findsInForms(t, registeredFor(t, ""), cases)
	findsInForms(t, nil, map[string]formCase{"a text that it never is": {
		claims: [][2]string{{"oid", "#[if (vars.claimSet['oid'] == 'me') true else false]"}},
		rule:   "no-token-passes", severity: rules.Error, field: "mandatoryCustomClaims",
		at: "oid",
	}})
}

// A scope between blanks is looked for as a whole word: the registration defines it without them,
// and no longer scope holds it.
func TestAScopeBetweenBlanksIsAWholeWord(t *testing.T) {
	t.Parallel()
	among := func(text string) [][2]string {
		return [][2]string{{"scp", "#[(' ' ++ vars.claimSet.scp ++ ' ') contains '" + text + "']"}}
	}
	part := formCase{
		claims: among(" UAT.Access"), rule: "substring-match-on-scopes",
		severity: rules.Warning, field: "mandatoryCustomClaims", at: "UAT.Access",
	}
	for _, app := range []*entra.Directory{nil, registeredFor(t, "")} {
		findsInForms(t, app, map[string]formCase{
			"a whole word": {claims: among(" UAT.Access ")}, "its beginning": part,
		})
	}
	findsInForms(t, registeredFor(t, ""), map[string]formCase{"another scope": {
		claims: among(" UAT.Write "), rule: "scope-not-defined-by-app",
		severity: rules.Error, field: "mandatoryCustomClaims", at: "UAT.Write",
	}})
}
