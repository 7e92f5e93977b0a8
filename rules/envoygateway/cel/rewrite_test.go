package cel

import (
	"strings"
	"testing"
)

func TestComparesByPathAlone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"request.path == '/a'":            "request.url_path == '/a'",
		"'/a' != request.path && true":    "'/a' != request.url_path && true",
		"request['path'] in ['/a', '/b']": "request.url_path in ['/a', '/b']",
		"(request.path).endsWith('/a')":   "(request.url_path).endsWith('/a')",
		"request.path.matches('^/a$')":    "request.url_path.matches('^/a$')",
		"request.path.matches('^/a')":     "request.path.matches('^/a')",
		"request.path.startsWith('/a')":   "request.path.startsWith('/a')",
		"request.path.contains('a')":      "request.path.contains('a')",
		"request.url_path == '/a'":        "request.url_path == '/a'",
		"true || request.path=='/a'":      "true || request.url_path=='/a'",
	} {
		e := parsed(t, text)
		if got := e.ByPathAlone(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if again := parsed(t, e.ByPathAlone()).WholePaths(); len(again) > 0 {
			t.Errorf("%s: still %q", text, again)
		}
	}
}

func TestLooksIntoLists(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"CLAIMS.roles == 'a'":               "'a' in CLAIMS.roles",
		"'a' == CLAIMS['roles']":            "'a' in CLAIMS['roles']",
		"CLAIMS.roles != 'a' && true":       "!('a' in CLAIMS.roles) && true",
		"CLAIMS.azp == 'a'":                 "CLAIMS.azp == 'a'",
		"CLAIMS.roles == ['a']":             "CLAIMS.roles == ['a']",
		"!(CLAIMS.roles == 'a') || true":    "!('a' in CLAIMS.roles) || true",
		"[CLAIMS.roles == r'a' ? 1 : 2][0]": "[r'a' in CLAIMS.roles ? 1 : 2][0]",
	} {
		got := strings.ReplaceAll(parsed(t, text).LookingInto("roles"), entraClaims, "CLAIMS")
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		parsed(t, got)
	}
}
