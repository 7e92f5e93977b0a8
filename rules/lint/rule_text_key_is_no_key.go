package lint

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

func textKeyIsNoKey() rules.Rule {
	return rules.Rule{
		Name:  "text-key-is-no-key",
		Title: "the key in the policy is not a key",
		Why: "A text that is not a public key can't verify a signature, a private key must not " +
			"be here at all, and a short shared secret can be guessed.",
		Fix: "Put in the PEM text of the public key or of the certificate; for HMAC a secret of " +
			"at least 32 random bytes.",
		Severity:   rules.Error,
		References: []string{algorithmsRFC},
		Check: eachCheck(func(c *rules.Check) []rules.Finding {
			key := c.Test.Key
			if c.ID != rules.Signature || !inForce(c) || key == nil || key.Text == "" {
				return nil
			}
			fault := faultOf(key)
			if fault == "" {
				return nil
			}
			return one(at(c, "%s", fault))
		}),
	}
}

// shortest is the length of an HMAC secret for HS256, in bytes (RFC 7518, section 3.2).
const shortest = 32

// faultOf says what is wrong with a key, and never shows it.
func faultOf(key *rules.Key) string {
	if key.HMAC {
		if n := len(key.Text); n < shortest {
			return fmt.Sprintf("the shared secret has %d bytes: fewer than %d can be guessed",
				n, shortest)
		}
		return ""
	}
	parse := keys.ParsePEM
	if key.Set {
		parse = func(origin, text string) (*keys.Set, error) {
			return keys.Parse(origin, []byte(text))
		}
	}
	set, err := parse("the key", key.Text)
	if err != nil && key.Set {
		return "this is not a key set"
	}
	if err != nil {
		return "this is not a public key or certificate, with or without its header and footer " +
			"lines"
	}
	for _, k := range set.Keys {
		if k.Fault != "" {
			return k.Fault
		}
	}
	return ""
}
