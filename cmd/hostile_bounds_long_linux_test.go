//go:build long

package cmd

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestHostileTokensAreAnsweredWithinBounds(t *testing.T) {
	t.Parallel()
	gatewhy := build(t)
	const rs256 = `{"alg":"RS256","kid":"k"}`
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "keys.json"), keySet(t, "", "signing"))
	tests := []struct {
		name, token string
		decode      int
		says        string
		verify      int
	}{
		{"a megabyte of dots", strings.Repeat(".", 1<<20), exitUsage, "error", exitUsage},
		{"16 MiB of dots", strings.Repeat(".", 16<<20), exitUsage, "error", exitUsage},
		{
			"more than is read",
			strings.Repeat("a", 17<<20),
			exitUsage, "larger than 16 MiB", exitUsage,
		},
		{"ten megabytes of one word", strings.Repeat("a", 10<<20), exitUsage, "error", exitUsage},
		{
			"10,000 nested arrays",
			tokenOf(rs256, `{"a":`+strings.Repeat("[", 10000)+strings.Repeat("]", 10000)+`}`),
			exitUsage, "more than 5000 levels", exitRejected,
		},
		{
			"100,000 nested objects",
			tokenOf(rs256, strings.Repeat(`{"a":`, 100000)),
			exitUsage, "more than 5000 levels", exitRejected,
		},
		{
			"a claim of 700 kB",
			tokenOf(rs256, `{"a":"`+strings.Repeat("x", 700000)+`"}`),
			exitOK, "xxx…xxx", exitRejected,
		},
		{
			"a claim of 700 kB that hides itself",
			tokenOf(rs256, `{"a":"`+strings.Repeat(`\u202e`, 100000)+`"}`),
			exitOK,
			`\u202e`,
			exitRejected,
		},
		{
			"50,000 members",
			tokenOf(rs256, `{"z":1`+strings.Repeat(`,"a":1`, 50000)+`}`),
			exitUsage, "it has more than 20000 values", exitRejected,
		},
		{
			"19,000 members",
			tokenOf(rs256, `{"z":1`+strings.Repeat(`,"a":1`, 19000)+`}`),
			exitOK, "19000 times", exitRejected,
		},
		{
			"a kid of 700 kB",
			tokenOf(`{"alg":"RS256","kid":"`+strings.Repeat("k", 700000)+`"}`, `{}`),
			exitOK, "kid-long", exitRejected,
		},
		{
			"a number of 100,000 digits",
			tokenOf(rs256, `{"exp":`+strings.Repeat("9", 100000)+`}`),
			exitOK, "time-out-of-range", exitRejected,
		},
		{
			"an encrypted token that would inflate", part(`{"alg":"dir",`+
				`"enc":"A128GCM","zip":"DEF"}`) + ".." + part("123456789012") + "." +
				strings.Repeat("A", 500000) + "." + part("1234567890123456"),
			exitOK, "encrypted token", exitRejected,
		},
		{
			"a key derived a billion times", part(`{"alg":"PBES2-HS256+A128KW",`+
				`"enc":"A128GCM","p2c":1000000000,"p2s":"AAAA"}`) + ".AAAA.AAAA.AAAA.AAAA",
			exitOK, "encrypted token", exitRejected,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			gatewhy.run(t, dir, test.token, "decode").wants(t, test.decode, test.says)
			gatewhy.run(t, dir, test.token, "decode", "-o", "json", "--redact").
				wants(t, test.decode,
					"")
			gatewhy.run(t, dir, test.token, "verify", "--jwks", "keys.json").wants(t, test.verify,
				"")
		})
	}
}

func bigModulus(bits int) string {
	modulus := bytes.Repeat([]byte{0xff}, bits/8)
	return base64.RawURLEncoding.EncodeToString(modulus)
}

// distinctKeys writes a set of so many keys of 2048 bits, with an issuer as Entra ID's have.
func distinctKeys(count int) string {
	keys := make([]string, count)
	modulus := bytes.Repeat([]byte{0xff}, 2048/8)
	for i := range keys {
		binary.BigEndian.PutUint32(modulus[8:], uint32(i))
		keys[i] = fmt.Sprintf(`{"kty":"RSA","use":"sig","kid":"kid-%d","e":"AQAB",`+
			`"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","n":"%s"}`,
			i, base64.RawURLEncoding.EncodeToString(modulus))
	}
	return `{"keys":[` + strings.Join(keys, ",") + `]}`
}

func TestHostileKeySetsAreAnsweredWithinBounds(t *testing.T) {
	t.Parallel()
	gatewhy := build(t)
	many := func(key string, times int) string {
		return `{"keys":[` + strings.Repeat(key+",", times-1) + key + `]}`
	}
	tests := []struct {
		name, set string
		keys      int
		says      string
		verify    int
		verdict   string
	}{
		{
			"10,000 keys",
			many(`{"kty":"RSA","kid":"k","e":"AQAB","n":"`+bigModulus(2048)+`"}`, 10000),
			exitOK, "10000 keys", exitUndetermined, "gatewhy tries only 250",
		},
		{
			"a key of 16,384 bits with the largest exponent", many(`{"kty":"RSA",`+
				`"kid":"k","e":"f____w","n":"`+bigModulus(16384)+`"}`, 1),
			exitOK, "RSA 16384", exitRejected, "altered",
		},
		{
			"300 keys of 16,384 bits with the largest exponent", many(`{"kty":"RSA",`+
				`"kid":"k","e":"f____w","n":"`+bigModulus(16384)+`"}`, 300),
			exitOK, "RSA 16384", exitUndetermined, "gatewhy tries only 31",
		},
		{
			"a key of a million bits",
			many(`{"kty":"RSA","kid":"k","e":"AQAB","n":"`+bigModulus(1<<20)+`"}`, 1),
			exitOK, "gatewhy uses no key with more than 16384", exitRejected, "can't be used",
		},
		{
			"10,000 nested arrays",
			`{"keys":` + strings.Repeat("[", 10000),
			exitUsage, "5000 levels", exitUsage, "5000 levels",
		},
		{
			"10,000 keys that are no keys",
			many(`[[[]]]`, 10000),
			exitOK, "10000 keys", exitRejected, "no key with the token's kid",
		},
		{
			"10,000 keys, each another", distinctKeys(10000), exitOK, "10000 keys", exitRejected,
			"the token names no issuer, and the keys are those of Azure",
		},
		{
			"a number of 5 MB",
			many(`{"kty":"RSA","kid":"k","e":"AQAB","n":"`+strings.Repeat("A", 5_000_000)+`"}`, 1),
			exitOK, "more than 262144 are not read", exitRejected, "can't be used",
		},
		{
			"16 MB",
			`{"keys":[` + strings.Repeat(" ", 16<<20-20) + `]}`,
			exitUsage, "more than 5 MiB", exitUsage, "more than 5 MiB",
		},
		{
			"a million values beside the keys",
			`{"keys":[],"x":[` + strings.Repeat("1,", 900_000) + `1]}`,
			exitUsage, "more than 50000 values", exitUsage, "more than 50000 values",
		},
		{
			"a key of 100,000 members",
			many(`{"kty":"RSA"`+strings.Repeat(`,"a":1`, 100_000)+`}`, 1),
			exitUsage, "more than 50000 values", exitUsage, "more than 50000 values",
		},
		{"a hundred thousand empty keys", many(`{}`, 100000), exitUsage, "gatewhy reads at most " +
			"20000", exitUsage, "at most 20000"},
	}
	// A signature that is as long as one by the largest key: a shorter one is refused before
	// anything is computed.
	token := part(
		`{"alg":"RS256","kid":"k"}`,
	) + "." + part(
		`{}`,
	) + "." + part(
		strings.Repeat("s", 16384/8),
	)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "keys.json"), test.set)
			gatewhy.run(t, dir, "", "keys", "keys.json", "-v").wants(t, test.keys, test.says)
			gatewhy.run(t, dir, "", "keys", "keys.json", "-o", "json").wants(t, test.keys, "")
			gatewhy.run(t, dir, token, "verify", "--jwks", "keys.json", "-v").
				wants(t, test.verify, test.verdict)
		})
	}
}
