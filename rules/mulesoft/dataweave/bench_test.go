package dataweave

import "testing"

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(`(vars.claimSet.roles contains 'role1') or (vars.claimSet.roles contains 'role2')`, Mule); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	e := parse(b, `(vars.claimSet.roles contains 'role1') or (vars.claimSet.roles contains 'role2')`, Mule)
	in := env(b, `{"vars": {"claimSet": {"aud": "a", "iss": "b", "roles": ["x", "role2"]}}}`)
	b.ReportAllocs()
	for b.Loop() {
		if e.Eval(in).Holds() != Yes {
			b.Fatal("the role is there")
		}
	}
}
