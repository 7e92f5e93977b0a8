package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// Pieces of the commands. The token goes to curl through a pipe, since other users of the machine can read a command's
// arguments.
const (
	manager = `printf 'Authorization: Bearer %s' "$ANYPOINT_TOKEN" | curl -sSf -H @- 'https://{anypoint}/apimanager/api/v1/organizations/{org}`
	ofAPI   = manager + `/environments/{environment}/apis/{api}`
)

// collections are the commands that fetch the inputs from Anypoint Platform and from the gateway (API Manager's REST API;
// anypoint-cli-v4; curl).
func collections() []rules.Collection {
	return []rules.Collection{signIn(), instanceToCollect(), policiesToCollect(), contractsToCollect(), introspectionToCollect(), requestToCollect()}
}

func signIn() rules.Collection {
	return rules.Collection{
		Name: "anypoint-token", Title: "an access token for Anypoint Platform, for the commands below",
		Steps: []rules.Step{
			{
				"of a connected app with the scope View APIs Configuration, whose id and secret are in the two variables",
				`ANYPOINT_TOKEN=$(printf 'data-urlencode = "grant_type=client_credentials"\ndata-urlencode = "client_id=%s"\ndata-urlencode = "client_secret=%s"\n' "$ANYPOINT_CLIENT_ID" "$ANYPOINT_CLIENT_SECRET" | curl -sSf -K - 'https://{anypoint}/accounts/api/v2/oauth2/token' | jq -r .access_token)`,
			},
		},
	}
}

func instanceToCollect() rules.Collection {
	return rules.Collection{
		Name: "api-instance", Title: "which gateway runs the API, and whether it is bound to its instance", Flag: "--gateway and --runtime",
		Steps: []rules.Step{
			{"technology tells Mule Gateway from Flex Gateway, status whether a gateway has registered for it", ofAPI + `' > api-instance.json`},
			{"the version of the Mule runtime: Runtime Manager, or the first lines of the application's log", ""},
		},
	}
}

func policiesToCollect() rules.Collection {
	return rules.Collection{
		Name: "policies", Title: "the policies of the API instance", Flag: "-p",
		Steps: []rules.Step{
			{"in full, with their order and routes", ofAPI + `/policies' > policies.json`},
			{"the automated policies, which apply beside them", manager + `/automated-policies?environmentId={environment}' > automated.json`},
			{"the same with the command line tool, which leaves out order and routes; it reads ANYPOINT_CLIENT_ID and ANYPOINT_CLIENT_SECRET", `anypoint-cli-v4 api-mgr policy list {api} --organization {org} --environment {environment} -o json > policies.json`},
			{"of Flex Gateway in local mode, on its host", `cp -r /usr/local/share/mulesoft/flex-gateway/conf.d policies`},
		},
	}
}

func contractsToCollect() rules.Collection {
	return rules.Collection{
		Name: "contracts", Title: "the client ids that have an approved contract", Flag: "--contracts",
		Steps: []rules.Step{
			{"up to 100 of them; where total in the answer is larger, once more with offset=100", ofAPI + `/contracts?limit=100&offset=0' > contracts.json`},
			{"where the instance is in an API group: the group's contracts in API Manager, API Groups; they admit clients too", ""},
			{"whether the client provider of the environment is Anypoint's own: Access Management, Client Providers, and the environment's settings there", ""},
		},
	}
}

func introspectionToCollect() rules.Collection {
	return rules.Collection{
		Name: "introspection", Title: "the answer of the client provider's validation endpoint for the token", Flag: "--introspection",
		Steps: []rules.Step{
			{"the endpoint's address and its client: Access Management, Client Providers. Entra ID itself has no such endpoint", ""},
			{"the token, typed or pasted without showing it", `read -rs TOKEN`},
			{
				"as the gateway asks, with the credentials in the body. It sends the token to that endpoint",
				`printf 'data-urlencode = "token=%s"\ndata-urlencode = "client_id=%s"\ndata-urlencode = "client_secret=%s"\n' "$TOKEN" "$INTROSPECTION_CLIENT_ID" "$INTROSPECTION_CLIENT_SECRET" | curl -sS -K - "$INTROSPECTION_URL" > introspection.json`,
			},
		},
	}
}

func requestToCollect() rules.Collection {
	return rules.Collection{
		Name: "request", Title: "a request as it is sent, and what the gateway answers", Flag: "-H, --method, --path and --observed-…",
		Steps: []rules.Step{
			{"of a browser or an app behind a proxy: save the traffic as a HAR file; the token is read from it", `gatewhy explain @traffic.har -p policies.json`},
			{"the token, typed or pasted without showing it", `read -rs TOKEN`},
			{"the request by hand; it prints the status", `printf 'Authorization: Bearer %s' "$TOKEN" | curl -sS -D headers.txt -o body.txt -w '%{http_code}\n' -H @- "$API_URL"`},
			{"then, with that status", `gatewhy explain -p policies.json --observed-status STATUS --observed-body @body.txt`},
			{"which headers arrive: the Message Logging policy with #[attributes.headers] before all others, for as long as it takes; its log then holds tokens", ""},
		},
	}
}
