package report

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// CollectionNames lists the names of collections.
func CollectionNames(all []rules.Collection) []string {
	return source.Each(all, func(c rules.Collection) string { return c.Name })
}

// Collections lists what can be collected, of the gateways first.
func (g Gateways) Collections(cloudID string) []rules.Collection {
	var all []rules.Collection
	for _, adapter := range g {
		all = append(all, adapter.Collect()...)
	}
	return collectionsWith(all, cloudID)
}

// collectionsWith are a gateway's collections, and those of Entra ID.
func collectionsWith(gateway []rules.Collection, cloudID string) []rules.Collection {
	return append(gateway, entraCollections(CloudNamed(cloudID))...)
}

// collectionOf is the first collection that gives an input.
func collectionOf(input source.Input, all []rules.Collection) (rules.Collection, bool) {
	i := slices.IndexFunc(all, func(c rules.Collection) bool {
		return slices.Contains(c.Takes, input)
	})
	if i < 0 {
		return rules.Collection{}, false
	}
	return all[i], true
}

// takesID reports whether a collection's commands have a place for an id.
func takesID(c *rules.Collection, placeholder string) bool {
	return slices.ContainsFunc(c.Steps, func(s rules.Step) bool {
		return strings.Contains(s.Command, placeholder)
	})
}

// IsCollectID reports whether a text can stand in a command as it is: at most 100 letters, digits,
// dots, underscores and hyphens. The first one must be a letter or a digit.
func IsCollectID(text string) bool {
	return text != "" && len(text) <= 100 && source.IsPlain(text[:1], "") &&
		source.IsPlain(text, "._-")
}

// entraCollections are the commands that fetch the inputs from Entra ID: the Azure CLI's, and the
// public addresses of the keys.
func entraCollections(cloud entra.Cloud) []rules.Collection {
	signIn := azureSignIn(cloud)
	signIn = signIn[:len(signIn):len(signIn)] // what is appended to it is its copy
	// one page after the other; the last one's link, if a page fails, says that there are more
	assigned := `url="https://` + graphHost(cloud) + `/v1.0/servicePrincipals(appId='{app-id}')/` +
		`appRoleAssignedTo?\$top=999"; while [ "$url" != null ]; do page=$(az rest --method get ` +
		`--url "$url") || break; printf '%s\n' "$page"; url=$(printf '%s' "$page" | ` +
		`jq -r '."@odata.nextLink"'); done | jq -s '{value: map(.value[]), "@odata.nextLink": ` +
		`.[-1]."@odata.nextLink"}' > assignments.json`
	return []rules.Collection{
		{
			Name:  "app",
			Title: "an app registration: the API's, or a client's",
			Takes: []source.Input{source.NeedRegistrations},
			Steps: append(signIn, rules.Step{
				Note: "it shows the token version, the App ID URIs, the roles and the scopes; " +
					"the application's id is in App registrations > (the app) > Overview",
				Command: `az ad app show --id {app-id} -o json > app.json`,
			}),
		},
		{
			Name:  "service-principal",
			Title: "the app's service principal in the tenant, and who has its roles",
			Takes: []source.Input{source.NeedRegistrations},
			Steps: append(signIn,
				rules.Step{
					Note:    "whether assignment is required",
					Command: `az ad sp show --id {app-id} -o json > service-principal.json`,
				},
				rules.Step{Note: "all clients, and which have which roles", Command: assigned}),
		},
		{
			Name:  "keys",
			Title: "the keys that sign the tenant's tokens",
			Takes: []source.Input{source.NeedKeySet},
			Steps: []rules.Step{
				{
					Note: "of v2.0 tokens, and usually of v1.0 tokens too; the tenant's id is " +
						"tid in its tokens",
					Command: keysCommand(cloud, entra.V2, "", "keys.json"),
				},
				{
					Note:    "of v1.0 tokens",
					Command: keysCommand(cloud, entra.V1, "", "keys-v1.json"),
				},
				{
					Note: "of an app with a signing key of its own (claims mapping): " +
						"the API's application id",
					Command: keysCommand(cloud, entra.V2, "{app-id}", "keys-app.json"),
				},
			},
		},
	}
}

// azureSignIn is how the Azure CLI gets into the tenant.
func azureSignIn(cloud entra.Cloud) []rules.Step {
	var steps []rules.Step
	switch cloud.ID {
	case "usgov":
		command := `az cloud set --name AzureUSGovernment`
		steps = append(steps, rules.Step{Note: "the cloud", Command: command})
	case "china":
		command := `az cloud set --name AzureChinaCloud`
		steps = append(steps, rules.Step{Note: "the cloud", Command: command})
	}
	return append(steps, rules.Step{
		Note:    "sign in, if you have not done so yet",
		Command: `az login --tenant {tenant} --allow-no-subscriptions`,
	})
}

// graphHost is the host of Microsoft Graph in a cloud (learn.microsoft.com/graph/deployments); a
// word to fill in for a cloud that this page does not have.
func graphHost(cloud entra.Cloud) string {
	switch cloud.ID {
	case "public":
		return "graph.microsoft.com"
	case "usgov":
		return "graph.microsoft.us"
	case "china":
		return "microsoftgraph.chinacloudapi.cn"
	}
	return "GRAPH-HOST"
}

// keysCommand asks for the keys of the tenant, whose id is still a placeholder: a word, since an
// address takes no braces.
func keysCommand(cloud entra.Cloud, version entra.Version, appID, file string) string {
	url := entra.KeysURL(cloud, "TENANT", version, "")
	url = strings.Replace(url, "/TENANT/", "/{tenant}/", 1)
	if appID != "" {
		url += "?appid=" + appID
	}
	return `curl -sSf '` + url + `' > ` + file
}
