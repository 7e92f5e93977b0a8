package source

import (
	"fmt"
	"strings"
	"testing"
)

const someLocals = `locals {
  env    = "uat"
  api    = "api://orders-${local.env}"
  ports  = [80, 443]
  checks = { validateAudClaim = true, audience = local.api }
  open   = { audience = var.audience }
  loop   = local.pool
  pool   = local.loop
  rates  = 1.50
}
locals {
  twice = 1
}
locals {
  twice = 2
}
`

func TestConstantsOfTerraformAreResolved(t *testing.T) {
	t.Parallel()
	tests := []struct{ expression, want string }{
		{`local.env`, `"uat"`},
		{`local.api`, `"api://orders-uat"`},
		{`"${local.env}"`, `"uat"`},
		{`"${local.api}/Read, ${local.ports[1]}, ${true}"`, `"api://orders-uat/Read, 443, true"`},
		{`local.ports[0]`, `80`},
		{`local.checks.audience`, `"api://orders-uat"`},
		{`local.checks["validateAudClaim"]`, `true`},
		{`local.checks`, `{"validateAudClaim":true,"audience":"api://orders-uat"}`},
		{`merge({ a = 1, b = 2 }, { b = 3 }, null)`, `{"a":1,"b":3}`},
		{
			`jsonencode(merge(local.checks, { audience = "x" }))`,
			`{"validateAudClaim":true,"audience":"x"}`,
		},
		{`merge(local.checks, { v = var.v })`, `{"validateAudClaim":true,` +
			`"audience":"api://orders-uat","v":"var.v"}`},
		{`concat(["a"], [], local.ports)`, `["a",80,443]`},
		{`join(",", ["a", local.env], ["b"])`, `"a,uat,b"`},
		{`join("|", [])`, `""`},
		{`format("api://%s-%d, 100%%, %v", "orders", 7, false)`, `"api://orders-7, 100%, false"`},
		{`format("x")`, `"x"`},
		{`toset(["b", "a", "b"])`, `["a","b"]`},
		{`(local.env)`, `"uat"`},
	}
	for _, test := range tests {
		f, err := Read("p.tf", []byte(someLocals+"x = "+test.expression+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		v := f.Documents[0].Member("x")
		if got := v.JSON(); got != test.want || v.Kind == Unknown {
			t.Errorf("%s: %s %s, want %s", test.expression, v.Kind, got, test.want)
		}
		at := string(f.Text[v.Span.Start:v.Span.End])
		if !strings.Contains(test.expression, at) {
			t.Errorf("%s is at %q", test.expression, at)
		}
	}
}

func TestWhatIsNoConstantOfTerraformIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		`local.none`, `local.open.audience`, `local.env.x`, `local.ports[2]`, `local.ports[-1]`,
		`local.ports["a"]`, `local.loop`, `local.twice`, `local.ports[*]`, `local`, `var.local`,
		`"${local.open.audience}"`, `"a${local.rates}"`, `"a${local.ports}"`, `"a${null}"`,
		`"%{ if true }a%{ endif }"`, `upper(local.env)`, `merge(local.env)`, `merge(var.x, {})`,
		`merge([{ a = 1 }]...)`, `concat("a")`, `join(",")`, `join(",", "a")`, `join(1, ["a"])`,
		`join(",", [var.a])`, `join(",", [["a"]])`, `format("%s")`, `format("%s", "a", "b")`,
		`format("%5d", 7)`, `format("%d", "7")`, `format("%s", [])`, `format("%", 1)`,
		`format("%q", "a")`, `format(var.f)`, `toset("a")`, `toset([var.a])`,
	} {
		f, err := Read("p.tf", []byte(someLocals+"x = "+expression+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if v := f.Documents[0].Member("x"); v.Kind != Unknown || v.Text != expression {
			t.Errorf("%s: %s %s", expression, v.Kind, v.JSON())
		}
	}
}

func TestConstantsOfTerraformStayWithinTheLimits(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("locals {\n  a0 = \"0123456789\"\n")
	for i := range 60 {
		fmt.Fprintf(&b, "  a%d = \"${local.a%d}${local.a%[2]d}\"\n", i+1, i)
	}
	b.WriteString("}\nx = local.a60\ny = local.a3\n")
	f, err := Read("p.tf", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if v := f.Documents[0].Member("x"); v.Kind != Unknown {
		t.Errorf("%d bytes", len(v.Text))
	}
	if v := f.Documents[0].Member("y"); len(v.Text) != 80 && v.Kind != Unknown {
		t.Errorf("%s %d", v.Kind, len(v.Text))
	}
}

func TestADynamicBlockIsNotKnown(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"dynamic \"x\" {\n  for_each = var.a\n  content {}\n}\n", "repeated for each of var.a"},
		{"dynamic \"x\" {\n  for_each = []\n  content {}\n}\n", "repeated for each of []"},
		{"dynamic \"x\" {\n  content {}\n}\n", "a dynamic block"},
		{"dynamic x {\n  for_each = {}\n}\n", "repeated for each of {}"},
		{"x {}\ndynamic \"x\" {\n  for_each = var.a\n}\n", "repeated for each of var.a"},
	}
	for _, test := range tests {
		f, err := Read("p.tf", []byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		if v := f.Documents[0].Member("x"); !v.Is(Unknown) || v.Text != test.want {
			t.Errorf("%s: %+v", test.text, v)
		}
	}
	f, err := Read("p.tf", []byte("dynamic \"a\" \"b\" {}\ndynamic = 1\n"))
	if err != nil || f.Documents[0].Find("a") != nil {
		t.Errorf("two labels, or an attribute, are no dynamic block: %v", err)
	}
}

func TestAPartOfAConstantIsNotEdited(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		`merge({ a = 1 }, { b = 2 })`, `local.checks`, `jsonencode(local.checks)`,
		`concat([1], [2])`, "merge({ a = 1 },\n{\n  b = 2\n})", `merge({ a = [1] })`,
	} {
		f, err := Read("p.tf", []byte(someLocals+"x = "+expression+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		v := f.Documents[0].Member("x")
		if _, err := f.SetMember(v, "c", 3); err == nil {
			t.Errorf("%s: a member was added", expression)
		}
		if _, err := f.SetMembers(v, Fields{{"a", 3}, {"c", 3}}); err == nil {
			t.Errorf("%s: members were set", expression)
		}
		for i := range v.children() {
			if _, err := f.Replace(v.child(i), 3); err == nil {
				t.Errorf("%s: a part was replaced", expression)
			}
		}
		if _, err := f.Replace(v, 3); err != nil {
			t.Errorf("%s: %v", expression, err)
		}
	}
}
