package cel

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAnErrorSaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                            "column 1: the end of the expression where a value",
		"request.method = 'GET'":      "column 16: CEL has no character =",
		"a == 'b":                     "column 6: a string is not closed",
		"'ü' == 'ü' x":                "column 12: x where an operator or the end is expected",
		"request.path.startsWith('/'": "column 28: the end of the expression where )",
		"a == 'C:\\q'":                `column 6: a string has the escape \q, which CEL`,
		"has(a['b'])":                 "column 1: has() takes a member that is selected",
		"if == 1":                     "column 1: if is a reserved word",
		"a.?b == 1":                   "column 3: optional syntax (.? and [?) is not switched on",
		"99999999999999999999 == 1":   "column 1: the number 99999999999999999999 is out of range",
		"a ==\n  'b' c":               "column 12: c where an operator or the end is expected",
		"“a” == 'a'":                  "column 1: CEL has no character “",
		")++++":                       "column 1: ) where a value is expected",
	} {
		_, err := Parse(text)
		var fault *source.Error
		if !errors.As(err, &fault) || !strings.HasPrefix(fault.Error(), want) || fault.Limit {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// What goes beyond the limits of the parser is not the gateway's fault, and costs nothing.
func TestHostileSizesAreRefusedByName(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"too long":       strings.Repeat("a", maxText+1),
		"brackets":       strings.Repeat("(", 4000),
		"lists":          strings.Repeat("[", 4000),
		"maps":           strings.Repeat("{", 4000),
		"calls":          strings.Repeat("f(", 4000),
		"indexes":        "a" + strings.Repeat("[0]", 4000),
		"indexes inside": strings.Repeat("a[", 4000),
		"members":        "a" + strings.Repeat(".a", 4000),
		"choices":        strings.Repeat("a?b:", 4000) + "c",
		"sums":           "1" + strings.Repeat("+1", 4000),
		"relations":      "1" + strings.Repeat("<1", 4000),
		"not UTF-8":      "'\xff'",
		"closed":         strings.Repeat("(", 101) + "1" + strings.Repeat(")", 101),
	} {
		_, err := Parse(text)
		var fault *source.Error
		if !errors.As(err, &fault) || !fault.Limit {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"alternatives": "a" + strings.Repeat("||a", 4000),
		"conditions":   "a" + strings.Repeat("&&a", 4000),
		"nots":         strings.Repeat("!", 4000) + "a",
		"closed":       strings.Repeat("(", 99) + "1" + strings.Repeat(")", 99),
		"items":        "a in [" + strings.Repeat("1,", 4000) + "]",
		"side by side": "a" + strings.Repeat("||a.b.c[0].d", 300),
	} {
		if _, err := Parse(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The real parser has a limit of its own, and what is within ours is within that.
func TestTheLimitOfNestingIsBelowTheRealOne(t *testing.T) {
	t.Parallel()
	const real = 250
	if maxDepth*2 > real {
		t.Errorf("our limit is %d, and the real parser's is %d for each rule of its grammar, of "+
			"which a level of ours may use two", maxDepth, real)
	}
}

func TestSaysWhatEnvoyRefusesThoughItParses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"request.method == 'GET'":           "",
		"size(request.path) > 1":            "",
		"timestamp('x') < request.time":     "",
		"request.time.getHours('UTC') < 18": "",
		"[1].exists(x, x == 1)":             "column 1: Envoy switches comprehensions off",
		"true || request.path.lowerAscii() == 'a'": "column 9: Envoy has no function " +
			"lowerAscii()",
		"string(1) == '1'": "column 1: Envoy switches string() off",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		got := ""
		if refused := e.Refused(); refused != nil {
			got = refused.Error()
		}
		if !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
