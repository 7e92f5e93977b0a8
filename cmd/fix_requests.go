package cmd

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// fixRequest is a request that is run before and after a repair.
type fixRequest struct {
	name    string
	request *rules.Request
}

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
func (e *Env) readRequests(flags *fixFlags, f *fixer) (err error) {
	if flags.contracts != "" {
		if f.contracts, err = e.readContracts(flags.contracts); err != nil {
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
		f.requests = append(f.requests, fixRequest{name, &rules.Request{Token: token, At: at, Contracts: f.contracts, Signatures: assumedValid{}}})
	}
	return nil
}
