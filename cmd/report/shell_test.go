package report

import (
	"os/exec"
	"testing"
)

// hostileNames are file names that a shell, or a command line, takes for something else.
var hostileNames = []string{
	"policy.json", "a b.json", `it's.json`, `say "hi".json`, "$HOME.json", "`id`.json", "-p.json",
	"--write", "a:b/c.json", "C:\\policies\\uat.json", "*.json", "{a,b}.json", "~/x", "#x", "a;b",
	"a&b", "a|b", "a>b", "(x)", "!x", "@x", "=x", "line\nbreak", "tab\tname", "\u202exet.json",
	"\xff.json", "é.json", `back\slash`, `'`, `\'`, "", "a\\nb", "%PATH%",
}

// What bash makes of the words is what they were.
func TestBashTakesEachWordAsItWas(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	script, want := "printf '%s\\0'", ""
	for _, name := range hostileNames {
		script += " " + POSIX.Word(name)
		want += name + "\x00"
	}
	got, err := exec.Command(bash, "-c", script).Output()
	if err != nil || string(got) != want {
		t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
	}
}

// Of PowerShell nothing runs here: the rules are those of about_Quoting_Rules and about_Parsing.
func TestPowerShellWords(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"uat.json":        "uat.json",
		`C:\p\uat.json`:   `C:\p\uat.json`,
		"@uat.jwt":        "'@uat.jwt'",
		"a b":             "'a b'",
		"it's":            "'it''s'",
		`{"a":"b"}`:       `'{\"a\":\"b\"}'`,
		"$env:X":          "'$env:X'",
		"a,b":             "'a,b'",
		"--write":         "--write",
		"-p.json":         "'-p.json'",
		"":                "''",
		"https://h/x?a=b": "'https://h/x?a=b'",
	} {
		if got := PowerShell.Word(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

func TestANameWithADashIsNoFlag(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"-": "-", "-p.json": "./-p.json", "p": "p"} {
		if got := POSIX.Path(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
