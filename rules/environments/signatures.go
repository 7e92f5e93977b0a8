package environments

import (
	"net/url"
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// modelled answers for modelled tokens, which nobody has signed: one that this cloud issues verifies with every key
// document of the cloud, its tenant's own and common alike, since tenants share their signing keys (kb-005321722, what it leaves out,
// 5), and for every validation endpoint.
type modelled struct{ cloud *entra.Cloud }

// Verify says whether a token of the cloud would verify with the key.
func (m modelled) Verify(_ *inspect.Token, key *rules.Key) rules.SignatureResult {
	switch {
	case key.Text != "" && key.HMAC:
		return rules.SignatureResult{Result: keys.Result{Outcome: keys.Fail, Why: "Entra ID signs nothing with a shared secret"}}
	case key.Text != "":
		return unsure("it is not known whether the policy's own key is one of Entra ID's")
	case key.URL == "":
		return passes()
	}
	u, err := url.Parse(key.URL)
	if err != nil || !entra.IsEntraHost(u.Hostname()) {
		return unsure("it is not known whether " + key.URL + " gives Entra ID's keys")
	}
	if cloud, ok := entra.CloudOf(u.Hostname()); ok && !m.sameCloud(cloud, u.Hostname()) {
		return unsure("the policy has the keys of another cloud, which share some with this one's")
	}
	return passes()
}

// sameCloud reports whether a host gives the cloud's keys; one host may belong to two clouds.
func (m modelled) sameCloud(cloud entra.Cloud, host string) bool {
	return cloud.ID == m.cloud.ID || host == m.cloud.Host || slices.Contains(m.cloud.Aliases, host)
}

func passes() rules.SignatureResult {
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Pass, Why: "modelled: a token that Entra ID has signed"}}
}

func unsure(why string) rules.SignatureResult {
	return rules.SignatureResult{Unknown: &rules.Unknown{Why: why}}
}
