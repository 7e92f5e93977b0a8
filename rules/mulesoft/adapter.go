// Package mulesoft is the adapter for MuleSoft's API gateways: Mule Gateway and Flex Gateway
// (since 2025 also called Omni Gateway).
//
// A configuration format (apimanager.go, flex.go, terraform.go, plan.go) is read into entries: a
// policy kind, its version and its fields with their positions. A format does not know what a
// field means. A policy kind (jwt_validation.go, introspecting.go, client_credentials.go) compiles
// the fields into checks. A policy kind does not know formats. What the gateways answer is data,
// in behaviours.go, and what else may explain an answer is data too, in causes.go.
//
// Which of the vendor's policies decide on the caller, and which change what later ones read, is
// data in policies.go.
//
// The vendor's own lint rules are in rule_NAME.go, and short ones together in rules_SUBJECT.go.
// repair.go changes a configuration so that a finding goes away; propose.go changes it so that a
// request gets in or stays out.
//
// The vendor's words are in this package and in dataweave, and in no other below the commands. It
// must not know another vendor, decide what is good or bad for every gateway (that is for package
// lint), say which tokens exist (issued) or whether a change helps (repair).
package mulesoft

import (
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The gateways.
const (
	Mule = "mule"
	Flex = "flex"
)

// Adapter returns the adapter for MuleSoft. Its tables are made when something first reads them.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:      "mulesoft",
		Variants:  variants(),
		Words:     words(),
		Resources: resources,
		Kinds:     assets,
		Knows:     func(kind string) bool { asset, _ := splitName(kind); return known(asset) },
		Detect:    detect,
		Instead:   instead,
		Read:      new(parsedTexts).read,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(answerOf, c)
		},
		Behaviours: sync.OnceValue(behaviours),
		Causes:     causes,
		AnyOrder:   true,
		Collect:    collections,
		Contracts:  contractsIn,
		Rules:      lintRules,
		Advice:     advice,
		Solutions:  solutions,
		Repairable: repairable,
		Changes:    rules.Changes(repairFinding, propose),
	}
}

func variants() []rules.Variant {
	return []rules.Variant{
		{Name: Mule, Product: "Mule Gateway"}, {Name: Flex, Product: "Flex Gateway"},
	}
}

// resources lists what is looked at in a cluster: everything of the vendor's.
func resources() []source.Resource { return []source.Resource{{Group: flexGroup}} }

// words are texts. A file with the vendor's policies has at least one of them, in every format.
func words() []string {
	return []string{
		"assetId", "policyTemplateId", "policyRef", "anypoint_ap", "gateway.mulesoft.com/",
		"jwksUrl",
	}
}

// product is the vendor's name for a gateway.
func product(variant string) string {
	for _, v := range variants() {
		if v.Name == variant {
			return v.Product
		}
	}
	return ""
}

// Pieces of the commands. The token goes to curl through a pipe, since other users of the machine
// can read a command's arguments.
const (
	manager = `printf 'Authorization: Bearer %s' "$ANYPOINT_TOKEN" | curl -sSf -H @- ` +
		`'https://{anypoint}/apimanager/api/v1/organizations/{org}`
	ofAPI = manager + `/environments/{environment}/apis/{api}`

	// allContracts asks for one page after the other, until all that the answer counts are there.
	// A page that fails leaves fewer than total, and then the list is not complete.
	allContracts = `total=1; offset=0; while [ "$offset" -lt "$total" ]; do page=$(` + ofAPI +
		`/contracts?limit=100&offset='"$offset") || break; total=$(printf '%s' "$page" | ` +
		`jq .total); printf '%s\n' "$page"; offset=$((offset+100)); done | ` +
		`jq -s '{total: .[0].total, contracts: map(.contracts[])}' > contracts.json`
)

// withToken is where the variable in the commands comes from.
func withToken() rules.Step {
	return rules.Step{
		Note: "the commands read ANYPOINT_TOKEN, which gatewhy collect anypoint-token sets; the " +
			"organization's id is in Access Management > Business Groups, the environment's in " +
			"Access Management > Environments, the API's in its address in API Manager",
	}
}

// collections are the commands that fetch the inputs from Anypoint Platform and from the gateway
// (API Manager's REST API; anypoint-cli-v4; curl).
func collections() []rules.Collection {
	return []rules.Collection{
		signIn(), instanceToCollect(), policiesToCollect(), contractsToCollect(),
		introspectionToCollect(), requestToCollect(),
	}
}

func signIn() rules.Collection {
	return rules.Collection{
		Name:  "anypoint-token",
		Title: "an access token for Anypoint Platform, for the commands below",
		Steps: []rules.Step{
			{
				Note: "of a connected app with the scope View APIs Configuration, whose id and " +
					"secret are in ANYPOINT_CLIENT_ID and ANYPOINT_CLIENT_SECRET: Access " +
					"Management > Connected Apps",
				Command: `ANYPOINT_TOKEN=$(printf 'data-urlencode = ` +
					`"grant_type=client_credentials"\ndata-urlencode = ` +
					`"client_id=%s"\ndata-urlencode = "client_secret=%s"\n' ` +
					`"$ANYPOINT_CLIENT_ID" "$ANYPOINT_CLIENT_SECRET" | curl -sSf -K - ` +
					`'https://{anypoint}/accounts/api/v2/oauth2/token' | jq -r .access_token)`,
			},
		},
	}
}

func instanceToCollect() rules.Collection {
	return rules.Collection{
		Name:  "api-instance",
		Title: "which gateway runs the API, and whether it is bound to its instance",
		Takes: []source.Input{source.NeedGateway, source.NeedRuntime},
		Steps: []rules.Step{
			withToken(),
			{
				Note: "technology is Mule Gateway or Flex Gateway, status whether a gateway has " +
					"registered for it",
				Command: ofAPI + `' > api-instance.json`,
			},
			{
				Note: "the version of the Mule runtime: Runtime Manager, or the first lines of " +
					"the application's log",
			},
		},
	}
}

func policiesToCollect() rules.Collection {
	return rules.Collection{
		Name:  "policies",
		Title: "the policies of the API instance",
		Takes: []source.Input{source.NeedPolicy},
		Steps: []rules.Step{
			withToken(),
			{
				Note:    "in full, with their order and routes",
				Command: ofAPI + `/policies' > policies.json`,
			},
			{
				Note: "the automated policies, which apply beside them",
				Command: manager + `/automated-policies?environmentId={environment}' > ` +
					`automated.json`,
			},
			{
				Note: "the same with the command line tool, which leaves out order and routes; " +
					"it reads ANYPOINT_CLIENT_ID and ANYPOINT_CLIENT_SECRET",
				Command: `anypoint-cli-v4 api-mgr policy list {api} --organization {org} ` +
					`--environment {environment} -o json > policies-cli.json`,
			},
			{
				Note: "with Terraform's variables filled in, from a plan that terraform plan " +
					"-out=plan has written",
				Command: `terraform show -json plan > plan.json`,
			},
			{
				Note:    "of Flex Gateway in local mode, on its host",
				Command: `cp -r /usr/local/share/mulesoft/flex-gateway/conf.d policies`,
			},
		},
	}
}

func contractsToCollect() rules.Collection {
	return rules.Collection{
		Name:  "contracts",
		Title: "the client ids that have an approved contract",
		Takes: []source.Input{source.NeedContracts},
		Steps: []rules.Step{
			withToken(),
			{Note: "all of them, 100 at a time", Command: allContracts},
			{
				Note: "where the instance is in an API group: the group's contracts in API " +
					"Manager, API Groups; they admit clients too",
			},
			{
				Note: "whether the client provider of the environment is Anypoint's own: Access " +
					"Management, Client Providers, and the environment's settings there",
			},
		},
	}
}

func introspectionToCollect() rules.Collection {
	return rules.Collection{
		Name:  "introspection",
		Title: "the answer of the client provider's validation endpoint for the token",
		Takes: []source.Input{source.NeedIntrospection},
		Steps: []rules.Step{
			{
				Note: "INTROSPECTION_URL, the endpoint's address, INTROSPECTION_CLIENT_ID and " +
					"INTROSPECTION_CLIENT_SECRET, its client: Access Management, Client " +
					"Providers. Entra ID itself has no such endpoint",
			},
			{Note: "the token, typed or pasted without showing it", Command: `read -rs TOKEN`},
			{
				Note: "as the gateway asks, with the credentials in the body. It sends the " +
					"token to that endpoint",
				Command: `printf 'data-urlencode = "token=%s"\ndata-urlencode = ` +
					`"client_id=%s"\ndata-urlencode = "client_secret=%s"\n' "$TOKEN" ` +
					`"$INTROSPECTION_CLIENT_ID" "$INTROSPECTION_CLIENT_SECRET" | curl -sS -K - ` +
					`"$INTROSPECTION_URL" > introspection.json`,
			},
		},
	}
}

func requestToCollect() rules.Collection {
	return rules.Collection{
		Name:  "request",
		Title: "a request as it is sent, and what the gateway answers",
		Takes: []source.Input{source.NeedHeader, source.NeedRequest, source.NeedObservedStatus},
		Steps: []rules.Step{
			{
				Note: "of a browser or an app behind a proxy: save the traffic as a HAR file; " +
					"the token is read from it",
				Explain: []rules.Given{
					{Input: source.NeedToken, Value: "@traffic.har"},
					{Input: source.NeedPolicy, Value: "policies.json"},
				},
			},
			{Note: "the token, typed or pasted without showing it", Command: `read -rs TOKEN`},
			{
				Note: "the request by hand, to API_URL, the address that the client calls; it " +
					"prints the status",
				Command: `printf 'Authorization: Bearer %s' "$TOKEN" | curl -sS -D headers.txt ` +
					`-o body.txt -w '%{http_code}\n' -H @- "$API_URL"`,
			},
			{Note: "then, with that status", Explain: []rules.Given{
				{Input: source.NeedPolicy, Value: "policies.json"},
				{Input: source.NeedObservedStatus, Value: "STATUS"},
				{Input: source.NeedObservedBody, Value: "@body.txt"},
				{Input: source.NeedObservedHeader, Value: "@headers.txt"},
			}},
			{
				Note: "which headers arrive: the Message Logging policy with " +
					"#[attributes.headers] before all others, for as long as it takes; its log " +
					"then contains tokens",
			},
		},
	}
}
