package inspect

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// limit is generous: what is not linear takes minutes, and a busy machine must fail no test. On a quiet one each of
// these inputs takes less than 2 s.
const limit = 10 * time.Second

// measured runs f and fails where it takes too long, or where all that it ever allocates is too much. That bounds
// the peak from above: what is garbage by then is counted too.
func measured(t *testing.T, mebibytes uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > limit {
		t.Errorf("took %s", took)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > mebibytes<<20 {
		t.Errorf("allocated %d MiB", used>>20)
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
		{"10,000 nested arrays", signed(`{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`), "payload-too-large"},
		{"100,000 nested arrays that never end", signed(strings.Repeat("[", 100_000)), "payload-too-large"},
		{"a claim of 700 kB", signed(`{"a":"` + long + `"}`), ""},
		{"a kid of 700 kB", withHeader(`{"alg":"RS256","kid":"` + long + `"}`), ""},
		{"100,000 members", signed(`{"z":1` + strings.Repeat(`,"a":1`, 100_000) + `}`), "payload-too-large"},
		{"19,000 members", signed(`{"z":1` + strings.Repeat(`,"a":1`, 19_000) + `}`), ""},
		{"a duplicate under 4,000 objects", signed(strings.Repeat(`{"a":`, 4_000) + `{"b":1,"b":2}` + strings.Repeat(`}`, 4_000)), ""},
		{"a kid that is a number", withHeader(`{"alg":"RS256","kid":7}`), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			measured(t, 128, func() {
				if got := faultOf(Parse(test.text)); got != test.fault {
					t.Errorf("fault %q, want %q", got, test.fault)
				}
			})
		})
	}
}

func TestHostileTextInAPartIsTold(t *testing.T) {
	tests := []struct {
		name   string
		header string
		claims string
		fault  string
		odd    string
	}{
		{"a byte order mark before the payload", entraRS, "\ufeff{" + v1User + "}", "payload-not-json", ""},
		{"bytes that are no UTF-8", entraRS, "{" + v1User + ",\"x\":\"\xff\"}", "", "invalid-utf-8 claims"},
		{"NUL in sub", entraRS, "{" + strings.Replace(v1User, `"s1"`, `"s\u0000"`, 1) + "}", "", "hidden-character claims.sub"},
		{"a raw control character in a string", entraRS, "{\"x\":\"\x1b[31m\"}", "payload-not-json", ""},
		{"an escape sequence in a claim's name", entraRS, "{" + v1User + `,"\u001b[31m":1}`, "", `hidden-character claims.\u001b[31m`},
		{"an override in the kid", `{"alg":"RS256","kid":"\u202ek"}`, "{" + v1User + "}", "", ""},
		{"an escape sequence in alg", `{"alg":"RS256\u007f\u001b[31m","kid":"k"}`, "{" + v1User + "}", "", "alg-not-of-entra header.alg"},
		{"a lone surrogate in a claim", entraRS, "{" + v1User + `,"x":"\ud800"}`, "", ""},
		{"a comment in the payload", entraRS, "{/**/}", "payload-not-json", ""},
		{"a trailing comma", entraRS, "{" + v1User + ",}", "payload-not-json", ""},
		{"an empty object", entraRS, "{}", "", "issuer-missing claims.iss,exp-missing claims.exp,audience-missing claims.aud"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := Parse(b64(test.header) + "." + b64(test.claims) + "." + b64(strings.Repeat("s", 256)))
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
		{"an issuer of 700 kB", `{"iss":"https://sts.windows.net/` + strings.Repeat("a/", 350_000) + `"}`},
		{"an audience of 700 kB", `{"iss":"https://sts.windows.net/x/","aud":"` + strings.Repeat("a", 700_000) + `"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := Parse(signed(test.claims))
			if token.Fault != nil {
				t.Fatal(token.Fault.Cause)
			}
			measured(t, 128, func() {
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
