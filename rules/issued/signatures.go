package issued

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// signatures are those of the token: a forger's never verifies.
func (t *Token) signatures() rules.Signatures {
	if t.freedom == everything {
		return forged{}
	}
	return genuine{&t.in.cloud}
}

// genuine answers for modelled tokens, which nobody has signed: one that this cloud issues
// verifies with every key document of the cloud, its tenant's own and common alike, since tenants
// share their signing keys, and for every validation endpoint.
type genuine struct{ cloud *entra.Cloud }

// Verify says whether a token of the cloud would verify with the key.
func (g genuine) Verify(_ *inspect.Token, key *rules.Key) rules.SignatureResult {
	switch {
	case key.Own && key.Text == "":
		return unsure("the policy verifies with its own key, which is not in the file")
	case key.Text != "" && key.HMAC:
		return fails("Entra ID signs nothing with a shared secret")
	case key.Text != "":
		return unsure("it is not known whether the policy's own key is one of Entra ID's")
	case key.Unread != nil:
		return rules.SignatureResult{Unknown: key.Unread}
	case key.URL == "":
		return passes("modelled: a token that Entra ID has signed")
	}
	var result rules.SignatureResult
	for _, address := range key.Addresses() {
		if result = g.keysAt(address); result.Unknown == nil {
			break
		}
	}
	return result
}

// keysAt says whether the document at an address has the keys that the cloud signs with. Those of
// another cloud share some with this one's, an app's own (?appid=) and those of B2C and External
// ID are others.
func (g genuine) keysAt(address string) rules.SignatureResult {
	u, err := url.Parse(address)
	switch {
	case err != nil || !isHostOf(g.cloud, u.Hostname()):
		return unsure("it is not known whether the keys at " + address +
			" are those that " + g.cloud.Name + " signs with")
	case u.Query().Has("appid"):
		return unsure("the policy has the keys of one application, " +
			"and it is not known for which tokens Entra ID signs with them")
	}
	return passes("modelled: a token that Entra ID has signed")
}

func isHostOf(cloud *entra.Cloud, host string) bool {
	host = strings.ToLower(host)
	return host == cloud.Host || slices.Contains(cloud.Aliases, host)
}

// forged answers for tokens that their holder has written.
type forged struct{}

func (forged) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return fails("anyone who makes up a token does not have Entra ID's keys")
}

func passes(why string) rules.SignatureResult {
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Pass, Why: why}}
}

func fails(why string) rules.SignatureResult {
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Fail, Why: why}}
}

func unsure(why string) rules.SignatureResult {
	return rules.SignatureResult{Unknown: &rules.Unknown{Why: why}}
}
