package envoygateway

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What is called observed of Envoy Gateway is in a recording, in these words.
func TestWhatEnvoyGatewayDoesIsRecorded(t *testing.T) {
	t.Parallel()
	const answers500 = `"directResponse":{"status":500}`
	const oneProvider = `"requires":{"providerName":"entra_`
	recorded := map[string]struct {
		file string
		says []string
	}{
		"policy-refused": {"bad-cidr", []string{`{"refused":"`}},
		"policy-with-an-error": {
			"same-provider-twice", []string{`"type":"Accepted","status":"False"`, answers500},
		},
		"key-set-missing": {
			"key-set-missing",
			[]string{"local JWKS ConfigMap orders/keys not found", answers500},
		},
		"key-service-missing": {
			"keys-service-missing", []string{"service orders/keys not found", answers500},
		},
		"passes-nothing": {
			"pass-through-nothing",
			[]string{`"status":"False"`, `{"route":"httproute/orders/orders/rule/0/match/0/*"}`},
		},
		"no-such-target": {"no-such-route", []string{"{}\n"}},
		"no-such-section": {
			"gateway-section-missing", []string{
				`"reason":"TargetNotFound"`, `/match/0/*"}`,
			},
		},
		"two-on-one-target": {
			"two-on-one", []string{`"policy":"tokens"`, `"reason":"Conflicted"`, oneProvider},
		},
		"replaced": {"route-cors-replaces", []string{`"reason":"Overridden"`}},
		"merged": {
			"merge-without-default",
			[]string{
				`"message":"Merged with policy orders/outer"`, oneProvider,
				`"name":"default","typedConfig":{"@type":"type.googleapis.com/` +
					`envoy.config.rbac.v3.Action","action":"DENY","name":"DENY"}`,
			},
		},
		"selector-without-labels": {"labels-none", []string{oneProvider}},
		"providers": {
			"two-providers",
			[]string{`"requiresAny":{"requirements":[{"providerName":"entra_`},
		},
		"token-needed": {"jwt-alone", []string{oneProvider}},
		"optional":     {"optional", []string{`{"allowMissing":{}}`}},
		"fail-open":    {"fail-open", []string{`{"allowMissingOrFailed":{}}`}},
		"split-claims": {
			"jwt-alone", []string{`"spaceDelimitedClaims":["scope","scp"]`},
		},
		"scopes":                 {"two-scopes", []string{`{"key":"scope"}`, `{"key":"scp"}`}},
		"no-rules":               {"no-rules-default", []string{`"action":"DENY"`}},
		"provider-not-in-policy": {"unknown-provider", []string{`"path":[{"key":"other"},`}},
	}
	var seen []string
	for _, h := range handling() {
		if h.Evidence.Level != rules.Observed {
			continue
		}
		seen = append(seen, h.Situation)
		from := recorded[h.Situation]
		text, err := os.ReadFile(oracle + "policies/" + from.file + ".jsonl")
		if err != nil {
			t.Errorf("%s: %v", h.Situation, err)
		}
		for _, says := range from.says {
			if !strings.Contains(string(text), says) {
				t.Errorf("%s: %s does not have %s", h.Situation, from.file, says)
			}
		}
	}
	for situation := range recorded {
		if !slices.Contains(seen, situation) {
			t.Errorf("%s is recorded, and no row says it", situation)
		}
	}
}
