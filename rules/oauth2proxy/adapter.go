// Package oauth2proxy is the adapter for OAuth2 Proxy where it takes bearer tokens
// (skip_jwt_bearer_tokens): its configuration, what it checks of a token, what it answers, its own
// rules, and its repairs.
//
// Each instance of the program is one policy. Its options come from a file in TOML, the alpha
// configuration in YAML, arguments and the environment: settings.go knows which one counts. A
// reader of a format (configuration.go, arguments.go, manifest.go) yields options with their
// places, and does not know what one means; compile.go does not know formats. Every rule of the
// program is read from its source, v7.15.6; behaviours.go is the one place that has a status or a
// body.
package oauth2proxy

import (
	"slices"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Name is the gateway's name on the command line, and that of its one kind of policy.
const Name = "oauth2-proxy"

// product is the gateway as its makers call it.
const product = "OAuth2 Proxy"

// Adapter returns the adapter for OAuth2 Proxy. Its tables are built when something first reads
// them.
func Adapter() rules.Adapter {
	known := sync.OnceValue(newCommon)
	return rules.Adapter{
		Name:     Name,
		Variants: []rules.Variant{{Name: Name, Product: product}},
		Words: []string{
			"oauth2-proxy", "oauth2_proxy", "skip_jwt_bearer_tokens", "oidc_issuer_url",
		},
		Resources: resources,
		Kinds:     func() []string { return []string{Name} },
		Detect: func(file *source.File, _ rules.Options) bool {
			return mayBeOurs(file) && known().detect(file)
		},
		Read: func(
			files []*source.File, options rules.Options,
		) (*rules.Configuration, error) {
			return known().read(files, options)
		},
		Together: func(files []*source.File) [][]*source.File {
			if !slices.ContainsFunc(files, mayBeOurs) {
				return nil
			}
			return known().together(files)
		},
		Apart: true,
		Beside: func(file *source.File) bool {
			return file.Format == source.TOML && known().hasOption(file)
		},
		Compile:    compile,
		Behaviours: behaviours,
		Causes:     causes,
		Rules:      lintRules,
		Advice:     advice,
		Collect:    collections,
		Repairable: repairable,
		Changes:    rules.Changes(changeFor, proposals),
	}
}

// collections are the commands that fetch the configuration and a request from where the program
// runs.
func collections() []rules.Collection {
	return []rules.Collection{
		{
			Name:  "oauth2-proxy-config",
			Title: "the configuration of OAuth2 Proxy, as it runs",
			Takes: []source.Input{source.NeedPolicy, source.NeedPolicyKind},
			Steps: []rules.Step{
				{
					Note: "in Kubernetes: the workload, with its arguments and variables, and " +
						"the files that it reads; it holds no secret that the workload takes " +
						"from one",
					Command: "kubectl get deployments,configmaps --all-namespaces --selector=" +
						"app.kubernetes.io/name=oauth2-proxy --output=yaml > oauth2-proxy.yaml",
				},
				{
					Note: "a value that comes from a Secret, such as the client id: write it " +
						"into the file, in place of the variable",
				},
				{
					Note:    "of a Helm release, where the chart is not rendered",
					Command: "helm get values oauth2-proxy -o yaml > values.yaml",
				},
				{
					Note: "elsewhere: the file behind --config, and the command line that " +
						"starts the program as it is, in a file of its own",
				},
			},
		},
		{
			Name:  "oauth2-proxy-request",
			Title: "a request as OAuth2 Proxy gets it, and why it refused the token",
			Takes: []source.Input{source.NeedRequest, source.NeedHeader},
			Steps: []rules.Step{
				{
					Note: "the log has the method and the path of each request, and the reason " +
						"behind \"Error retrieving session from token in Authorization header\"",
					Command: "kubectl logs -l app.kubernetes.io/name=oauth2-proxy --tail=200",
				},
			},
		},
	}
}

// tellClientsApart says how the gateway lets in some clients alone.
const tellClientsApart = "OAuth2 Proxy does not look at azp or appid: restrict callers by " +
	"app roles, with oidc_groups_claim set to roles and the roles in allowed_groups."

// advice lists what this program's options are for the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		{
			Rule: "issuer-not-pinned",
			Fix: "OAuth2 Proxy compares the issuer unless " +
				"insecure_oidc_skip_issuer_verification is on.",
			References: []string{docEntra},
		},
		{
			Rule: "issuer-of-other-version",
			Fix: "In OAuth2 Proxy the issuer is oidc_issuer_url; extra_jwt_issuers takes both " +
				"versions beside each other.",
			References: []string{issueIssuer},
		},
		{
			Rule: "audience-of-microsoft-api",
			Fix:  "In OAuth2 Proxy the audiences are client_id and oidc_extra_audiences.",
		},
		{
			Rule: "audience-not-of-app",
			Fix: "In OAuth2 Proxy the client id is an audience too, that of ID tokens: an " +
				"access token for the API has the API's, which belongs into oidc_extra_audiences.",
			References: []string{issueAccess},
		},
		{Rule: "any-client-accepted", Fix: tellClientsApart, References: []string{docOptions}},
		{Rule: "assignment-not-required", Fix: tellClientsApart, References: []string{docOptions}},
	}
}
