package inspect

import (
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/measure"
)

// bounded does some work and fails the test if that takes too much processor time, or if it
// allocates too much in all, which bounds the peak from above. The time is generous: work that
// does not grow with the input alone takes minutes, and each of these inputs takes less than 2 s.
func bounded(t *testing.T, mebibytes uint64, work func()) {
	t.Helper()
	cost := measure.Of(work)
	if cost.Processor > 10*time.Second || cost.Allocated > mebibytes<<20 {
		t.Errorf("it took %v and %d MiB", cost.Processor, cost.Allocated>>20)
	}
}

// hostilePastes are texts of about as many bytes, in which a token is hard to find.
func hostilePastes(size int) map[string]string {
	fill := func(text string) string { return strings.Repeat(text, size/len(text)) }
	return map[string]string{
		"dots":                              fill("."),
		"starts of tokens":                  fill("eyJ"),
		"starts of parts":                   fill("eyJ."),
		"starts on lines of their own":      fill("eyJ\n"),
		"starts on longer lines":            fill("eyJhbGciOiJ.\n"),
		"lines that go on":                  "eyJ" + fill("aaaaaaa\n"),
		"quotes":                            fill(`"`),
		"the word token":                    fill("token="),
		"labels":                            fill("bearer "),
		"tokens":                            fill(entraToken(v2User) + " "),
		"objects in objects that never end": fill(`{"a":`),
	}
}

// The full size is in hostile_long_test.go.
func TestLocateIsBoundedInTimeAndMemory(t *testing.T) {
	for name, text := range hostilePastes(1 << 20) {
		t.Run(name, func(t *testing.T) {
			bounded(t, 128, func() { _, _ = Locate(text) })
		})
	}
}

func TestHostileShapesAreToldInBoundedTimeAndMemory(t *testing.T) {
	long := strings.Repeat("a", 700_000)
	tests := []struct {
		name  string
		text  string
		fault string
	}{
		{"a megabyte of dots", strings.Repeat(".", 1_000_000), "wrong-number-of-parts"},
		{"two megabytes of dots", strings.Repeat(".", 2_000_000), "too-long"},
		{
			"10,000 nested arrays",
			signed(`{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`),
			"payload-too-large",
		},
		{
			"100,000 nested arrays that never end", signed(strings.Repeat("[", 100_000)),
			"payload-too-large",
		},
		{"a claim of 700 kB", signed(`{"a":"` + long + `"}`), ""},
		{"a kid of 700 kB", withHeader(`{"alg":"RS256","kid":"` + long + `"}`), ""},
		{
			"100,000 members", signed(`{"z":1` + strings.Repeat(`,"a":1`, 100_000) + `}`),
			"payload-too-large",
		},
		{"19,000 members", signed(`{"z":1` + strings.Repeat(`,"a":1`, 19_000) + `}`), ""},
		{
			"a duplicate under 4,000 objects",
			signed(strings.Repeat(`{"a":`, 4_000) + `{"b":1,"b":2}` + strings.Repeat(`}`, 4_000)),
			"",
		},
		{"a kid that is a number", withHeader(`{"alg":"RS256","kid":7}`), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bounded(t, 128, func() {
				if got := faultOf(Parse(test.text)); got != test.fault {
					t.Errorf("fault %q, want %q", got, test.fault)
				}
			})
		})
	}
}

func TestHostileTextInAPartIsTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header string
		claims string
		fault  string
		odd    string
	}{
		{
			"a byte order mark before the payload", entraRS, "\ufeff{" + v1User + "}",
			"payload-not-json", "",
		},
		{
			"bytes that are no UTF-8", entraRS, "{" + v1User + ",\"x\":\"\xff\"}", "",
			"invalid-utf-8 claims",
		},
		{
			"NUL in sub", entraRS, "{" + strings.Replace(v1User, `"s1"`, `"s\u0000"`, 1) + "}", "",
			"hidden-character claims.sub",
		},
		{
			"a raw control character in a string", entraRS, "{\"x\":\"\x1b[31m\"}",
			"payload-not-json", "",
		},
		{
			"an escape sequence in a claim's name", entraRS, "{" + v1User + `,"\u001b[31m":1}`, "",
			`hidden-character claims.\u001b[31m`,
		},
		{"an override in the kid", `{"alg":"RS256","kid":"\u202ek"}`, "{" + v1User + "}", "", ""},
		{
			"an escape sequence in alg", `{"alg":"RS256\u007f\u001b[31m","kid":"k"}`,
			"{" + v1User + "}", "", "alg-not-of-entra header.alg",
		},
		{
			"a lone surrogate in a claim", entraRS, "{" + v1User + `,"x":"\ud800"}`, "",
			"unpaired-surrogate claims.x",
		},
		{"a comment in the payload", entraRS, "{/**/}", "payload-not-json", ""},
		{"a trailing comma", entraRS, "{" + v1User + ",}", "payload-not-json", ""},
		{
			"an empty object", entraRS, "{}", "",
			"issuer-missing claims.iss,exp-missing claims.exp,audience-missing claims.aud",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := Parse(
				b64(test.header) + "." + b64(test.claims) + "." + b64(strings.Repeat("s", 256)))
			p := Describe(token)
			if got := faultOf(token); got != test.fault {
				t.Errorf("fault %q, want %q", got, test.fault)
			}
			if got := summarize(&p).Odd; got != test.odd {
				t.Errorf("observations %q, want %q", got, test.odd)
			}
			if token.Fault != nil {
				mustBePrintable(t, token.Fault.Cause)
			}
			for _, o := range p.Observations {
				mustBePrintable(t, o.Path+o.Message)
			}
		})
	}
}

func TestDescribeIsBoundedInTimeAndMemory(t *testing.T) {
	tests := []struct{ name, claims string }{
		{"19,000 members", `{"z":1` + strings.Repeat(`,"AUD":"x "`, 19_000) + `}`},
		{"19,000 roles", `{"roles":["a"` + strings.Repeat(`,"b"`, 19_000) + `]}`},
		{
			"an issuer of 700 kB",
			`{"iss":"https://sts.windows.net/` + strings.Repeat("a/", 350_000) + `"}`,
		},
		{
			"an audience of 700 kB",
			`{"iss":"https://sts.windows.net/x/","aud":"` + strings.Repeat("a", 700_000) + `"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := Parse(signed(test.claims))
			if token.Fault != nil {
				t.Fatal(token.Fault.Cause)
			}
			bounded(t, 128, func() {
				p := Describe(token)
				m := &Masker{}
				m.Learn(&p, token.Claims)
				m.Claims(&p, token.Claims)
				if n := len(p.Observations); n > 100 {
					t.Errorf("%d observations", n)
				}
			})
		})
	}
}
