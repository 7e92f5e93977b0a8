package source

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/measure"
)

// aliasBomb stands for nine to the power of 26 values.
func aliasBomb() string {
	bomb := "a: &a [" + strings.Repeat("x,", 8) + "x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c,
			strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	return bomb
}

// lines is the line of each of the numbers up to n.
func lines(line string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

func mergeBomb() string {
	bomb := "a: &a {k0: 1}\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c\n  <<: [%s]\n", c, c,
			strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	return bomb
}

func TestHostileFilesAreRefusedForLittle(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{
			"an alias bomb", "p.yaml", aliasBomb(),
			"p.yaml:1:14: the aliases of the file stand for more than 100000 values",
		},
		{
			"a merge key bomb", "p.yaml", mergeBomb(),
			"p.yaml:1:12: the aliases of the file stand for more than 100000 values",
		},
		{
			"JSON that is nested 10,000 deep", "p.json", nested("[", 10_000, "]"),
			"p.json:1:5002: values are nested more than 5000 levels deep",
		},
		{
			"JSON that is nested 250,000 deep and never closed", "p.json",
			nested("[", 250_000, ""),
			"p.json:1:5002: values are nested more than 5000 levels deep",
		},
		{
			"JSON that is nested a million deep and never closed", "p.json",
			nested("[", 1_000_000, ""),
			"p.json:1:300001: the file has more than 300000 values",
		},
		{
			"YAML that is nested 10,000 deep in brackets", "p.yaml", nested("[", 10_000, "]"),
			"p.yaml:1:5002: values are nested more than 5000 levels deep",
		},
		{
			"YAML that is nested 10,000 deep in dashes", "p.yaml", nested("- ", 10_000, ""),
			"p.yaml:1:10003: values are nested more than 5000 levels deep",
		},
		{
			"YAML that is nested 150,000 deep", "p.yaml", nested("- ", 150_000, ""),
			"p.yaml:1:1: not YAML: values are nested more than 5000 levels deep",
		},
		{
			"YAML that is nested 500,000 deep", "p.yaml", nested("- ", 500_000, ""),
			"p.yaml:1:400001: the file has more than 200000 values",
		},
		{
			"JSON of two million values", "p.json", "[" + strings.Repeat("1,", 2_000_000) + "1]",
			"p.json:1:600001: the file has more than 300000 values",
		},
		{
			"YAML of two million values", "p.yaml", "[" + strings.Repeat("1,", 2_000_000) + "1]",
			"p.yaml:1:400001: the file has more than 200000 values",
		},
		{
			"Terraform that refers to a long list 400 times", "p.tf",
			"locals {\nl = [" + strings.Repeat("1,", 2000) + "]\n}\nresource a b {\n" +
				lines("a%d = local.l\n", 400) + "}\n",
			"p.tf:152:8: the file has more than 300000 values",
		},
		{
			"50 MB", "p.yaml", strings.Repeat("a: 1\n", 10_000_000),
			"p.yaml: the text has more than 16 MiB",
		},
		{"nothing", "p.json", "", "p.json:1:1: the text is empty"},
		{"a byte order mark alone", "p.json", "\ufeff", "p.json:1:2: the text is empty"},
		{
			"comments alone", "p.yaml", "# a\n---\n# b\n",
			"p.yaml:1:1: the text holds nothing but comments",
		},
		{
			"a program", "p.yaml", "\x7fELF\x02\x01\x01\x00\x00",
			"p.yaml:1:8: not text: there is a NUL byte here",
		},
		{"Latin-1", "p.yaml", "a: 1\nb: caf\xe9\n", "p.yaml:2:7: the text is not UTF-8"},
		{
			"UTF-16, as PowerShell writes it", "p.json", "\xff\xfe{\x00}\x00",
			"p.json:1:1: the text is UTF-16, not UTF-8",
		},
		{
			"UTF-16 without a mark", "p.json", "{\x00}\x00",
			"p.json:1:1: the text is UTF-16, not UTF-8",
		},
		{
			"a sign-in page in place of JSON", "p.json", "\n<!DOCTYPE html><html>",
			"p.json:2:1: this is an HTML page, not a configuration",
		},
		{"XML", "policy", "<policies/>", "policy:1:1: this is XML or HTML, not JSON or YAML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := []byte(tt.text)
			var err error
			cost := measure.Of(func() { _, err = Read(tt.file, text) })
			if err == nil || err.Error() != tt.want {
				t.Errorf("\ngot  %v\nwant %s", err, tt.want)
			}
			// The time is generous: each of these files is refused in less than a second.
			if cost.Processor > 5*time.Second || cost.Allocated > 100<<20 {
				t.Errorf("it took %v and %d MiB", cost.Processor, cost.Allocated>>20)
			}
		})
	}
}

func nested(opening string, levels int, closing string) string {
	return strings.Repeat(opening, levels) + "1" + strings.Repeat(closing, levels)
}

func TestOddFilesAreReadWithProblems(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, value, want string }{
		{
			"a member that stands twice is kept and told of with both values", "p.json",
			`{"a": {"aud": "x", "aud": ["y"]}}`,
			`{"a":{"aud":"x","aud":["y"]}}`,
			`duplicate-member p.json:1:20 a.aud appears twice: "x" at line 1, then a list; most ` +
				`readers use the last one`,
		},
		{
			"so it is in YAML", "p.yaml", "- a: 1\n  a: 2\n", `[{"a":1,"a":2}]`,
			`duplicate-member p.yaml:2:3 [0].a appears twice: 1 at line 1, then 2; most readers ` +
				`use the last one`,
		},
		{
			"the values of a secret are not told", "p.json",
			`{"client_secret": "x", "client_secret": "y"}`,
			`{"client_secret":"x","client_secret":"y"}`,
			`duplicate-member p.json:1:24 client_secret appears twice, first at line 1; most ` +
				`readers use the last one`,
		},
		{
			"a byte order mark is told of", "p.json", "\ufeff{}", "{}",
			"byte-order-mark p.json:1:1 the file starts with a byte order mark, which strict " +
				"readers refuse",
		},
		{
			"an expression without quotes in YAML is a comment, which is told of", "p.yaml",
			"a: #[vars.x]\n", `{"a":null}`,
			"comment-for-value p.yaml:1:4 a has no value: #[ starts a comment in YAML, put the " +
				"expression in quotes",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Read(tt.file, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := documentsJSON(f); got != tt.value {
				t.Errorf("got %s, want %s", got, tt.value)
			}
			if got := problems(f); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestAClaimThatIsNotUTF8IsReadAndToldOf(t *testing.T) {
	t.Parallel()
	f, err := ReadJSON("claims", []byte("{\"sub\": \"a\xffb\"}"))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := f.Documents[0].Member("sub").Str(); got != "a\ufffdb" {
		t.Errorf("sub is %q", got)
	}
	const want = "invalid-utf-8 claims:1:11 the text is not UTF-8; readers replace what is " +
		"wrong with U+FFFD"
	if got := problems(f); got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

func problems(f *File) string {
	var all []string
	for _, p := range f.Problems {
		all = append(all, fmt.Sprintf("%s %s %s", p.ID, p.Pos, p.Message))
	}
	return strings.Join(all, "\n")
}
