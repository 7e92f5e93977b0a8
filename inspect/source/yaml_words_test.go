package source

import "testing"

// What kubectl makes of a scalar was asked of sigs.k8s.io/yaml 1.6.0, which reads with
// go.yaml.in/yaml/v2 2.4.4.
func TestWhatAReaderOfYAML11MakesOfAScalar(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"yes": `true`, "Yes": `true`, "YES": `true`, "on": `true`, "y": `true`, "Y": `true`,
		"no": `false`, "off": `false`, "OFF": `false`, "n": `false`, "N": `false`,
		"yEs": `"yEs"`, "oN": `"oN"`, "yess": `"yess"`, `"yes"`: `"yes"`, "'no'": `"no"`,
		"!!str yes": `"yes"`, "true": `true`, "True": `true`, "tRue": `"tRue"`,
		"017": `15`, "0o17": `15`, "08": `8`, "0x1F": `31`, "0b11": `3`, "1_000": `1000`,
		"1:30": `"1:30"`, "~": `null`, "null": `null`, "NULL": `null`, "": `null`,
		"2026-05-06": `"2026-05-06"`, "1e3": `1000`, "+1": `1`, "-0b11": `-3`, ".5": `0.5`,
		"yes # a comment": `true`, "[yes, \"no\"]": `[true,"no"]`, "{on: off}": `{"true":false}`,
		`{"on": n}`:    `{"on":false}`,
		"[&x yes, *x]": `[true,true]`, "[!!str yes, yes]": `["yes",true]`, "[&x y]": `[true]`,
		"yes\n  no": `"yes no"`,
	} {
		f, err := Read("p.yaml", []byte("a: "+text+"\n"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := f.YAML11(f.Documents[0].Member("a")).JSON()
		if got != want && !(text == "1e3" && got == "1e3") {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestWithoutWordsOfYAML11AValueStaysItself(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a: [x, {b: true}]\n", "a: \"yes\"\nb: ['no']\n"} {
		f, err := Read("p.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if f.YAML11(f.Documents[0]) != f.Documents[0] {
			t.Errorf("%s: another value", text)
		}
	}
	f, err := Read("p.json", []byte(`{"a":"yes"}`))
	if err != nil || f.YAML11(f.Documents[0]) != f.Documents[0] {
		t.Errorf("JSON: another value, %v", err)
	}
}
