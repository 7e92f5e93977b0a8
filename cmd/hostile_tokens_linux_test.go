package cmd

import (
	"path/filepath"
	"testing"
)

// hostileToken is one text: what decode makes of it, and what verify does.
type hostileToken struct {
	name, text string
	decode     int
	says       string
	verify     int
	verdict    string
}

// hostileTexts are the escapes, duplicates, names, numbers and times of the hostile set.
func hostileTexts(s signer) []hostileToken {
	return []hostileToken{
		{
			"B1: escapes in a claim's value",
			s.with(`"name":"` + escapes + `"`),
			exitOK, "[hidden-character]", exitOK, "verified",
		},
		{
			"B1: escapes in a claim's name",
			s.with(`"` + escapes + `":1`),
			exitOK, "[hidden-character]", exitOK, "[hidden-character]",
		},
		{
			"B1: escapes in iss and aud",
			s.sign("RS256", "", `{"iss":"`+escapes+`","aud":"`+escapes+`",`+hostileTimes+`}`),
			exitOK,
			`\u202e`,
			exitOK,
			`\u202e`,
		},
		{
			"B1: escapes in kid",
			tokenOf(`{"alg":"RS256","kid":"`+escapes+`"}`, "{}"),
			exitOK,
			`\u2028\u2029\ufeff`,
			exitRejected, "no key with the token's kid",
		},
		{
			"B1: escapes in alg, typ and crit",
			tokenOf(`{"alg":"`+escapes+`","typ":"`+escapes+`","crit":["`+escapes+`"]}`, "{}"),
			exitOK,
			`\u202e`,
			exitRejected, "crit lists extensions",
		},
		{
			"B1: escapes that stand raw in a claim",
			tokenOf(`{"alg":"RS256"}`, `{"a":"`+rawEscapes+`"}`),
			exitUsage, "there is a control character, U+001B, in a string", exitRejected, "U+001B",
		},
		{
			"B1: escapes in place of a token", rawEscapes, exitUsage, "there is no token",
			exitUsage, "there is no token",
		},

		{"B2: aud twice, told with both", s.with(`"aud":"other"`), exitOK, `the member "aud" ` +
			`appears twice`, exitOK, "[duplicate-member]"},
		{
			"B2: kid twice, told with both",
			s.header(`,"kid":"other"`),
			exitOK,
			`the member "kid" appears twice`,
			exitRejected, "the kid in the header is wrong",
		},
		{
			"B2: a member of a nested object twice",
			s.with(`"act":{"sub":"a","sub":"b"}`),
			exitOK, "[duplicate-member]", exitOK, "[duplicate-member]",
		},
		{
			"B3: AUD is not aud",
			s.with(`"AUD":"api://orders"`),
			exitOK, "[claim-name-case]", exitOK, "[claim-name-case]",
		},
		{
			"B3: ALG is not alg",
			tokenOf(`{"ALG":"RS256","kid":"k"}`, "{}"),
			exitOK, "[alg-missing]", exitRejected, "names no algorithm",
		},

		{
			"B4: exp 1e400 is beyond all time", s.exp("1e400"), exitOK, "[time-out-of-range]",
			exitUndetermined, "beyond the year 9999",
		},
		{
			"B4: exp 0 is 1970, and nothing to some", s.exp("0"), exitOK, "[exp-zero]",
			exitRejected, "expired 20579 days ago",
		},
		{
			"B4: exp before 1970",
			s.exp("-1"),
			exitOK, "[time-before-1970]", exitRejected, "expired",
		},
		{
			"B4: exp with a fraction", s.exp("1778065200.5"), exitOK, "[time-with-fraction]",
			exitOK, "[time-with-fraction]",
		},
		{
			"B4: exp as a string",
			s.exp(`"1778065200"`),
			exitOK, "[time-as-string]", exitUndetermined, "about half of the gateways refuse that",
		},
		{
			"B4: exp in milliseconds", s.exp("1778065200000"), exitOK, "[time-in-milliseconds]",
			exitUndetermined, "in milliseconds that is 2026-05-06T11:00:00Z",
		},
		{
			"B4: exp 5e9", s.exp("5e9"), exitOK, "2128-06-11T08:53:20Z", exitOK,
			"[time-with-fraction]",
		},
		{
			"B4: exp 9999999999", s.exp("9999999999"), exitOK, "2286-11-20T17:46:39Z", exitOK,
			"[lifetime-unusual]",
		},
		{
			"B4: exp that overflows 64 bits", s.exp("9223372036854775808"), exitOK,
			"[time-out-of-range]", exitUndetermined, "beyond the year 9999",
		},
		{"B4: exp null", s.exp("null"), exitOK, "[exp-missing]", exitRejected, "exp is null"},
		{
			"B5: no exp",
			s.sign("RS256", "", `{`+hostileBase+`,"nbf":1778061300}`),
			exitOK, "[exp-missing]", exitUndetermined,
			"some gateways accept that, others reject it",
		},
		{"B6: nbf in the future", s.sign("RS256", "", `{`+hostileBase+`,"nbf":1778064300,`+
			`"exp":1778068200}`), exitOK, "valid in 5 min", exitRejected, "a gateway that " +
			"allows 5 minutes of clock skew already accepts it"},
		{
			"B6: iat in the future",
			s.with(`"iat":1778064600`),
			exitOK, "[issued-in-future]", exitOK, "[issued-in-future]",
		},
	}
}

// Each item of what breaks other tools (B1 to B14): the right answer or a clear refusal, within
// bounds, with nothing printed raw.
func TestEveryHostileTokenIsAnsweredRightOrRefused(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	writeFile(t, filepath.Join(dir, "keys.json"), keySet(t, "", "signing"))
	s := newSigner(t, "signing")
	for _, test := range append(hostileTexts(s), hostileForms(s)...) {
		t.Run(test.name, func(t *testing.T) {
			verify := []string{"verify", "--at", hostileAt, "--jwks", "keys.json"}
			for _, o := range []struct {
				code  int
				says  string
				words []string
			}{
				{test.decode, test.says, []string{"decode", "--at", hostileAt, "-v"}},
				{test.verify, test.verdict, append(verify, "-v")},
				{test.decode, "", []string{"decode", "-o", "json"}},
				{test.decode, "", []string{"decode", "--at", hostileAt}},
				{test.verify, "", verify},
			}[:hostileTokenRuns] {
				gatewhy.run(t, dir, test.text, o.words...).wants(t, o.code, o.says)
			}
		})
	}
}
