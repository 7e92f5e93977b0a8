package cmd

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/demo"
	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func newDemo(env *Env) *cobra.Command {
	var output outputFlags
	cmd := &cobra.Command{
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
	style := output.style(e)
	for i, s := range demo.Scenes() {
		text := render.NewText(style)
		text.Blank()
		text.Para(0, text.Paint(render.Strong, fmt.Sprintf("%d. %s", i+1, s.Title)))
		text.Para(0, s.Story)
		if style.Detail == render.Short {
			text.Blank() // a short screen has none of its own
		}
		if _, err := text.WriteTo(e.Stdout); err != nil {
			return err
		}
		if err := e.play(&s, key, output); err != nil {
			return err
		}
	}
	text := render.NewText(style)
	text.Heading("next")
	text.Para(2, "Explain a token of your own with your gateway's policies. The command asks "+
		"for the token.")
	text.Command(2, "gatewhy explain -p POLICY")
	text.Para(2, "Where you do not have the policies yet, this prints the commands that fetch "+
		"them.")
	text.Command(2, "gatewhy collect")
	_, err = text.WriteTo(e.Stdout)
	return err
}

// play runs a scene's policy over its tokens.
func (e *Env) play(s *demo.Scene, key *demoTenantKey, output *outputFlags) error {
	content, err := demo.Policy(s.Policy)
	if err != nil {
		return err
	}
	file, err := source.Read(s.Policy, content)
	if err != nil {
		return err
	}
	policies, err := e.Gateways.Read([]*source.File{file}, rules.Options{})
	if err != nil {
		return err
	}
	run := &report.Explainer{Policies: policies}
	run.Line.Once = true // the policies are in no file that a command could name
	if run.Request, err = e.demoRequest(s.Tokens[0], key); err != nil {
		return err
	}
	explanation := run.Explain()
	if !s.Repairs {
		explanation.Repairs, explanation.Refused = nil, nil
		explanation.Next = nil // it would help a token in that is kept out on purpose
	}
	text := render.NewText(output.style(e))
	render.ExplainText(text, explanation)
	if output.style(e).Detail == render.Short && len(s.Tokens) > 1 {
		text.Blank()
	}
	for _, token := range s.Tokens[1:] {
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

// demoRequest is a request with a token that was issued a moment ago, to an API where both
// environments' clients have a contract.
func (e *Env) demoRequest(t demo.Token, key *demoTenantKey) (*rules.Request, error) {
	now := e.Now()
	token, err := key.sign(t.Claims(now.Add(-5 * time.Minute)))
	if err != nil {
		return nil, err
	}
	return &rules.Request{
		Token: token, At: now,
		Contracts:  &rules.Contracts{IDs: demo.Contracts()},
		Signatures: &report.Signatures{Given: key.set},
	}, nil
}

// demoKeyID is the kid of the throwaway key.
const demoKeyID = "demo-key"

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

// sign signs the claims of a token.
func (k *demoTenantKey) sign(claims string) (*inspect.Token, error) {
	signed, err := k.signer.Sign([]byte(claims))
	if err != nil {
		return nil, err
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		return nil, err
	}
	return inspect.Parse(compact), nil
}
