package mulesoft

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestEveryBehaviourHasEvidenceATitleAndADate(t *testing.T) {
	for _, b := range behaviours() {
		if b.Answer.Evidence.Level == "" || b.Answer.Evidence.Reference == "" || b.Title == "" ||
			b.Checked == "" || b.Answer.Situation != b.Situation {
			t.Errorf("%s on %s is incomplete: %+v", b.Situation, b.Variant, b)
		}
		if b.Answer.Body != "" && b.Answer.Says != "" || b.Answer.NoBody && b.Answer.Body != "" {
			t.Errorf("%s on %s says two things of its body", b.Situation, b.Variant)
		}
		for _, policy := range b.Policies {
			if of, ok := policyNamed(policy); !ok ||
				of.stands != isModelled && of.stands != isBlind {
				t.Errorf("%s is about %s, neither modelled nor blind", b.Situation, policy)
			}
		}
	}
}

func TestEverySituationStandsInTheTableAndOnlyOnceForAPolicy(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range behaviours() {
		for _, policy := range append([]string{""}, b.Policies...) {
			key := strings.Join([]string{b.Situation, b.Variant, policy, b.Condition}, " ")
			if seen[key] && policy != "" {
				t.Errorf("two rows for %s", key)
			}
			seen[key] = true
		}
	}
	for _, s := range situations() {
		if !seen[s.id+" mule  "] && !seen[s.id+" flex  "] {
			t.Errorf("no row for %s", s.id)
		}
	}
}

// What follows is as the vendor's pages and published observations have it (facts of JWT
// Validation, of the OAuth policies and of Client ID Enforcement).
func TestTheTableHasWhatIsPublished(t *testing.T) {
	tests := []struct {
		situation, variant, policy string
		status                     int
		body, says, header         string
		level                      rules.Level
	}{
		{
			noToken, Mule, jwtValidation, 400, `{"error": "JWT Token is required."}`, "", "",
			rules.Observed,
		},
		{
			noToken, Flex, jwtValidation, 400, `{"error":"JWT Token is required."}`, "",
			"www-authenticate: Bearer", rules.Observed,
		},
		{
			badSignature, Mule, jwtValidation, 401, `{"error": "Invalid token."}`, "", "",
			rules.Observed,
		},
		{
			expiredToken, Flex, jwtValidation, 401, `{"error":"Invalid token."}`, "",
			"www-authenticate: Bearer", rules.Observed,
		},
		{wrongAudience, Mule, jwtValidation, 401, "", "", "", rules.Documented},
		{
			noClientID, Mule, jwtValidation, 403, `{"error": "Authentication denied."}`, "", "",
			rules.Observed,
		},
		{noKeys, Flex, jwtValidation, 503, "", "", "", rules.Documented},
		{noContractsYet, Flex, jwtValidation, 503, "", "", "", rules.Inferred},
		{enormousExpiry, Flex, jwtValidation, 503, "", "", "", rules.Observed},
		{noClientID, Mule, openIDConnect, 403, "", "Invalid Client", "", rules.Documented},
		{tokenTwice, Mule, openIDConnect, 400, "", "", "", rules.Documented},
		{endpointUnreadable, Mule, openIDConnect, 500, "", "", "", rules.Documented},
		{
			endpointDown, Flex, tokenIntrospection, 401, "", "Unauthorized",
			`WWW-Authenticate: Bearer realm="OAuth2 Introspection Client Realm"`, rules.Inferred,
		},
		{endpointObjects, Flex, tokenIntrospection, 500, "", "", "", rules.Inferred},
		{
			malformedHeader, Flex, tokenIntrospection, 400, "", "Authorization header is invalid",
			"", rules.Inferred,
		},
		{
			noClientID, Flex, clientIDEnforcement, 401, `{"error":"Client ID is not present"}`, "",
			"WWW-Authenticate: Client-ID-Enforcement", rules.Observed,
		},
		{
			credentialsWrong, Mule, clientIDEnforcement, 401, "", "",
			"WWW-Authenticate: Client-ID-Enforcement", rules.Documented,
		},
		{noClientID, Mule, rateLimitingSLA, 401, "", "", "", rules.Documented},
	}
	for _, test := range tests {
		t.Run(test.situation+" on "+test.variant+" by "+test.policy, func(t *testing.T) {
			b := behaviour(t, test.situation, test.variant, test.policy)
			a := b.Answer
			if a.Status != test.status || a.Body != test.body || a.Says != test.says ||
				a.Evidence.Level != test.level {
				t.Errorf("got %+v", a)
			}
			if test.header != "" && !slices.Contains(b.Headers, test.header) {
				t.Errorf("headers %q", b.Headers)
			}
		})
	}
}

func behaviour(t *testing.T, situation, variant, policy string) rules.Behaviour {
	t.Helper()
	for _, b := range behaviours() {
		if b.Situation == situation && b.Variant == variant &&
			slices.Contains(b.Policies, policy) {
			return b
		}
	}
	t.Fatalf("no row")
	return rules.Behaviour{}
}

func TestAMissingAPIInstanceAnswersWithNoBody(t *testing.T) {
	for _, b := range behaviours() {
		if b.Situation == noInstance &&
			(b.Answer.Status != 503 || !b.Answer.NoBody || b.Variant != Mule) {
			t.Errorf("got %+v", b)
		}
	}
}

func TestAChangeOfTheTableChangesThePrediction(t *testing.T) {
	table := func(kind, variant, situation, condition string) rules.Answer {
		changed := answerOf(kind, variant, situation, condition)
		if changed.Situation != "" {
			changed.Status, changed.Body = 418, "changed"
		}
		return changed
	}
	requests := []*rules.Request{{At: at}, request(`"exp":1,"aud":"x"`)}
	for _, policy := range []string{
		policyOf(jwtValidation, "1.4.0", `"jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example"`),
		policyOf(openIDConnect, "1.3.0", ``),
		policyOf(
			clientIDEnforcement, "1.3.1",
			`"credentialsOriginHasHttpBasicAuthenticationHeader":"httpBasicAuthenticationHeader"`,
		),
	} {
		compiled := compile(table, configurationOf(t, "policy.json", policy, rules.Options{}))
		for _, r := range requests {
			v := rules.Evaluate(compiled.Policies, r)
			if v.Outcome == rules.Rejected && (v.Status != 418 || v.Body() != "changed") {
				t.Errorf("%s: %d %q is not from the table", v.Decided.Check.ID, v.Status, v.Body())
			}
			if v.Outcome == rules.Accepted {
				t.Error("accepted: nothing is tested")
			}
		}
	}
}

func TestEveryRowOfTheTableIsFoundByItsPolicies(t *testing.T) {
	for _, b := range behaviours() {
		for _, asset := range b.Policies {
			found := answerOf(asset, b.Variant, b.Situation, b.Condition)
			if !reflect.DeepEqual(found, b.Answer) {
				t.Errorf("%s of %s on %s is in no row of it", b.Situation, asset, b.Variant)
			}
		}
	}
}

// Statuses and bodies stand in the tables of behaviours alone.
func TestNoOtherFileHoldsAnAnswer(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasPrefix(name, "behaviours") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(
			gotoken.NewFileSet(), name, text, parser.SkipObjectResolution,
		)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok {
				return true
			}
			if n, err := strconv.Atoi(literal.Value); err == nil && http.StatusText(n) != "" {
				t.Errorf("%s holds the status %d", name, n)
			}
			if strings.Contains(literal.Value, `"error"`) {
				t.Errorf("%s holds the body %s", name, literal.Value)
			}
			return true
		})
	}
}
