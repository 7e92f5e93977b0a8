package cmd

import (
	"crypto/rand"
	"crypto/rsa"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

//go:embed demo/*.json
var demoPolicies embed.FS

// scene is one of the article's four: a policy of the UAT gateway, and tokens that arrive at it.
type scene struct {
	title, story string
	policy       string
	repairs      bool // whether to show those for the first token: it is one that belongs here
	tokens       []demoToken
}

// demoToken is a token of the demonstration. The first one of a scene is explained, of the others
// the answer is given.
type demoToken struct{ environment, client, scopes string }

func (t demoToken) String() string {
	name := "an app-only token of "
	if t.scopes != "" {
		name = "a user's token of "
	}
	return name + map[string]string{"dev": "DEV", "uat": "UAT"}[t.environment]
}

// scenes are the two symptoms and the two solutions of Salesforce KB 005321722.
func scenes() []scene {
	uat, dev := demoToken{"uat", demoClient, ""}, demoToken{"dev", demoDev, ""}
	uatUser := demoToken{"uat", demoClient, "UAT.Access"}
	devUser := demoToken{"dev", demoDev, "DEV.Access"}
	return []scene{
		{
			"Symptom 1: a good token is rejected",
			"The UAT API has the OpenID Connect policy, and client ids are validated. A good " +
				"UAT token arrives.",
			"oidc-strict.json", true,
			[]demoToken{uat},
		},
		{
			"Symptom 2: a token of another environment is let in",
			"To cure the 403, the team skips the client id check. One tenant signs the tokens " +
				"of DEV and UAT. A DEV token arrives at UAT.",
			"oidc-skipped.json", false,
			[]demoToken{devUser, uatUser},
		},
		{
			"Solution A: JWT Validation with the environment's audience",
			"The client id comes from appid, the audience is UAT's, and the issuer is pinned, " +
				"which the article leaves out. A DEV token arrives at UAT.",
			"jwt-validation.json", false,
			[]demoToken{dev, uat},
		},
		{
			"Solution B: a scope for each environment",
			"The OpenID Connect policy stays and requires UAT.Access. A DEV token arrives at " +
				"UAT. What the article leaves out: app-only tokens carry no scopes, so daemons " +
				"are locked out.",
			"oidc-scope.json", false,
			[]demoToken{devUser, uatUser, uat},
		},
	}
}

func newDemo(env *Env) *cobra.Command {
	var output outputFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show two symptoms and two solutions, without any input",
		Long: "demo plays the four scenes of Salesforce KB 005321722 on embedded policies and " +
			"on tokens that are signed with\n" +
			"a throwaway key. It needs no input and no network.",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return env.demo(&output) },
	}
	output.register(cmd, "text")
	output.registerDetail(cmd)
	return cmd
}

func (e *Env) demo(output *outputFlags) error {
	key, err := newDemoKey()
	if err != nil {
		return err
	}
	for i, s := range scenes() {
		text := render.NewText(output.style(e))
		text.Blank()
		text.Para(0, text.Paint(render.Strong, fmt.Sprintf("%d. %s", i+1, s.title)))
		text.Para(0, s.story)
		if _, err := text.WriteTo(e.Stdout); err != nil {
			return err
		}
		if err := e.play(&s, key, output); err != nil {
			return err
		}
	}
	return nil
}

// play runs a scene's policy over its tokens.
func (e *Env) play(s *scene, key *demoTenantKey, output *outputFlags) error {
	policies, err := e.demoPolicySet(s.policy)
	if err != nil {
		return err
	}
	run := &report.Explainer{Policies: policies}
	run.Line.Once = true // the policies are in no file that a command could name
	if run.Request, err = e.demoRequest(s.tokens[0], key); err != nil {
		return err
	}
	explanation, err := run.Explain()
	if err != nil {
		return err
	}
	if !s.repairs {
		explanation.Repairs, explanation.Refused = nil, nil
	}
	if err := render.ExplainText(e.Stdout, output.style(e), explanation); err != nil {
		return err
	}
	text := render.NewText(output.style(e))
	for _, token := range s.tokens[1:] {
		request, err := e.demoRequest(token, key)
		if err != nil {
			return err
		}
		verdict := rules.Evaluate(policies.Policies, request)
		text.Para(1, fmt.Sprintf("%s gets %s", token, render.OutcomeLine(&verdict)))
	}
	_, err = text.WriteTo(e.Stdout)
	return err
}

func (e *Env) demoPolicySet(name string) (*report.PolicySet, error) {
	content, err := demoPolicies.ReadFile("demo/" + name)
	if err != nil {
		return nil, err
	}
	file, err := source.Read(name, content)
	if err != nil {
		return nil, err
	}
	return e.Gateways.Read([]*source.File{file}, rules.Options{})
}

// demoRequest is a request with a token that was issued a moment ago, to an API where both
// environments' clients have a contract.
func (e *Env) demoRequest(t demoToken, key *demoTenantKey) (*rules.Request, error) {
	now := e.Now()
	token, err := key.token(t.environment, t.client, t.scopes, now.Add(-5*time.Minute))
	if err != nil {
		return nil, err
	}
	return &rules.Request{
		Token: token, At: now,
		Contracts:  &rules.Contracts{IDs: []string{demoClient, demoDev}},
		Signatures: &report.Signatures{Given: key.set},
	}, nil
}

// The parties of the demonstration, all made up.
const (
	demoTenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	demoClient = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	demoDev    = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"
	demoKeyID  = "demo-key"
)

// demoTenantKey is the one key with which the tenant signs every environment's tokens.
type demoTenantKey struct {
	signer jose.Signer
	set    *keys.Set
}

func newDemoKey() (*demoTenantKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", demoKeyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: private}, options)
	if err != nil {
		return nil, err
	}
	public := jose.JSONWebKey{Key: private.Public(), KeyID: demoKeyID, Use: "sig"}
	document, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
	if err != nil {
		return nil, err
	}
	set, err := keys.Parse("the demonstration's tenant", document)
	return &demoTenantKey{signer, set}, err
}

// token signs a v1.0 token as Entra ID issues it: for an environment's API, and its client.
// Without scopes it is app-only.
func (k *demoTenantKey) token(
	environment, client, scopes string, at time.Time,
) (*inspect.Token, error) {
	example := issued.Example{
		Tenant: demoTenant, Audience: "api://orders-" + environment, Client: client,
		User: scopes != "", Scopes: strings.Fields(scopes), At: at,
	}
	signed, err := k.signer.Sign([]byte(example.Claims().JSON()))
	if err != nil {
		return nil, err
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		return nil, err
	}
	return inspect.Parse(compact), nil
}
