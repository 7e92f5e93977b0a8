package source

import "testing"

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
		{"a file that is none", "a/main_overrides.tf", orders, "a/main.tf", orders, false},
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
