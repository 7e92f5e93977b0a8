package cmd

import "strings"

// helpExamples are what the help of each command shows: what people most often ask of it.
var helpExamples = [...]struct{ command, text string }{
	{"decode", `
gatewhy decode                                # paste the token at the prompt
gatewhy decode @ticket-4711.txt -o markdown   # the block for a ticket, without the token
gatewhy decode --claim azp                    # what a claim means`},
	{"verify", `
gatewhy verify --tenant contoso.example       # the token at the prompt
gatewhy verify @token.jwt --jwks keys.json
gatewhy verify @old.jwt --at issued           # as it was one second after it was issued`},
	{"explain", `
gatewhy explain @token.jwt -p policies.json
gatewhy explain @request.txt --env uat        # a curl command; the policies of gatewhy.yaml
gatewhy explain @token.jwt -p policies.json --observed-status 403 --observed-body @answer.json`},
	{"probe", `
gatewhy probe https://api.example.com/orders @token.jwt -p policies.json
gatewhy probe https://api.example.com/orders -p policies.json -o markdown
gatewhy probe --all -c gatewhy.yaml           # every environment's tokens, at every url:`},
	{"lint", `
gatewhy lint policies
gatewhy lint 'gateway/**/*.yaml' --gateway flex --fail-on warning
gatewhy lint . -o sarif -O gatewhy.sarif      # for code scanning`},
	{"scan", `
gatewhy scan tokens.txt -p policies.json
gatewhy scan access.log.gz --before old.json --after new.json
gatewhy scan logs.ndjson --env uat --json-path request.headers.auth -o ndjson`},
	{"pull", `
gatewhy pull estate                           # all environments of the organisation
gatewhy pull estate --environment UAT --api 18234711 --host eu
gatewhy pull estate --from azure              # the app registrations, through az`},
	{"init", `
gatewhy init                                  # writes gatewhy.yaml
gatewhy init infra -c -                       # shows what it would write`},
	{"matrix", `
gatewhy matrix
gatewhy matrix --fix                          # which changes put every cell right
gatewhy matrix -c infra/gatewhy.yaml -o html -O matrix.html`},
	{"test", `
gatewhy test tests
gatewhy test tests --env uat --coverage
gatewhy test tests -o junit -O gatewhy.xml    # for a CI server`},
	{"fix", `
gatewhy fix policies.json                     # the change as a diff
gatewhy fix policies --rule audience-not-checked --audience api://orders-uat --write
gatewhy fix policies.json --solution jwt --token @uat.jwt --token @dev.jwt`},
	{"keys", `
gatewhy keys --tenant contoso.example
gatewhy keys --tenant contoso.example --clouds
gatewhy keys keys.json -o json`},
	{"rules", `
gatewhy rules
gatewhy rules any-client-accepted             # one rule in full`},
	{"gateways", `
gatewhy gateways
gatewhy gateways flex                         # what is known of one, with its evidence
gatewhy gateways -o json`},
	{"collect", `
gatewhy collect                               # all that can be fetched
gatewhy collect keys --tenant contoso.example`},
	{"demo", `
gatewhy demo
gatewhy demo --color always | less -R`},
	{"page", `
gatewhy page
gatewhy page --dir gatewhy-page               # the release's gatewhy-page.zip, unpacked`},
	{"version", `
gatewhy version
gatewhy --version`},
}

// examplesOf are the examples of a command as its help shows them.
func examplesOf(command string) string {
	for _, e := range helpExamples {
		if e.command == command {
			return strings.TrimPrefix(strings.ReplaceAll(e.text, "\n", "\n  "), "\n")
		}
	}
	return ""
}
