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
