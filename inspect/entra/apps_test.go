package entra

import (
	"strings"
	"testing"
)

func TestEveryWellKnownAppHasItsOwnIDAndURIs(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, app := range apps {
		if !IsGUID(app.ID) || app.ID != strings.ToLower(app.ID) || app.Name == "" {
			t.Errorf("%+v is not complete", app)
		}
		for _, key := range append([]string{app.ID}, app.URIs...) {
			if other, twice := seen[key]; twice {
				t.Errorf("%s stands for %s and for %s", key, other, app.Name)
			}
			seen[key] = app.Name
			if strings.HasSuffix(key, "/") || key != strings.ToLower(key) {
				t.Errorf("%s is not in the form that is compared", key)
			}
		}
	}
}

func TestMicrosoftAPIKnowsAnAudienceInEachOfItsForms(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, audience, want string }{
		{"Graph by its id", "00000003-0000-0000-c000-000000000000", "Microsoft Graph"},
		{"Graph by its URI", "https://graph.microsoft.com", "Microsoft Graph"},
		{"Graph by its URI with a slash", "https://graph.microsoft.com/", "Microsoft Graph"},
		{"Graph of US Government", "https://graph.microsoft.us", "Microsoft Graph"},
		{"Graph of the cloud that was Germany's", "https://graph.microsoft.de", "Microsoft Graph"},
		{"Bot Framework", "https://api.botframework.com/", "Bot Framework"},
		{
			"Azure Resource Manager with the slash that its tokens carry",
			"https://management.azure.com/", "Azure Resource Manager",
		},
		{
			"Azure AD Graph behind spn:", "spn:00000002-0000-0000-c000-000000000000",
			"Azure AD Graph (retired)",
		},
		{
			"SharePoint on a tenant's host", "https://contoso.sharepoint.com",
			"Office 365 SharePoint Online",
		},
		{"an id in capitals", "CFA8B339-82A2-471A-A3C9-0FC0BE7A4093", "Azure Key Vault"},
		{"an API of one's own is none of Microsoft's", "api://orders", ""},
		{
			"a host that only ends alike is none of Microsoft's",
			"https://graph.microsoft.com.evil.example", "",
		},
		{"no audience is none of Microsoft's", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app, ok := MicrosoftAPI(test.audience)
			if app.Name != test.want || ok != (test.want != "") {
				t.Errorf("got %q, %v; want %q", app.Name, ok, test.want)
			}
		})
	}
}
