package source

import (
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/measure"
)

func TestCommandLinesAreTakenApart(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"one line", "proxy --a=b -c d\n", `["proxy","--a=b","-c","d"]`},
		{
			"several lines", "proxy \\\n  --a=b \\\r\n  --c # not this\n",
			`["proxy","--a=b","--c"]`,
		},
		{
			"two commands", "export A=1\nproxy --a; ls -l",
			`["export","A=1"]["proxy","--a"]["ls","-l"]`,
		},
		{
			"quotes", `proxy --a="b c" '--d=$e "f"' g\ h`,
			`["proxy","--a=b c","--d=$e \"f\"","g h"]`,
		},
		{"all options in quotes", `proxy '--a=b c' "--d"`, `["proxy","--a=b c","--d"]`},
		{"escapes", `proxy --a="\"\$\x" \"`, `["proxy","--a=\"$\\x","\""]`},
		{
			"variables", `proxy --a=$B_1 --c="${D:-e}" --f=$(g h) --i=j$`,
			`["proxy","--a=${B_1}","--c=${D:-e}","--f=$(g h)","--i=j$"]`,
		},
		{"a variable before a command", "A=1 proxy --b", `["A=1","proxy","--b"]`},
		{
			"commands in a word", "proxy --a=`b c` \"--d=`e`\" '--f=`g`' --h=$(i $(j) k) --l=\\`m",
			`["proxy","--a=$(b c)","--d=$(e)","--f=` + "`g`" + `","--h=$(i $(j) k)",` +
				`"--l=` + "`m" + `"]`,
		},
		{
			"what a script is given", `proxy --a=$1 --b="$@" --c=$$`,
			`["proxy","--a=${1}","--b=${@}","--c=$$"]`,
		},
		{"what nothing closes", "proxy --a=${b --c=`d --e=$(f", "" +
			`["proxy","--a=${b","--c=` + "`d" + `","--e=$"]["f"]`},
	}
	for _, test := range tests {
		f, err := Read("standard input", []byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got := ""
		for _, document := range f.Documents {
			got += document.JSON()
		}
		if f.Format != Shell || got != test.want {
			t.Errorf("%s: got %v %s\nwant %s", test.name, f.Format, got, test.want)
		}
	}
	if _, err := Read("a.sh", []byte("proxy '--a\n")); err == nil {
		t.Error("a quote that is not closed is no error")
	}
}

func TestACommandLineCostsWhatItsLengthDoes(t *testing.T) {
	for name, text := range map[string]string{
		"signs of a variable": strings.Repeat("$", 1<<20),
		"variables":           strings.Repeat("$a", 1<<19),
		"brackets":            strings.Repeat("${", 1<<19) + strings.Repeat("$(", 1<<16),
		"backquotes":          strings.Repeat("`a` ", 1<<17) + "`",
		"comments":            "\n" + strings.Repeat("#a\n", 1<<18),
	} {
		var err error
		cost := measure.Of(func() { _, err = Read("a.sh", []byte("proxy --a="+text)) })
		if err != nil || cost.Processor > 5*time.Second { // each of them takes 0.1 s
			t.Errorf("%s: %v, and it took %v", name, err, cost.Processor)
		}
	}
}

func TestYAMLIsNoCommandLine(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"command: proxy --a\n", "- proxy --a\n", "---\na: 1\n", "a - b\n", "key: |\n  x --y\n",
	} {
		if f, err := Read("standard input", []byte(text)); err != nil || f.Format != YAML {
			t.Errorf("%q: got %v, %v", text, f, err)
		}
	}
}

func TestEditsOfACommandLineKeepEveryOtherByte(t *testing.T) {
	t.Parallel()
	const text = "proxy \\\n  --a=b \\\n  --c # why\n"
	f, err := Read("run.sh", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	command := f.Documents[0]
	replaced, err := f.Replace(command.Items[1], "--a=d e")
	if got, _ := Apply([]byte(text), replaced); err != nil ||
		string(got) != "proxy \\\n  '--a=d e' \\\n  --c # why\n" {
		t.Errorf("%v: got %s", err, got)
	}
	inserted, err := f.InsertItem(command, 3, "--f=g")
	if got, _ := Apply([]byte(text), inserted); err != nil ||
		string(got) != "proxy \\\n  --a=b \\\n  --c \\\n  --f=g # why\n" {
		t.Errorf("%v: got %s", err, got)
	}
}
