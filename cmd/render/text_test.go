package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		name    string
		text    string
		columns int
		want    []string
	}{
		{"no text is no line", "", 10, nil},
		{
			"a text that fits stays on one line", "a token is a secret", 20,
			[]string{"a token is a secret"},
		},
		{
			"a line breaks at a space", "a token is a secret", 10,
			[]string{"a token is", "a secret"},
		},
		{
			"a word longer than a line is broken", "abcdefghijkl mn", 5,
			[]string{"abcde", "fghij", "kl mn"},
		},
		{
			"an address that is longer than a line is broken behind a slash",
			"https://host/path/file", 14,
			[]string{"https://host/", "path/file"},
		},
		{"line feeds are kept", "one\n\ntwo", 10, []string{"one", "", "two"}},
		{
			"a character counts as one column, however many bytes it has", "ä…ö ü", 5,
			[]string{"ä…ö ü"},
		},
		{
			"colours take no column", "\x1b[31mred\x1b[0m and more", 8,
			[]string{"\x1b[31mred\x1b[0m and", "more"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, wrap(test.text, test.columns)); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSentence(t *testing.T) {
	tests := []struct{ name, clause, want string }{
		{"nothing stays nothing", "", ""},
		{"a clause gets a capital and a full stop", "the token expired", "The token expired."},
		{"a claim keeps its case", "exp is null", "exp is null."},
		{"a word that is no claim's here gets its capital", "name a file", "Name a file."},
		{"a field keeps its case", "jwtOrigin is null", "jwtOrigin is null."},
		{"what is no ASCII stays as it is", "é is not an address", "é is not an address."},
		{"an address keeps its case", "https://host: no answer", "https://host: no answer."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := report.Sentence(test.clause); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRowsAlign(t *testing.T) {
	text := NewText(Style{Width: 40})
	text.Rows(1, []Row{
		{"aud", "api://orders"},
		{"preferred_username", "a sentence that is wrapped under its own start"},
		{"a label that is wider than the column", "below"},
		{"a label that is wider than all of the line", "below it"},
		{"empty", ""},
	})
	want := strings.Join([]string{
		"  aud                 api://orders",
		"  preferred_username  a sentence that is",
		"                      wrapped under its",
		"                      own start",
		"  a label that is wider than the column",
		"                      below",
		"  a label that is wider than all of the",
		"  line",
		"                      below it",
		"  empty",
		"",
	}, "\n")
	if diff := cmp.Diff(want, text.b.String()); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestMarksAreSignsOrWords(t *testing.T) {
	for outcome, want := range map[string][2]string{
		"pass": {"✓", "ok"}, "fail": {"✗", "no"}, "unknown": {"?", "??"}, "skipped": {"–", "--"},
	} {
		got := [2]string{Style{Unicode: true}.Mark(outcome), Style{}.Mark(outcome)}
		if got != want {
			t.Errorf("%s: got %q, want %q", outcome, got, want)
		}
	}
}

func TestColourIsOnlyAddedWhereAskedFor(t *testing.T) {
	// the command line has decided already; the library must not overrule it
	t.Setenv("NO_COLOR", "1")
	if got := (Style{}).Paint(Bad, "rejected"); got != "rejected" {
		t.Errorf("without colour: %q", got)
	}
	for mood, want := range map[Mood]string{
		Plain: "rejected", Strong: "\x1b[1m", Good: "\x1b[1m", Bad: "\x1b[31;1m",
		Unsure: "\x1b[1m", Passed: "\x1b[32m", Faint: "\x1b[2m",
	} {
		got := Style{Color: true}.Paint(mood, "rejected")
		if !strings.HasPrefix(got, want) || !strings.Contains(got, "rejected") {
			t.Errorf("mood %d with colour: %q", mood, got)
		}
	}
}

func TestALineOfAFileIsShownWithCarets(t *testing.T) {
	long := strings.Repeat("x", 60)
	tests := []struct {
		name, text, mark, note string
		want                   []string
	}{
		{
			"the carets stand under the value",
			"{\n  \"skip\": false,\n}", "false", "must be true",
			[]string{
				"  2 |   \"skip\": false,",
				"    |           ^^^^^ must be true",
			},
		},
		{
			"a tab is as wide as the spaces that stand for it",
			"a:\n\tb: value\n", "value", "here",
			[]string{
				"  2 |     b: value",
				"    |        ^^^^^ here",
			},
		},
		{
			"what the terminal would act on is escaped",
			"a: \u202e\"\x1b[2J\"", "\"\x1b[2J\"", "here",
			[]string{
				`  1 | a: \u202e"\u001b[2J"`,
				`    |          ^^^^^^^^^^^ here`,
			},
		},
		{
			"a long line is cut around the carets", long + "VALUE" + long, "VALUE", "here",
			[]string{
				"  1 | …xxxxxxxxxxxxxxxxxxxVALUExxxxxxxx…",
				"    |                     ^^^^^ here",
			},
		},
		{
			"a value over several lines is marked on its first",
			"a: {\n  b\n}", "{\n  b\n}", "here",
			[]string{
				"  1 | a: {",
				"    |    ^ here",
			},
		},
		{
			"a note without room goes below",
			"a: 123456789012345678901", "123456789012345678901", "a note of some length",
			[]string{
				"  1 | a: 123456789012345678901",
				"    |    ^^^^^^^^^^^^^^^^^^^^^",
				"    | a note of some length",
			},
		},
		{
			"at the end of the file there is still a caret", "a: b", "", "something is missing",
			[]string{
				"  1 | a: b",
				"    |     ^ something is missing",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := &source.File{Text: []byte(test.text)}
			start := len(test.text)
			if test.mark != "" {
				start = strings.Index(test.text, test.mark)
			}
			line := 1 + strings.Count(test.text[:start], "\n")
			text := NewText(Style{Width: 40, Unicode: true})
			text.SourceLine(1, file, source.Position{Line: line},
				source.Span{Start: start, End: start + len(test.mark)}, test.note)
			if diff := cmp.Diff(strings.Join(test.want, "\n")+"\n", text.b.String()); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestALineWithoutAPlaceIsNotShown(t *testing.T) {
	text := NewText(Style{})
	text.SourceLine(1, &source.File{Text: []byte("a")}, source.Position{}, source.Span{}, "here")
	if got := text.b.String(); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestRemarksStandBesideTheirTextsWhereThereIsRoom(t *testing.T) {
	rows := []NotedRow{
		{Row{"aud", "api://orders"}, "the API that the token is for"}, {Row{"x", "1"}, ""},
	}
	tests := []struct {
		name  string
		width int
		want  []string
	}{
		{"in a wide terminal", 120, []string{
			"  aud  api://orders                                    the API that the token is for",
			"  x    1",
		}},
		{"else below", 60, []string{
			"  aud  api://orders",
			"         the API that the token is for",
			"  x    1",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := NewText(Style{Width: test.width})
			text.NotedRows(1, rows)
			if diff := cmp.Diff(strings.Join(test.want, "\n")+"\n", text.b.String()); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMessagesAreAsWideAsTheTerminal(t *testing.T) {
	for text, want := range map[string]string{
		"gatewhy: note: short\n": "gatewhy: note: short\n",
		"gatewhy: hint: one two three four five six seven\ngatewhy: hint: eight\n": "gatewhy: " +
			"hint: one two three\n  four five six seven\ngatewhy: hint: eight\n",
		"gatewhy: hint: it is got so: gatewhy collect policies\n": "gatewhy: hint: it is got " +
			"so:\n  gatewhy collect policies\n",
		"gatewhy: hint: pass this: kubectl get x y > z.yaml\n": "gatewhy: hint: pass this:\n" +
			"  kubectl get x y > z.yaml\n",
		"gatewhy: hint: gatewhy explain - -p policies/uat/orders.json\n": "gatewhy: hint:\n" +
			"  gatewhy explain - -p policies/uat/orders.json\n",
		"1 of 3 files, which is no message and stays as it is": "1 of 3 files, which is no " +
			"message and stays as it is",
		"gatewhy: error: " + strings.Repeat("x", 40): "gatewhy: error:\n  " +
			strings.Repeat("x", 28) + "\n  " + strings.Repeat("x", 12),
	} {
		if got := Message(text, 30); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestTopicsFitNarrowTerminals(t *testing.T) {
	t.Parallel()
	const text = `A title

A paragraph that is as wide as a terminal usually is, and goes on in
a second line.

  word      what it means, which takes more than one line here
            and goes on
  a longer label than any    and its text

  gatewhy explain @token.jwt -p policies.json --observed-status 403
    key: "value"  # stays
`
	const want = `A title

A paragraph that is as wide as a
terminal usually is, and goes on in a
second line.

  word      what it means, which takes
            more than one line here and
            goes on
  a longer label than any
      and its text

  gatewhy explain @token.jwt -p policies.json --observed-status 403
    key: "value"  # stays
`
	if got := Topic(text, 40); got != want {
		t.Errorf("got %s", got)
	}
	if got := Topic(text, 80); got != text {
		t.Errorf("of 80 columns: %s", got)
	}
	if got := Topic(strings.Repeat("word ", 30), 20); strings.Count(got, "\n") < 6 {
		t.Errorf("of 20 columns: %s", got)
	}
}

func TestATerminalWithoutUTF8GetsASCII(t *testing.T) {
	long := strings.Repeat("x", 40)
	file := &source.File{Text: []byte(long + "VALUE" + long)}
	tests := []struct {
		name string
		add  func(*Text)
		want string
	}{
		{
			"in prose",
			func(text *Text) { text.Para(1, "from a…b to c → d") },
			"  from a...b to c -> d\n",
		},
		{
			"in the columns of a list",
			func(text *Text) { text.Rows(1, []Row{{"a…b", "c"}, {"dev", "401 → 200"}}) },
			"  a...b  c\n  dev    401 -> 200\n",
		},
		{
			"in a remark",
			func(text *Text) { text.NotedRows(1, []NotedRow{{Row{"aud", "x…y"}, "a → b"}}) },
			"  aud  x...y\n         a -> b\n",
		},
		{
			"around the carets, which stay under the value",
			func(text *Text) {
				text.SourceLine(1, file, source.Position{Line: 1}, source.Span{Start: 40, End: 45},
					"here")
			},
			"  1 | ...xxxxxxxxxxxxxxxxxVALUExxxxxx...\n    |                     ^^^^^ here\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := NewText(Style{Width: 40})
			test.add(text)
			if diff := cmp.Diff(test.want, text.b.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}
