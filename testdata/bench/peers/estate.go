//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// policy is a policy for JWTs, with so much more in its configuration.
func policy(order int, audience, more string) string {
	return fmt.Sprintf(`{"order":%d,"assetId":"jwt-validation","assetVersion":"1.4.0",
"configurationData":{"jwtOrigin":"httpBearerAuthenticationHeader","signingMethod":"rsa",
"signingKeyLength":256,"jwtKeyOrigin":"jwks","jwksServiceTimeToLive":60,
"jwksServiceConnectionTimeout":10000,
"jwksUrl":"https://login.microsoftonline.com/%s/discovery/keys",
"skipClientIdValidation":false,"clientIdExpression":"#[vars.claimSet.appid]",
"validateAudClaim":true,"mandatoryAudClaim":true,"supportedAudiences":%q,
"mandatoryExpClaim":true,"mandatoryNbfClaim":false,"validateCustomClaim":true,
"mandatoryCustomClaims":[{"key":"iss","value":"https://sts.windows.net/%[2]s/"}%[4]s],
"nonMandatoryCustomClaims":[]}}`, order, mint.Tenant, audience, more)
}

// listed joins what is made for each number.
func listed(n int, separator string, one func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = one(i)
	}
	return strings.Join(all, separator)
}

func joined(all []int, separator string) string {
	return listed(len(all), separator, func(i int) string { return fmt.Sprint(all[i]) })
}

// policies are so many in one file, each for an audience of its own.
func policies(n int) string {
	return "[" + listed(n, ",\n", func(i int) string {
		return policy(i+1, fmt.Sprint("api://orders-", i), "")
	}) + "]"
}

// accepting are so many in one file, each for the audience of the token.
func accepting(n int) string {
	return "[" + listed(n, ",\n", func(i int) string {
		return policy(i+1, mint.APIURI, "")
	}) + "]"
}

// mistaken is a file of policies that have one mistake each: a field that there is not.
func mistaken(n int) string {
	return "[" + listed(n, ",\n", func(i int) string {
		return strings.Replace(
			policy(i+1, "api://orders-uat", ""), `"mandatoryNbfClaim"`, `"mandatoryNbvClaim"`, 1,
		)
	}) + "]"
}

// lasting is a file of policies of one API, each of which accepts tokens that never expire.
func lasting(n int) string {
	return strings.ReplaceAll(accepting(n), `"mandatoryExpClaim":true`, `"mandatoryExpClaim":false`)
}

// reading is a policy that reads so many claims.
func reading(n int) string {
	return "[" + policy(1, mint.APIURI, listed(n, "", func(i int) string {
		return fmt.Sprintf(`,
{"key":"claim%d","value":"#[vars.claimSet.claim%[1]d == 'v%[1]d']"}`, i)
	})) + "]"
}

// documents are so many bindings of Flex Gateway.
func documents(n int) string {
	return listed(n, "", func(i int) string {
		return fmt.Sprintf(`---
apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata:
  name: orders-auth-%d
spec:
  targetRef:
    kind: ApiInstance
    name: orders-%[1]d
  policyRef:
    name: jwt-validation-flex
  config:
    jwtOrigin: httpBearerAuthenticationHeader
    signingMethod: rsa
    signingKeyLength: 256
    jwtKeyOrigin: jwks
    jwksUrl: https://login.microsoftonline.com/%s/discovery/v2.0/keys
    jwksServiceTimeToLive: 60
    jwksServiceConnectionTimeout: 10000
    skipClientIdValidation: false
    clientIdExpression: '#[vars.claimSet.appid]'
    validateAudClaim: true
    mandatoryAudClaim: true
    supportedAudiences: api://orders-uat.example.com
    mandatoryExpClaim: true
    mandatoryNbfClaim: false
    validateCustomClaim: false
    mandatoryCustomClaims: []
    nonMandatoryCustomClaims: []
`, i, mint.Tenant)
	})
}

// estate is an environments file and what it names.
type estate struct {
	environments, clients, scopes, roles int

	claims bool // each checks a claim of its own
	mixed  bool // each reads the client id together with another claim
}

// checks are the custom claims that an environment's policy checks beside its issuer.
func (e *estate) checks(i int) string {
	all := ""
	if e.claims {
		all += fmt.Sprintf(`,{"key":"claim%d","value":"v%[1]d"}`, i)
	}
	if e.mixed {
		all += `,{"key":"appid",` +
			`"value":"#[(vars.claimSet.roles default []) contains vars.claimSet.appid]"}`
	}
	return all
}

// id is an application id that says whose it is.
func id(kind, environment, n int) string {
	return fmt.Sprintf("%08x-%04x-4000-8000-%012x", kind, environment, n)
}

func (e *estate) write(folder string) error {
	files := map[string]string{"gatewhy.yaml": "version: 1\ntenant: " + mint.Tenant +
		"\nenvironments:\n" + listed(e.environments, "", func(i int) string {
		return fmt.Sprintf("  env%d:\n    gateway: mule\n    policies: policies%[1]d.json\n"+
			"    contracts: contracts%[1]d.txt\n    api: api%[1]d.json\n"+
			"    clients: clients%[1]d.json\n", i)
	})}
	for i := range e.environments {
		clients, err := e.registrations(i)
		if err != nil {
			return err
		}
		files[fmt.Sprintf("clients%d.json", i)] = clients
		files[fmt.Sprintf("api%d.json", i)] = e.api(i)
		files[fmt.Sprintf("policies%d.json", i)] = "[" +
			policy(1, fmt.Sprint("api://orders-", i), e.checks(i)) + "]"
		contract := func(n int) string { return id(2, i, n) }
		files[fmt.Sprintf("contracts%d.txt", i)] = listed(e.clients*9/10, "\n", contract) + "\n"
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (e *estate) api(i int) string {
	scopes := listed(e.scopes, ",", func(n int) string {
		return fmt.Sprintf(`{"id":%q,"value":"Orders%d.Read","type":"User"}`, id(4, i, n), n)
	})
	roles := listed(e.roles, ",", func(n int) string {
		return fmt.Sprintf(
			`{"id":%q,"value":"Orders%d.Call","allowedMemberTypes":["Application"]}`,
			id(3, i, n), n)
	})
	return fmt.Sprintf(`{"appId":%q,"displayName":"orders-%d",
"identifierUris":["api://orders-%[2]d"],
"api":{"oauth2PermissionScopes":[%s]},"appRoles":[%s]}`, id(1, i, 0), i, scopes, roles)
}

// registrations are an environment's clients. Every fifth has a role of the next environment's
// API too.
func (e *estate) registrations(i int) (string, error) {
	all := make([]map[string]any, e.clients)
	for n := range all {
		all[n] = map[string]any{
			"appId": id(2, i, n), "displayName": fmt.Sprintf("client-%d-%d", i, n),
			"identifierUris": []string{},
		}
		if n%5 == 0 {
			next := (i + 1) % e.environments
			all[n]["requiredResourceAccess"] = []any{map[string]any{
				"resourceAppId": id(1, next, 0), "resourceAccess": []any{
					map[string]any{"id": id(3, next, 0), "type": "Role"},
				},
			}}
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}
