package cmd

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// assumedValid is what verifies a token whose signature is taken to be good: a repair changes nothing about it.
// Where the policy's own key is none, nothing verifies.
type assumedValid struct{}

func (assumedValid) Verify(_ *inspect.Token, key *rules.Key) rules.SignatureResult {
	if key.Text != "" && !key.HMAC {
		if _, unknown := ownKey(key.Text); unknown != nil {
			return rules.SignatureResult{Unknown: unknown}
		}
	}
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Pass, Why: "assumed to verify"}}
}

// readRequests makes a request of each token that was given, one second after it was issued.
func (e *Env) readRequests(flags *fixFlags, fix *repair.Fix) (err error) {
	if flags.contracts != "" {
		if fix.Contracts, err = e.readContracts(flags.contracts); err != nil {
			return err
		}
	}
	for _, text := range flags.tokens {
		token, err := e.readToken([]string{text})
		if err != nil {
			return err
		}
		at := e.Now()
		if issued, ok := token.JustIssued(); ok {
			at = issued
		}
		name := "the token given"
		if rest, ok := strings.CutPrefix(text, "@"); ok {
			name = rest
		}
		request := &rules.Request{
			Token:      token,
			At:         at,
			Contracts:  fix.Contracts,
			Signatures: fix.Signatures,
		}
		fix.Given = append(fix.Given, repair.Given{Name: name, Request: request})
	}
	return nil
}

// learnApp takes from the app registration what the user has not told: the version of the API's
// tokens, and their audience where it can only be one.
func (j *fixJob) learnApp() {
	if j.apps == nil || len(j.apps.Apps) != 1 {
		return
	}
	app := j.apps.Apps[0]
	version, ok := app.TokenVersion()
	if j.Facts.Version == 0 && ok {
		j.Facts.Version = version
	}
	switch {
	case j.Facts.Audience != "":
	case j.Facts.Version == entra.V2 && app.AppID.Known():
		j.Facts.Audience = app.AppID.Value
	case j.Facts.Version == entra.V1 && len(app.URIs) == 1 && app.URIs[0].Known():
		j.Facts.Audience = app.URIs[0].Value
	}
}
