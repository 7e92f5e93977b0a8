package cmd

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// emptyWords are what a sentence looks like from which a value is missing.
var emptyWords = []*regexp.Regexp{
	regexp.MustCompile(`[\pL\d,;:.'")]  +[\pL\d'"(]`), // a double blank
	regexp.MustCompile(`[^.] [,;](\s|$)`),             // "no , and"
	regexp.MustCompile(`\b(no|this|the|an|of|from|with) ?[,;.)](\s|$)`),
	regexp.MustCompile(`\bv tokens?\b|\bv-`),                   // "this v token"
	regexp.MustCompile(`\(\)|\( |"" and the policy|: *$|, *$`), // nothing in brackets, or behind
	regexp.MustCompile(`%!|<nil>|\bundefined\b`),
	regexp.MustCompile(`(^|[ (])(and|or|of|is|has|no|the|an|by|from|with|wants|says)$`),
}

// copiedLine is a line that shows one of an input: behind its number, or in a diff.
var copiedLine = regexp.MustCompile(`^\s*\d+ \||^[-+]`)

// emptyTokens are tokens with something in them that is nothing, or hardly anything, by name. Each
// is signed when it is asked for.
func emptyTokens(t *testing.T, key *mint.Key) map[string]func() string {
	t.Helper()
	header := map[string]any{"typ": "JWT", "alg": "RS256", "kid": key.ID}
	v1 := map[string]any{
		"aud": "api://orders-uat", "iss": "https://sts.windows.net/" + mint.Tenant + "/",
		"tid": mint.Tenant, "ver": "1.0", "appid": "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3",
		"scp": "UAT.Access", "oid": "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a12", "sub": "s",
		"iat": clock.Unix() - 60, "nbf": clock.Unix() - 60, "exp": clock.Unix() + 3600,
	}
	v2 := map[string]any{
		"aud": "7a6d1c4e-9f20-4c83-b1d5-3e8f60a2c744", "tid": mint.Tenant, "ver": "2.0",
		"iss": "https://login.microsoftonline.com/" + mint.Tenant + "/v2.0",
		"azp": "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3", "roles": []string{"Orders.Read"},
		"oid": "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a12", "sub": "s", "idtyp": "app",
		"iat": clock.Unix() - 60, "nbf": clock.Unix() - 60, "exp": clock.Unix() + 3600,
	}
	all := map[string]func() string{}
	for name, text := range map[string]string{
		"a dot": ".", "two dots": "..", "three words": "a.b.c", "blanks": "  ", "nothing": "\n",
		"an opaque one": strings.Repeat("a1", 20), "four dots": "e30.e30.e30.e30.e30",
		"empty objects": "e30.e30.", "an empty payload": "eyJhbGciOiJSUzI1NiJ9..AAAA",
	} {
		all[name] = func() string { return text }
	}
	add := func(name string, header, claims map[string]any) {
		h, err1 := json.Marshal(header)
		c, err2 := json.Marshal(claims)
		all[name] = func() string {
			token, err3 := key.Sign("RS256", h, c)
			if err1 != nil || err2 != nil || err3 != nil {
				t.Fatal(err1, err2, err3)
			}
			return token
		}
	}
	with := func(object map[string]any, name string, value any) map[string]any {
		next := map[string]any{}
		for k, v := range object {
			next[k] = v
		}
		if next[name] = value; value == "absent" {
			delete(next, name)
		}
		return next
	}
	add("v1", header, v1)
	add("v2", header, v2)
	add("nothing in it", map[string]any{}, map[string]any{})
	for _, value := range []any{
		"absent", nil, "", " ",
		[]any{},
		[]any{""},
		[]any{nil},
		map[string]any{},
		0, false,
		map[string]any{"": ""},
		"x",
	} {
		for version, claims := range map[string]map[string]any{"v1": v1, "v2": v2} {
			for name := range claims {
				add(fmt.Sprintf("%s with %s %v", version, name, value), header,
					with(claims, name, value))
			}
			add(fmt.Sprintf("%s without ver, iss %v", version, value), header,
				with(with(claims, "ver", "absent"), "iss", value))
		}
		for _, name := range []string{"alg", "kid", "typ", "crit", "nonce", "x5t"} {
			add(fmt.Sprintf("header with %s %v", name, value), with(header, name, value), v1)
		}
	}
	return all
}

// emptyPolicies are policies in which a field is empty, or that tokens miss for each reason.
func emptyPolicies() map[string]string {
	keys := `"jwtKeyOrigin":"jwks","jwksUrl":"https://login.microsoftonline.com/` + mint.Tenant +
		`/discovery/keys","signingMethod":"rsa"`
	checked := `,"validateAudClaim":true,"mandatoryAudClaim":true,"supportedAudiences":`
	all := map[string]string{}
	jwt := func(name, fields string) {
		all[name] = `{"assetId":"jwt-validation","assetVersion":"1.4.0","configurationData":{` +
			fields + `}}`
	}
	jwt("appid", keys+checked+`"api://orders-uat","clientIdExpression":"#[vars.claimSet.appid]"`)
	jwt("client_id", keys+checked+`"api://orders-uat"`)
	jwt("an empty audience", keys+checked+`"","skipClientIdValidation":true`)
	jwt("audiences of commas", keys+checked+`" , ,","clientIdExpression":""`)
	jwt("an empty configuration", ``)
	jwt("an empty URL", `"jwtKeyOrigin":"jwks","jwksUrl":"","signingMethod":"rsa"`)
	jwt("an empty secret", `"signingMethod":"hmac","textKey":"","signingKeyLength":""`)
	jwt("empty values", `"signingMethod":"","jwtKeyOrigin":"","jwtOrigin":""`)
	claims := func(list string) string {
		return keys + `,"skipClientIdValidation":true,"validateCustomClaim":true,` +
			`"mandatoryCustomClaims":[` + list + `]`
	}
	jwt("claims", claims(`{"key":"iss","value":""},{"key":"","value":"x"},`+
		`{"key":"scp","value":"Other"}`))
	jwt("expressions", claims(`{"key":"roles","value":"#[]"},{"key":" ","value":" "},`+
		`{"key":"ver","value":"#[vars.claimSet.ver == '']"},{"key":"none","value":"#['']"}`))
	jwt("lists", claims(`{"key":"roles","value":"#[vars.claimSet.roles contains '']"},{},null,`+
		`{"key":"tid","value":null}`))
	for asset, fields := range map[string]string{
		"openidconnect-access-token-enforcement": `"scopes":"UAT.Access"`,
		"oauth2-token-introspection":             `"scopes":" ","consumerBy":""`,
		"external-oauth2-access-token-enforcement": `"tokenUrl":"","scopes":"Other",` +
			`"scopeValidationCriteria":""`,
		"client-id-enforcement":   `"clientIdExpression":"","clientSecretExpression":""`,
		"rate-limiting-sla-based": ``,
		"":                        `"a":""`,
	} {
		all["policy "+asset] = `{"assetId":"` + asset + `","assetVersion":"1.3.0",` +
			`"configurationData":{` + fields + `}}`
	}
	return all
}

// emptyIn lists the sentences of an output that lack a word. Of JSON each text is looked at, of
// another format each line.
func emptyIn(output string, isJSON bool) []string {
	texts := strings.Split(output, "\n")
	if isJSON {
		var value any
		if json.Unmarshal([]byte(output), &value) != nil {
			return nil
		}
		texts = sentencesOf(value, nil)
	}
	var all []string
	for _, text := range texts {
		if !isJSON {
			if copiedLine.MatchString(text) {
				continue
			}
			text = strings.TrimSpace(text)
		}
		for i, re := range emptyWords {
			if !isJSON && (i == 0 || i >= 4 && i != 5) {
				continue // columns, and lines that end within a sentence
			}
			if at := re.FindStringIndex(text); at != nil {
				all = append(all, fmt.Sprintf("%q (%d)", text, i))
				break
			}
		}
	}
	return all
}

// sentencesOf lists the texts of a JSON value that are not copied from an input.
func sentencesOf(value any, all []string) []string {
	fromInput := []string{
		"claims", "header", "value", "raw", "body", "diff", "line", "source", "command",
	}
	switch v := value.(type) {
	case string:
		return append(all, v)
	case []any:
		for _, item := range v {
			all = sentencesOf(item, all)
		}
	case map[string]any:
		for name, item := range v {
			if !slices.Contains(fromInput, name) {
				all = sentencesOf(item, all)
			}
		}
	}
	return all
}

// TestNoSentenceLacksAWord shows tokens and policies that hold nothing, or hardly anything, to
// every command that says why.
func TestNoSentenceLacksAWord(t *testing.T) {
	t.Parallel()
	key, set := signingKey(t)
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secret := base64.RawURLEncoding.EncodeToString([]byte("short"))
	write("keys", string(set))
	write("none", `{"keys":[]}`)
	write("odd", `{"keys":[{"kid":"k"},{"kty":"oct","k":"`+secret+`"},{"kty":""},{"kty":"EC"}]}`)
	write("bare", `{"keys":[{"kid":"`+key.ID+`"}]}`)
	write("contracts", `[]`)
	var policies []string
	for name, text := range emptyPolicies() {
		name = strings.ReplaceAll(name, " ", "-") + ".json"
		write(name, text)
		policies = append(policies, name)
	}
	slices.Sort(policies)
	seen := map[string]bool{}
	checked := 0
	check := func(name string, args ...string) {
		if checked++; checked%2 == 0 && (args[0] == "explain" || args[0] == "decode") {
			args = append(args, "-v") // each other one in full
		}
		for _, format := range []string{"text", "json"} {
			stdout, stderr, _ := runIn(t, dir, append(slices.Clone(args), "-o", format)...)
			faults := append(emptyIn(stdout, format == "json"), emptyIn(stderr, false)...)
			for _, fault := range faults {
				if !seen[fault] {
					seen[fault] = true
					t.Errorf("%s: %s: %s", strings.Join(args, " "), name, fault)
				}
			}
		}
	}
	n := 0
	tokens := emptyTokens(t, key)
	for number, name := range slices.Sorted(maps.Keys(tokens)) {
		whole := name == "v1" || name == "v2"
		if number%oneEmptyOf != 0 && !whole {
			continue
		}
		write("token", tokens[name]())
		check(name, "decode", "@token")
		for i, set := range []string{"keys", "none", "odd", "bare"} {
			if (n+i)%2 == 0 {
				check(name, "verify", "@token", "--jwks", set, "--offline")
			}
		}
		for i, policy := range policies {
			if n++; (n+i)%8 != 0 && !whole {
				continue
			}
			sets := []string{"keys", "keys", "none", "odd", "bare"}
			check(name, "explain", "@token", "-p", policy, "--jwks", sets[n%len(sets)],
				"--contracts", "contracts", "--offline")
		}
	}
	for _, policy := range policies {
		check(policy, "lint", policy)
		check(policy, "fix", policy)
		check(policy, "explain", "--no-token", "-p", policy, "--offline")
	}
}

// TestNoContractIsDeniedThatIsThere runs policies that read the client id from a claim that names
// no client, with contracts that are made for just these values: what is said of the claim must
// not contradict the check that passes.
func TestNoContractIsDeniedThatIsThere(t *testing.T) {
	t.Parallel()
	key, _ := signingKey(t)
	token, dir := emptyTokens(t, key)["v1"](), t.TempDir()
	for _, claim := range []string{"sub", "oid", "tid", "iss", "aud", "ver"} {
		policy := `{"assetId":"jwt-validation","assetVersion":"1.4.0","configurationData":{` +
			`"signingMethod":"rsa","jwtKeyOrigin":"jwks","jwksUrl":"https://login.` +
			`microsoftonline.com/` + mint.Tenant + `/discovery/keys","clientIdExpression":` +
			`"#[vars.claimSet.` + claim + `]"}}`
		contracts := `["` + strings.Join([]string{
			"s", "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a12", mint.Tenant, "api://orders-uat", "1.0",
			"https://sts.windows.net/" + mint.Tenant + "/",
		}, `","`) + `"]`
		for name, text := range map[string]string{
			"policy.json": policy, "contracts.json": contracts, "token": token,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		stdout, stderr, _ := runIn(t, dir, "explain", "@token", "-p", "policy.json",
			"--contracts", "contracts.json", "--offline", "-v")
		if !strings.Contains(stdout, "has an approved") ||
			strings.Contains(stdout+stderr, "no client has") {
			t.Errorf("%s:\n%s%s", claim, stdout, stderr)
		}
	}
}
