package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const terraform = `# policies
resource "anypoint_policy" "jwt" {
  apim_id  = anypoint_api.orders.id
  disabled = false
  order    = -1
  configuration_data = jsonencode({
    jwtExpression = "#[vars.x]"
    "claims"      = [{ key = "tid", value = var.tenant }]
    key           = <<-EOT
      one
      two
    EOT
  })
  pointcut_data { method = "GET" }
  pointcut_data { method = "${var.method}" }
}
`

func TestTerraform(t *testing.T) {
	t.Parallel()
	f, err := Read("main.tf", []byte(terraform))
	if err != nil {
		t.Fatal(err)
	}
	resource := f.Documents[0].Member("resource")
	configuration := resource.Member("configuration_data")
	claim := configuration.Member("claims").Items[0]
	tests := []struct {
		name string
		v    *Value
		want string
	}{
		{"a block is an object with labels", resource, "2:34 an object [anypoint_policy jwt]"},
		{
			"a reference is unknown and keeps its text", resource.Member("apim_id"),
			"3:14 an unknown value anypoint_api.orders.id",
		},
		{"true and false are booleans", resource.Member("disabled"), "4:14 a boolean false"},
		{"a number has its sign", resource.Member("order"), "5:14 a number -1"},
		{"jsonencode gives the object in it", configuration, "6:35 an object"},
		{
			"a string is read as it is written", configuration.Member("jwtExpression"),
			"7:21 a string #[vars.x]",
		},
		{"a list of objects has their members", claim.Member("key"), "8:30 a string tid"},
		{"a variable is unknown", claim.Member("value"), "8:45 an unknown value var.tenant"},
		{"a heredoc is a string", configuration.Member("key"), "9:21 a string one\ntwo\n"},
		{
			"a string with a variable in it is unknown",
			resource.Member("pointcut_data").Member("method"),
			"15:28 an unknown value \"${var.method}\"",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fmt.Sprintf("%d:%d %s", tt.v.Pos.Line, tt.v.Pos.Column, tt.v.Kind)
			if tt.v.Text != "" {
				got += " " + tt.v.Text
			}
			if tt.v.Labels != nil {
				got += fmt.Sprint(" ", tt.v.Labels)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if n := len(resource.Members); n != 6 {
		t.Errorf("the block has %d members, its two blocks of one type among them", n)
	}
}

func TestTerraformEdits(t *testing.T) {
	t.Parallel()
	block := func(f *File) *Value { return f.Documents[0].Member("b") }
	tests := []struct {
		name, before, after string
		edit                func(*File) (Edit, error)
	}{
		{
			"a new attribute has a line of its own", "b {\n    a = 1 # one\n}\n",
			"b {\n    a = 1 # one\n    c = \"$${x}\"\n}\n",
			func(f *File) (Edit, error) { return f.SetMember(block(f), "c", "${x}") },
		},
		{
			"an empty block is filled", "b \"l\" {}\n", "b \"l\" {\n  c = [\"d\", 1]\n}\n",
			func(f *File) (Edit, error) { return f.SetMember(block(f), "c", []any{"d", 1}) },
		},
		{
			"a literal is replaced, the white space around it stays",
			"b {\n  a   = true # why\n}\n", "b {\n  a   = false # why\n}\n",
			func(f *File) (Edit, error) { return f.SetMember(block(f), "a", false) },
		},
		{
			"what jsonencode holds is edited in place", "b = jsonencode({\n  a = 1\n})\n",
			"b = jsonencode({\n  a = 1\n  c = {\n    d = [\n      {\n        e = null\n      " +
				"}\n " +
				" " +
				" " +
				" " +
				"]\n  }\n})\n",
			func(f *File) (Edit, error) {
				return f.SetMember(block(f), "c", Fields{{"d", []any{Fields{{"e", nil}}}}})
			},
		},
		{
			"an object on one line stays there", "b = { a = 1 }\n",
			"b = { a = 1, \"c d\" = { e = 2 } }\n",
			func(f *File) (Edit, error) { return f.SetMember(block(f), "c d", Fields{{"e", 2}}) },
		},
		{
			"a trailing comma is kept up", "b = {\n  a = 1, # one\n}\n",
			"b = {\n  a = 1, # one\n  c = 2,\n}\n",
			func(f *File) (Edit, error) { return f.SetMember(block(f), "c", 2) },
		},
		{
			"an attribute goes with its line",
			"b {\n  a = jsonencode({\n    x = 1\n  }) # why\n  c = 2\n}\n", "b {\n  c = 2\n}\n",
			func(f *File) (Edit, error) { return f.RemoveMember(block(f), "a") },
		},
		{
			"a member on one line goes with its comma", "b = { a = 1, c = 2 }\n",
			"b = { a = 1 }\n",
			func(f *File) (Edit, error) { return f.RemoveMember(block(f), "c") },
		},
		{
			"an item is appended", "b = [\n  \"a\",\n]\n", "b = [\n  \"a\",\n  \"c\",\n]\n",
			func(f *File) (Edit, error) { return f.InsertItem(block(f), 1, "c") },
		},
		{
			"an attribute is renamed", "b {\n  a = 1\n}\n", "b {\n  c = 1\n}\n",
			func(f *File) (Edit, error) { return f.RenameMember(block(f), "a", "c") },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name,
			func(t *testing.T) { checkEdited(t, "main.tf", tt.before, tt.after, tt.edit) })
	}
}

func checkEdited(t *testing.T, name, before, after string, edit func(*File) (Edit, error)) {
	t.Helper()
	f, err := Read(name, []byte(before))
	if err != nil {
		t.Fatal(err)
	}
	e, err := edit(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Apply(f.Text, e)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after, string(got)); diff != "" {
		t.Errorf("after the edit (-want +got):\n%s", diff)
	}
}

func TestTerraformFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []faultTest{
		{
			"a line without its end is shown", "a = 1 b = 2\n",
			"p.tf:1:7: not HCL: missing newline after argument",
		},
		{
			"a block that is not closed is shown", "b {\n  a = 1\n",
			"p.tf:1:3: not HCL: unclosed configuration block",
		},
		{
			"an attribute that stands twice is shown", "a = 1\na = 2\n",
			"p.tf:2:1: not HCL: attribute redefined",
		},
		{
			"very deep nesting is refused", "a = " + nested("[", 10_000, "]"),
			"p.tf:1:505: values are nested more than 500 levels deep",
		},
		{
			"so are deeply nested functions", "a = " + nested("f(", 5_000, ")"),
			"p.tf:1:1006: values are nested more than 500 levels deep",
		},
		{
			"very many signs are refused", "a = " + nested("!", 100_000, ""),
			"p.tf:1:20005: the file has more than 20000 operators",
		},
		{
			"very long text is refused", "a = \"" + strings.Repeat("x", 2_000_000) + "\"",
			"p.tf:1:1: the text has more than 256 KiB",
		},
		{
			"a heredoc of very many lines is refused",
			"a = <<EOT\n" + strings.Repeat("x\n", 100_000),
			"p.tf:16385:1: to put a string of the file together takes more than 256 MiB",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Read("p.tf", []byte(tt.text)); err == nil || err.Error() != tt.want {
				t.Errorf("\ngot  %v\nwant %s", err, tt.want)
			}
		})
	}
}

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

func TestTerraformMergesOverridesOverTheFilesOfTheirFolder(t *testing.T) {
	t.Parallel()
	const (
		orders = "resource \"policy\" \"orders\" {\n  on = true\n}\n"
		other  = "resource \"policy\" \"other\" {\n  on = local.on\n}\n"
		inJSON = `{"resource": {"policy": {"orders": {"on": "${var.on}"}}}}`
	)
	for _, test := range []struct {
		what, name, text, base, baseText string
		changes                          bool
	}{
		{"the same resource", "a/override.tf", orders, "a/main.tf", orders, true},
		{"another resource", "a/x_override.tf", other, "a/main.tf", orders, false},
		{"a file of another folder", "b/override.tf", orders, "a/main.tf", orders, false},
		{"both forms of the language", "a/override.tf.json", inJSON, "a/main.tf", orders, true},
		{"locals that are used", "a/override.tf", "locals {\n on = 1\n}\n", "a/m.tf", other, true},
		{"unused locals", "a/override.tf", "locals {\n on = 1\n}\n", "a/m.tf", orders, false},
		{"a name like an override's", "a/main_overrides.tf", orders, "a/main.tf", orders, false},
	} {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			file, err := Read(test.name, []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			base, err := Read(test.base, []byte(test.baseText))
			if err != nil {
				t.Fatal(err)
			}
			got := IsOverride(test.name) && file.Overrides(base) != nil
			if got != test.changes {
				t.Errorf("changes it: %t, want %t", got, test.changes)
			}
		})
	}
}

func TestBlocksOfTerraformInJSON(t *testing.T) {
	t.Parallel()
	file, err := Read("main.tf.json", []byte(
		`{"resource": {"policy": {"a": {"on": "${var.on}", "of": ["x-${var.b}"]}, "b": [{}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	blocks := file.Documents[0].Blocks()
	if len(blocks) != 2 || blocks[1].Value.Labels[1] != "b" {
		t.Fatalf("%d blocks: %+v", len(blocks), blocks)
	}
	on, of := blocks[0].Value.Member("on"), blocks[0].Value.Member("of")
	if !on.Is(Unknown) || on.Text != "var.on" {
		t.Errorf("an expression is %s %q", on.Kind, on.Text)
	}
	if !of.Items[0].Is(String) {
		t.Errorf("a text with an expression is %s", of.Items[0].Kind)
	}
}
