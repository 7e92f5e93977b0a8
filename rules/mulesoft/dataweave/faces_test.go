package dataweave

import "testing"

// What the gateway may fail on is not passed over because another operand decides.
func TestAnOperandThatMayFailIsNotPassedOver(t *testing.T) {
	const input = `{"vars": {"claimSet": {"a": "x", "n": 1, "s": "text"}}, "attributes": {"headers": {}}}`
	tests := []struct {
		name, expression string
		mule, flex       Answer
	}{
		{"a name that does not resolve, behind true", `(vars.claimSet.a == 'x') or (tid == 'x')`, Maybe, Yes},
		{"before true", `(tid == 'x') or (vars.claimSet.a == 'x')`, Maybe, No},
		{"in a branch that is not taken", `if (vars.claimSet.a == 'x') true else (tid == 'x')`, Maybe, Yes},
		{"behind false", `(vars.claimSet.a == 'y') and (tid == 'x')`, Maybe, No},
		{"an unknown function, behind true", `(vars.claimSet.a == 'x') or nope(vars.claimSet.a)`, Maybe, Maybe},
		{"in a branch that is not taken", `if (vars.claimSet.a == 'x') true else nope(vars.claimSet.a)`, Maybe, Maybe},
		{"a function that Flex Gateway lacks", `(vars.claimSet.a == 'x') or (vars.claimSet.a startsWith 'x')`, Yes, Maybe},
		{"a text where a boolean is needed, behind true", `(vars.claimSet.a == 'x') or vars.claimSet.s`, Maybe, Yes},
		{"before true", `vars.claimSet.s or (vars.claimSet.a == 'x')`, Maybe, No},
		{"null where a boolean is needed", `vars.claimSet.none or (vars.claimSet.a == 'x')`, Maybe, No},
		{"a comparison that is not documented", `(vars.claimSet.s > true) or (vars.claimSet.a == 'x')`, Maybe, Maybe},
		{"what is not given and is no boolean perhaps", `payload.ok or (vars.claimSet.a == 'x')`, Maybe, Maybe},
		{"what is not given and is compared", `(payload.ok == 'y') or (vars.claimSet.a == 'x')`, Yes, Yes},
		{"the opposite of an unknown that is never true", `not (vars.claimSet.none contains 'x')`, Maybe, No},
		{"the other branch of such a condition", `if (vars.claimSet.none contains 'x') false else true`, Maybe, No},
		{"all operands known", `(vars.claimSet.a == 'x') or (vars.claimSet.n == 1)`, Yes, Yes},
	}
	for _, test := range tests {
		for dialect, want := range map[Dialect]Answer{Mule: test.mule, Flex: test.flex} {
			r := parse(t, test.expression, dialect).Eval(env(t, input))
			if got := r.Holds(); got != want {
				t.Errorf("%s, %s: %s: got %v, want %v: %+v", dialect, test.name, test.expression, got, want, r.Unknown)
			}
		}
	}
}
