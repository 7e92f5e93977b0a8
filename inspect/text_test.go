package inspect

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSafeEscapesWhatActsOnATerminalOrHides(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain text stays", "api://orders-uat", "api://orders-uat"},
		{"letters of every script stay", "Zoë 東京 עברית", "Zoë 東京 עברית"},
		{"a backslash stays", `C:\new`, `C:\new`},
		{"a colour sequence", "a\x1b[31mb", `a\u001b[31mb`},
		{"OSC 52, which writes the clipboard", "\x1b]52;c;aGk=\a", `\u001b]52;c;aGk=\u0007`},
		{"line feed, carriage return and tab", "a\nb\rc\td", `a\nb\rc\td`},
		{"backspace and NUL", "a\b\x00", `a\u0008\u0000`},
		{"DEL", "\x7f", `\u007f`},
		{"C1 controls", "\u009b31m\u0085", `\u009b31m\u0085`},
		{"right-to-left override", "a\u202eb", `a\u202eb`},
		{"isolates and marks", "\u2066\u2069\u200e\u200f\u061c", `\u2066\u2069\u200e\u200f\u061c`},
		{
			"zero-width characters", "a\u200b\u200c\u200d\u2060\ufeffb",
			`a\u200b\u200c\u200d\u2060\ufeffb`,
		},
		{"line and paragraph separators", "\u2028\u2029", `\u2028\u2029`},
		{"soft hyphen", "a\u00adb", `a\u00adb`},
		{"spaces that are no space", "a\u00a0\u2003\u3000b", `a\u00a0\u2003\u3000b`},
		{"fillers that show nothing", "\u3164\u115f\u2800\u034f", `\u3164\u115f\u2800\u034f`},
		{"variation selectors", "a\ufe0f\U000e0100", `a\ufe0f\U000e0100`},
		{
			"tags, assigned or not", "\U000e0001\U000e0041\U000e0fff",
			`\U000e0001\U000e0041\U000e0fff`,
		},
		{"a lone surrogate's bytes", "a\xed\xa0\x80", `a\xed\xa0\x80`},
		{"invalid UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"a replacement character that was written stays", "a\ufffdb", "a\ufffdb"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Safe(test.in); got != test.want {
				t.Errorf("Safe(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestSafeTextKeepsLinesAndNothingElse(t *testing.T) {
	t.Parallel()
	if got := SafeText("a\nb\x1b\u202e"); got != "a\nb"+`\u001b\u202e` {
		t.Errorf("got %q", got)
	}
}

func TestSafeTextThatNeedsNoEscapeCostsNoAllocation(t *testing.T) {
	safe := func() { Safe("https://sts.windows.net/{tid}/ Zoë") }
	if n := testing.AllocsPerRun(100, safe); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestShortenMiddleKeepsBothEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{"ééééé", 5, "ééééé"},
		{"abcdefghij", 5, "ab…ij"},
		{"abcdefghij", 6, "abc…ij"},
		{"東京東京東京", 3, "東…京"},
		{"abc", 1, "…"},
		{"abc", 0, "…"},
		{"", 0, ""},
	}
	for _, test := range tests {
		if got := ShortenMiddle(test.in, test.limit); got != test.want {
			t.Errorf("ShortenMiddle(%q, %d) = %q, want %q", test.in, test.limit, got, test.want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, seed := range []string{
		"", "a\x1b[0m", "\u202e\u2066", "\xff\xfe", "\U000e0041", "Zoë",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe := Safe(s)
		if !utf8.ValidString(safe) {
			t.Fatalf("%q is not UTF-8", safe)
		}
		for _, r := range safe {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U got through in %q", r, safe)
			}
		}
		if Safe(safe) != safe {
			t.Fatalf("%q is not stable", safe)
		}
		if strings.ReplaceAll(SafeText(s), "\n", `\n`) != safe {
			t.Fatalf("SafeText differs in more than line feeds for %q", s)
		}
		if short := ShortenMiddle(s, 10); utf8.RuneCountInString(short) > 10 {
			t.Fatalf("%q is too long", short)
		}
	})
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"jwksUrl", "jwksServiceTimeToLive", "scopes", "scope"}
	tests := []struct {
		name, word string
		edits      int
		want       string
	}{
		{"one letter too few", "jwksUr", 2, "jwksUrl"},
		{"case is no edit", "JWKSURL", 0, "jwksUrl"},
		{"the nearer of two", "scop", 2, "scope"},
		{"the first of two that are as near", "scopex", 1, "scopes"},
		{"as many edits as are allowed", "jwksxxx", 3, "jwksUrl"},
		{"one edit more than is allowed", "jwksxxx", 2, ""},
		{"no edit at all is allowed", "jwksUr", 0, ""},
		{"a negative number finds not even the word", "scope", -1, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Nearest(test.word, names, test.edits); got != test.want {
				t.Errorf("Nearest(%q, %d) = %q, want %q", test.word, test.edits, got, test.want)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"kitten", "sitting", 3},
		{"azp", "azpacr", 3},
		{"audience", "audiense", 1},
		{"audience", "auidence", 1},
		{"ca", "abc", 3},
	}
	for _, test := range tests {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestAListOfASentenceIsCut(t *testing.T) {
	t.Parallel()
	many := strings.Fields("a b c d e f g")
	for _, test := range []struct{ got, want string }{
		{OneOf(nil, 5), "nothing"},
		{OneOf(many[:1], 5), "a"},
		{OneOf(many[:3], 5), "a or b or c"},
		{OneOf(many[:5], 5), "one of a, b, c, d, e"},
		{OneOf(many, 5), "one of a, b, c, d, e and 2 more"},
		{AllOf(many[:2], 5), "a and b"},
		{AllOf(many, 9), "all of a, b, c, d, e, f, g"},
		{Few(many, 7), "a, b, c, d, e, f, g"},
		{Few(many, 5), "a, b, c, d, e and 2 more"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestAValueWithBlanksIsQuotedInASentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"api://orders": "api://orders", "": `""`, "a b": `"a b"`, "a\u00a0b": `"a\u00a0b"`,
	} {
		if got := InSentence(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
