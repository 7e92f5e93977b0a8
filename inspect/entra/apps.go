package entra

import "strings"

// App is a well-known application of Microsoft: an API that tokens are for, or a client that asks
// for them.
type App struct {
	ID   string
	Name string
	URIs []string // the App ID URIs of an API, without a slash at the end; none for a client
}

// Graph is the application id of Microsoft Graph.
const Graph = "00000003-0000-0000-c000-000000000000"

// apps are those that turn up in support: APIs that people request a token for by mistake, and
// clients that they fetch tokens for tests with.
//
// Ids and names are from
// learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in; for
// the data planes of Azure they are the service principals that their documentation names. URIs
// are from the resource tables of the Azure SDKs and the Azure CLI (az cloud show).
var apps = [...]App{
	{
		Graph, "Microsoft Graph",
		[]string{
			"https://graph.microsoft.com", "https://graph.microsoft.us",
			"https://dod-graph.microsoft.us", "https://microsoftgraph.chinacloudapi.cn",
			"https://graph.microsoft.de",
		},
	},
	{
		"00000002-0000-0000-c000-000000000000", "Azure AD Graph (retired)",
		[]string{
			"https://graph.windows.net", "https://graph.microsoftazure.us",
			"https://graph.chinacloudapi.cn",
		},
	},
	{
		"797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager",
		[]string{
			"https://management.azure.com", "https://management.core.windows.net",
			"https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net",
			"https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn",
		},
	},
	{
		"cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault",
		[]string{"https://vault.azure.net", "https://vault.azure.cn"},
	},
	{
		"7e7c393b-45d0-48b1-a35e-2905ddf8183c", "Azure Key Vault (US Government)",
		[]string{"https://vault.usgovcloudapi.net"},
	},
	{
		"e406a681-f3d4-42a8-90b6-c2b029497af1", "Azure Storage",
		[]string{"https://storage.azure.com"},
	},
	{
		"022907d3-0f1b-48f7-badc-1ba6abab6d66", "Azure SQL Database",
		[]string{
			"https://database.windows.net", "https://database.usgovcloudapi.net",
			"https://database.chinacloudapi.cn",
		},
	},
	{
		"123cd850-d9df-40bd-94d5-c9f07b7fa203", "Azure Database for PostgreSQL and MySQL",
		[]string{"https://ossrdbms-aad.database.windows.net"},
	},
	{
		"80a10ef9-8168-493d-abf9-3297c4ef6e3c", "Azure Service Bus",
		[]string{"https://servicebus.azure.net"},
	},
	{
		"80369ed6-5f11-4dd9-bef3-692475845e77", "Azure Event Hubs",
		[]string{"https://eventhubs.azure.net"},
	},
	{
		"35ffadb3-7fc1-497e-b61b-381d28e744cc", "Azure App Configuration",
		[]string{"https://azconfig.io"},
	},
	{
		"7d312290-28c8-473c-a0ed-8e53749b6d6d", "Azure AI services",
		[]string{"https://cognitiveservices.azure.com"},
	},
	{
		"880da380-985e-4198-81b9-e05b1cc53158", "Azure AI Search",
		[]string{"https://search.azure.com"},
	},
	{
		"2746ea77-4702-4b45-80ca-3c97e680e8b7", "Azure Data Explorer",
		[]string{"https://help.kusto.windows.net"},
	},
	{
		"ca7f3f0b-7d91-482c-8e09-c5d840d0eac5", "Log Analytics API",
		[]string{"https://api.loganalytics.io"},
	},
	{"2ff814a6-3304-4ab8-85cb-cd0e6f879c1d", "Azure Databricks", nil},
	{
		"499b84ac-1321-427f-aa17-267ca6975798", "Azure DevOps",
		[]string{"https://app.vssps.visualstudio.com"},
	},
	{
		"00000009-0000-0000-c000-000000000000", "Power BI Service",
		[]string{"https://analysis.windows.net/powerbi/api"},
	},
	{"00000007-0000-0000-c000-000000000000", "Dataverse", nil},
	{
		"00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online",
		[]string{"https://outlook.office365.com", "https://outlook.office.com"},
	},
	{"00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online", nil},
	{"00000004-0000-0ff1-ce00-000000000000", "Skype for Business Online", nil},
	{"c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal", nil},
	{AzureCLI, "Microsoft Azure CLI", nil},
	{"1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell", nil},
	{"14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools", nil},
	{"de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer", nil},
	{"aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code", nil},
	{"872cd9fa-d31f-45e0-9eab-6e460a02d1f1", "Visual Studio", nil},
	{"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams", nil},
	{"5e3ce6c0-2b1f-4285-8d4b-75ee78787346", "Microsoft Teams Web Client", nil},
	{"d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office", nil},
	{"29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker", nil},
}

// AzureCLI is the application id of the Azure CLI.
const AzureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// AppByID returns the well-known application with this application id, in either case.
func AppByID(id string) (App, bool) {
	for _, app := range apps {
		if strings.EqualFold(app.ID, id) {
			return app, true
		}
	}
	return App{}, false
}

// MicrosoftAPI returns the API of Microsoft that an audience names: by its application id, alone
// or behind spn:, or by its App ID URI with or without a slash at the end.
func MicrosoftAPI(audience string) (App, bool) {
	if app, ok := AppByID(strings.TrimPrefix(audience, "spn:")); ok {
		return app, true
	}
	if len(audience) > 200 {
		return App{}, false
	}
	uri := strings.ToLower(strings.TrimRight(audience, "/"))
	for _, app := range apps {
		for _, known := range app.URIs {
			if uri == known {
				return app, true
			}
		}
	}
	if uri == "https://api.botframework.com" { // no source gives its application id
		return App{Name: "Bot Framework", URIs: []string{uri}}, true
	}
	return tenantHost(uri)
}

// tenantHost returns the API whose App ID URI has a host of the tenant.
func tenantHost(uri string) (App, bool) {
	for _, known := range [...]struct{ suffix, id string }{
		{".sharepoint.com", "00000003-0000-0ff1-ce00-000000000000"},
		{".dynamics.com", "00000007-0000-0000-c000-000000000000"},
		{".vault.azure.net", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"},
		{".kusto.windows.net", "2746ea77-4702-4b45-80ca-3c97e680e8b7"},
	} {
		if strings.HasPrefix(uri, "https://") && strings.HasSuffix(uri, known.suffix) {
			return AppByID(known.id)
		}
	}
	return App{}, false
}
