package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func keySetNotFetchable() rules.Rule {
	return rules.Rule{
		Name:  "key-set-not-fetchable",
		Title: "there are no keys at the key URL",
		Why: "The gateway can't fetch a key set from such an address, and without keys no " +
			"signature verifies: nobody gets in.",
		Fix: "Write the whole address of the key set, such as " +
			"https://login.microsoftonline.com/TENANT/discovery/v2.0/keys.",
		Severity:   rules.Error,
		Lesser:     "a warning if the policy has keys from another address too",
		References: []string{accessTokens, keySetFormat},
		Check:      eachCheck(checkKeyAddresses),
	}
}

// checkKeyAddresses leaves out the metadata document, which has a rule of its own.
func checkKeyAddresses(c *rules.Check) []rules.Finding {
	if c.ID != rules.Signature || !inForce(c) || c.Test.Key == nil {
		return nil
	}
	key := c.Test.Key
	isMetadata := func(address string) bool {
		keys, ok := entra.ParseKeysURL(address)
		return ok && keys.Discovery
	}
	var found []rules.Finding
	addresses := key.Addresses()
	switch {
	case key.Nowhere != "":
		found = one(at(c, "no key can be fetched from here: %s", key.Nowhere))
	case key.URL != "":
		faulty := func(address string) bool { return rules.AddressFault(address) != "" }
		if i := slices.IndexFunc(addresses, faulty); i >= 0 {
			f := at(c, "no key can be fetched from %s: %s",
				addresses[i], rules.AddressFault(addresses[i]))
			found = one(less(f, rules.Warning))
		}
	}
	if len(found) > 0 && slices.ContainsFunc(addresses, isMetadata) {
		return nil
	}
	return found
}
