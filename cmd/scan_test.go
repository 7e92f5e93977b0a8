package cmd

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// scanned is a line of scan -o ndjson, and what explain -o json says of the same.
type scanned struct {
	Line    int     `json:"line"`
	Outcome string  `json:"outcome"`
	Status  *int    `json:"status"`
	Decided *string `json:"decided_by"`
}

func (s scanned) String() string {
	status, decided := "null", "null"
	if s.Status != nil {
		status = fmt.Sprint(*s.Status)
	}
	if s.Decided != nil {
		decided = *s.Decided
	}
	return s.Outcome + " " + status + " " + decided
}

// scanPolicies are policies that look at much of a token.
var scanPolicies = map[string]string{
	"jwt.json": `{"assetId": "jwt-validation", "assetVersion": "0.10.0", "order": 1,
		"configurationData": {"jwtOrigin": "httpBearerAuthenticationHeader",
		"signingMethod": "rsa", "signingKeyLength": 256, "jwtKeyOrigin": "jwks",
		"jwksUrl": "https://login.microsoftonline.com/` + mint.Tenant + `/discovery/v2.0/keys",
		"skipClientIdValidation": false, "clientIdExpression": "#[vars.claimSet.appid]",
		"validateAudClaim": true, "mandatoryAudClaim": true,
		"supportedAudiences": "api://orders-uat", "mandatoryExpClaim": true,
		"mandatoryNbfClaim": true, "validateCustomClaim": true,
		"mandatoryCustomClaims": [{"key": "ver", "value": "1.0"},
		{"key": "roles", "value": "#[vars.claimSet.roles contains 'Orders.Read']"}]}}`,
	// Mule and Flex differ on the expression, and nothing says which gateway it is for
	"either.json": `{"jwtOrigin": "httpBearerAuthenticationHeader", "signingMethod": "rsa",
		"signingKeyLength": 256, "jwtKeyOrigin": "jwks", "jwksUrl": "https://x.example/keys",
		"skipClientIdValidation": true, "validateCustomClaim": true, "mandatoryCustomClaims":
		[{"key": "ver", "value": "#[vars.claimSet.ver matches /1.*/]"}]}`,
	"oidc.json": `{"assetId": "openidconnect-access-token-enforcement", "order": 1,
		"assetVersion": "1.3.0", "configurationData": {"tokenUrl": "https://x.example/token",
		"skipClientIdValidation": true, "scopes": "Orders.Read"}}`,
}

// scan and explain answer alike: the same verdict, status and deciding check for every token.
func TestScanAndExplainAgree(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 2026))
	key, set := signingKey(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "keys.json"), string(set))
	var tokens []string
	for range agreeingScans {
		tokens = append(tokens, oddToken(t, random, key))
	}
	writeFile(t, filepath.Join(dir, "log"), strings.Join(tokens, "\n")+"\n")
	writeFile(t, filepath.Join(dir, "contracts"), "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3\n")
	outcomes := map[string]bool{}
	for name, policy := range scanPolicies {
		writeFile(t, filepath.Join(dir, name), policy)
		common := []string{
			"-p", name, "--jwks", "keys.json", "--contracts", "contracts", "--offline",
			"--at", clock.Add(time.Minute).Format(time.RFC3339),
		}
		if name == "either.json" {
			common = append(common, "--policy-type", "jwt-validation")
		}
		stdout, stderr, code := runIn(
			t, dir, append([]string{"scan", "log", "-o", "ndjson"}, common...)...,
		)
		lines := strings.Split(strings.TrimSpace(stdout), "\n")
		if code != exitOK || len(lines) != len(tokens) {
			t.Fatalf("exit code %d, %d lines of %d: %s", code, len(lines), len(tokens), stderr)
		}
		for i, token := range tokens {
			var scan scanned
			if err := json.Unmarshal([]byte(lines[i]), &scan); err != nil || scan.Line != i+1 {
				t.Fatalf("line %d: %v: %s", i+1, err, lines[i])
			}
			writeFile(t, filepath.Join(dir, "token"), token)
			args := append([]string{"explain", "@token", "-o", "json"}, common...)
			stdout, stderr, _ := runIn(t, dir, args...)
			var explained struct{ Verdict scanned }
			if err := json.Unmarshal([]byte(stdout), &explained); err != nil {
				t.Fatalf("explain: %v: %s%s", err, stdout, stderr)
			}
			outcomes[scan.String()] = true
			if scan.String() != explained.Verdict.String() {
				t.Errorf("%s, token %d: scan says %s, explain says %s", name, i+1,
					scan, explained.Verdict)
			}
		}
	}
	if len(outcomes) < 12 {
		t.Errorf("only %d different answers were seen: %v", len(outcomes), outcomes)
	}
}

// oddToken is a token of some kind, most of them with something wrong.
func oddToken(t *testing.T, random *rand.Rand, key *mint.Key) string {
	t.Helper()
	shapes := []string{"v1", "v1-user", "v2", "v2-user", "id"}
	claims, err := mint.Claims(shapes[random.IntN(len(shapes))], clock)
	if err != nil {
		t.Fatal(err)
	}
	values := []any{
		nil, "", "api://orders-uat", "1.0", 17, true, -1, 1e300,
		[]any{},
		[]any{"Orders.Read"},
		map[string]any{"a": 1},
		"Orders.Read Orders.Write", clock.Unix(), clock.Unix() * 1000,
	}
	names := []string{
		"aud", "iss", "exp", "nbf", "iat", "ver", "roles", "scp", "appid", "azp", "tid", "other",
	}
	for range random.IntN(4) {
		name := names[random.IntN(len(names))]
		if random.IntN(3) == 0 {
			delete(claims, name)
			continue
		}
		claims[name] = values[random.IntN(len(values))]
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	headers := []string{
		`{"alg":"RS256","typ":"JWT","kid":%q}`, `{"alg":"RS256","kid":"other","x":%q}`,
		`{"alg":"none","kid":%q}`, `{"alg":"RS256","crit":["x"],"kid":%q}`,
	}
	header := headers[0]
	if random.IntN(4) == 0 {
		header = headers[random.IntN(len(headers))]
	}
	token, err := key.Sign("RS256", fmt.Appendf(nil, header, key.ID), payload)
	if err != nil {
		t.Fatal(err)
	}
	switch random.IntN(12) {
	case 0:
		return token[:len(token)-1-random.IntN(20)]
	case 1:
		return altered(token)
	case 2:
		return token[:strings.LastIndex(token, ".")+1]
	case 3:
		return "opaque" + strings.ReplaceAll(token[:40], ".", "")
	}
	return token
}
