package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// TestAFindingPointsAtAFieldThatItsRepairEdits runs over every bad example of a rule that a change
// of the file repairs.
func TestAFindingPointsAtAFieldThatItsRepairEdits(t *testing.T) {
	t.Parallel()
	repairable := everyGateway().Repairable()
	eachExample(t, "bad", func(t *testing.T, rule *rules.Rule, example examples.Example) {
		if !slices.Contains(repairable, rule.Name) || editsElsewhere(rule, example) {
			return
		}
		_, set, found := draftOf(t, rule, example)
		for _, f := range found {
			if f.Rule != rule.Name {
				continue
			}
			goal := rules.Goal{Finding: &f, Facts: factsFor(example.Text)}
			changes := set.Adapter.Changes(set.Configuration, goal)
			edited := func(c rules.FieldChange) bool { return c.Field == f.Field }
			if changes[0].Refused == "" && !slices.ContainsFunc(changes[0].Fields, edited) {
				t.Errorf("points at %s, and the repair edits %v", f.Field, changes[0].Fields)
			}
		}
	})
}

// editsElsewhere reports whether the field at fault is not the one that is to change.
func editsElsewhere(rule *rules.Rule, example examples.Example) bool {
	switch rule.Name {
	case "issuer-and-keys-disagree":
		return true // which of two tenants is wrong, the issuer's or the keys', the user says
	case "audience-not-of-app":
		return strings.HasSuffix(example.Name, ".cfg") // client_id is the login's client, too
	case "list-claim-compared-with-text":
		// its values are right: how they are compared is a field beside them
		return strings.HasSuffix(example.Name, "_envoy_gateway.yaml")
	case "issuer-not-pinned":
		// a field that is absent has no place: the key set has, which says why it is needed
		return strings.HasSuffix(example.Name, "_istio.yaml") ||
			strings.HasSuffix(example.Name, "_envoy_gateway.yaml")
	case "scope-not-split":
		return true // the scope stays: its JWT rule is to split what tokens have
	case "allowed-tenants-not-for-bearer":
		return true // the list stays for logins: what tokens need is the issuer
	}
	return false
}

// TestWhereAFindingPoints opens each hole in each way, in every form of file.
func TestWhereAFindingPoints(t *testing.T) {
	t.Parallel()
	const (
		skip, audience   = "skipClientIdValidation", "supportedAudiences"
		claims           = "mandatoryCustomClaims"
		client, validate = "clientIdExpression", "validateCustomClaim"
		both             = "#[vars.claimSet.roles contains 'A' or " +
			"vars.claimSet.roles contains 'B']"
		otherTenant = "0d6b2f9c-51aa-4c1e-8f37-2b9e4d7c6a22"
	)
	type fields = map[string]any
	type list = []map[string]string
	noClaims := func(more fields) fields {
		more[claims] = list{}
		return more
	}
	claim := func(key, value string) fields {
		return fields{claims: list{{"key": key, "value": value}}}
	}
	read := func(expression string) fields { return fields{client: expression} }
	findsInForms(t, nil, map[string]formCase{
		"signature-not-verified": {
			fields{"signingMethod": "none"},
			nil, "signature-not-verified", rules.Error,
			"signingMethod", "none",
		},
		"any client: the audience is switched off": {
			fields{skip: true, "validateAudClaim": false},
			nil, "any-client-accepted", rules.Error,
			"validateAudClaim", "false",
		},
		"any client: there is no audience check": {
			fields{
				skip: true, "validateAudClaim": absent, audience: absent,
				"mandatoryAudClaim": false,
			}, nil, "any-client-accepted", rules.Error, "validateAudClaim", "",
		},
		"no audience: switched off": {
			fields{"validateAudClaim": false, audience: absent},
			nil, "audience-not-checked",
			rules.Warning, "validateAudClaim", "false",
		},
		"no audience: compared with itself": {
			fields{
				"validateAudClaim": false, audience: absent, skip: true,
			},
			[][2]string{{"aud", "#[vars.claimSet.aud == vars.claimSet.aud]"}},
			"audience-not-checked", rules.Error, claims, "claimSet.aud",
		},
		"an audience that is switched off": {
			fields{"validateAudClaim": false},
			nil, "audience-check-switched-off", rules.Warning,
			"validateAudClaim", "false",
		},
		"an audience that is optional": {
			fields{"mandatoryAudClaim": false},
			nil, "audience-optional", rules.Warning,
			"mandatoryAudClaim", "false",
		},
		"an audience that is optional by default": {
			fields{"mandatoryAudClaim": absent},
			nil, "audience-optional", rules.Warning,
			"mandatoryAudClaim", "true",
		},
		"an audience list that is empty": {
			fields{audience: ""}, nil, "audience-list-empty", rules.Error, audience, "",
		},
		"an audience that is never issued": {
			fields{audience: "orders"},
			nil, "audience-never-issued", rules.Error, audience,
			"orders",
		},
		"an audience of Microsoft's": {
			fields{audience: "https://graph.microsoft.com"},
			nil, "audience-of-microsoft-api",
			rules.Error, audience, "graph",
		},
		"an audience with a wildcard": {
			fields{audience: "api://orders-*"},
			nil, "wildcard-compared-exactly", rules.Error,
			audience, "*",
		},
		"an audience of the other form": {
			fields{client: "#[vars.claimSet.azp]", claims: list{{"key": "ver", "value": "2.0"}}},
			nil, "audience-form-mismatch", rules.Error, audience, "api://",
		},
		"the issuer: no claim is checked": {
			noClaims(fields{skip: true}), nil, "issuer-not-pinned", rules.Error, claims, "",
		},
		"the issuer: other claims are checked": {
			fields{skip: true, claims: list{{"key": "ver", "value": "1.0"}}},
			nil,
			"issuer-not-pinned", rules.Error, claims, "",
		},
		"the issuer: the claims are switched off": {
			fields{skip: true, validate: false},
			nil, "issuer-not-pinned", rules.Error, validate,
			"false",
		},
		"the issuer: compared with itself": {
			fields{
				skip: true, claims: list{
					{"key": "iss", "value": "#[vars.claimSet.iss == vars.claimSet.iss]"},
				},
			}, nil, "issuer-not-pinned", rules.Error, claims, "claimSet.iss",
		},
		"the issuer: the keys of all tenants": {
			noClaims(fields{
				skip: true, "jwksUrl": "https://login.microsoftonline.com/common/discovery/keys",
			}), nil, "issuer-not-pinned", rules.Error, claims, "",
		},
		"an issuer that is never issued": {
			claim("iss", "https://login.microsoftonline.com/common/v2.0"), nil,
			"issuer-never-issued", rules.Error, claims, "common",
		},
		"an issuer of another tenant than the keys": {
			claim("iss", "https://sts.windows.net/"+otherTenant+"/"), nil,
			"issuer-and-keys-disagree", rules.Warning, claims, otherTenant,
		},
		"a length that Entra never signs with": {
			fields{"signingKeyLength": 512},
			nil, "algorithm-never-signed-with", rules.Error,
			"signingKeyLength", "512",
		},
		"another length": {
			fields{"signingKeyLength": 384},
			nil, "algorithm-never-signed-with", rules.Error,
			"signingKeyLength", "384",
		},
		"a method that Entra never signs with": {
			fields{"signingMethod": "es"},
			nil, "algorithm-never-signed-with", rules.Error,
			"signingMethod", "es",
		},
		"keys over http": {
			fields{
				"jwksUrl": "http://login.microsoftonline.com/" + holesTenant + "/discovery/keys",
			}, nil, "key-set-over-http", rules.Error, "jwksUrl", "http:",
		},
		"the metadata in place of keys": {
			fields{"jwksUrl": "https://login.microsoftonline.com/" + holesTenant +
				"/.well-known/openid-configuration"},
			nil, "keys-url-is-discovery-document",
			rules.Error, "jwksUrl", "well-known",
		},
		"no keys": {
			fields{"jwksUrl": "https://login.microsoftonline.com/" + holesTenant},
			nil,
			"key-set-not-fetchable", rules.Error, "jwksUrl", "https:",
		},
		"a client id that the caller writes": {
			read("#[attributes.headers['client_id']]"), nil, "client-id-chosen-by-caller",
			rules.Error, client, "client_id",
		},
		"a client id that is never issued": {
			read("#[vars.claimSet.client_id]"), nil, "client-id-claim-never-issued", rules.Error,
			client, "client_id",
		},
		"a client id that is never issued, by default": {
			fields{client: absent},
			nil, "client-id-claim-never-issued", rules.Error, client,
			"false",
		},
		"a client id that names no client": {
			read("#[vars.claimSet.sub]"), nil, "client-id-claim-names-no-client", rules.Error,
			client, "sub",
		},
		"a client id of the other version": {
			read("#[vars.claimSet.azp]"), nil, "client-id-claim-of-other-version", rules.Error,
			client, "azp",
		},
		"claims that are switched off": {
			fields{validate: false},
			nil, "claim-check-switched-off", rules.Warning, validate,
			"false",
		},
		"a list compared with a text": {
			fields{},
			[][2]string{{"roles", "Orders.Read"}},
			"list-claim-compared-with-text",
			rules.Error, claims, "Orders.Read",
		},
		"a part of a scope": {
			fields{},
			[][2]string{{"scp", "#[vars.claimSet.scp contains 'Read']"}},
			"substring-match-on-scopes", rules.Warning, claims, "contains",
		},
		"a role without an audience": {
			fields{"validateAudClaim": false, skip: true, audience: absent},
			[][2]string{{"roles", "#[vars.claimSet.roles contains 'Read']"}},
			"scope-without-audience", rules.Error, "validateAudClaim", "false",
		},
		"an expiry that is optional": {
			fields{"mandatoryExpClaim": false},
			nil, "expiry-not-mandatory", rules.Warning,
			"mandatoryExpClaim", "false",
		},
		"seconds for minutes": {
			fields{"jwksServiceTimeToLive": 3600},
			nil, "key-caching-time-in-seconds",
			rules.Warning, "jwksServiceTimeToLive", "3600",
		},
		"a placeholder": {
			fields{audience: "aud.example.com"},
			nil, "placeholder-value", rules.Warning,
			audience, "aud.example.com",
		},
		"a type": {
			fields{"mandatoryNbfClaim": "true"},
			nil, "wrong-type", rules.Warning,
			"mandatoryNbfClaim", "true",
		},
		"a claim of no token": {
			fields{},
			[][2]string{{"role", "Orders.Read"}},
			"no-token-passes", rules.Error, claims,
			"Orders.Read",
		},
		"an expression without parentheses": {
			fields{}, [][2]string{
				{"roles", both},
			}, "expression-ambiguous", rules.Error, claims, "contains",
		},
		"a claim compared with a list": {
			fields{},
			[][2]string{{"groups", "#[vars.claimSet.groups == ['a', 'b']]"}},
			"array-equality-on-claims", rules.Warning, claims, "groups",
		},
	})
}
