package entra

import (
	"strings"
	"testing"
)

func TestEntraWritesNoSuchValues(t *testing.T) {
	const id = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	tests := []struct {
		claim, text string
		want        bool
	}{
		{"roles", "Orders.Read", true},
		{"roles", "[vars.claimSet.roles]", true}, // brackets are among the signs of a role
		{"roles", "[vars.claimSet.roles contains 'UAT.Call']", false},
		{"roles", "Orders Read", false},
		{"roles", "\"Orders.Read\"", false},
		{"roles", ".Read", false},
		{"roles", "", false},
		{"roles", strings.Repeat("a", 120), true},
		{"roles", strings.Repeat("a", 121), false},
		{"scp", "UAT.Access", true},
		{"scp", "UAT.Access UAT.Write", false},
		{"scp", "api://orders-uat/UAT.Access", false},
		{"scp", "Zugriff.für", false},
		{"tid", id, true},
		{"tid", "contoso.com", false},
		{"azp", id, true},
		{"appid", "orders-client", false},
		{"iss", "https://sts.windows.net/" + id + "/", true},
		{"iss", "https://issuer.example/", false},
		{"tid", strings.ToUpper(id), false},
		{"appid", id + " ", false},
		{"oid", "abe@example.com", false},
		{"wids", "Global Administrator", false},
		{"ver", "2", false},
		{"ver", "2.0", true},
		{"aud", "api://orders-uat", true},
		{"aud", "https://contoso.example/orders/", true},
		{"aud", id, true},
		{"aud", "spn:" + id, true},
		{"aud", "urn:orders", true},
		{"aud", strings.ToUpper(id), false},
		{"aud", "{" + id + "}", false},
		{"aud", "UAT.Access", false},
		{"aud", "orders-uat", false},
		{"aud", "API://orders-uat", false},
		{"aud", "api://orders-uat/.default", false},
		{"aud", `["api://orders-uat"]`, false},
		{"aud", "api://orders-uat;api://orders-dev", false},
		{"aud", "\"api://orders-uat\"", false},
		{"aud", " api://orders-uat", false},
		{"aud", "api://orders-uat, api://orders-dev", false},
		{"department", "any text", true},
	}
	for _, test := range tests {
		if got := CanHold(test.claim, test.text); got != test.want {
			t.Errorf("%s %q: %v", test.claim, test.text, got)
		}
	}
}

func TestTheClaimThatEntraWritesInThePlaceOfAnother(t *testing.T) {
	for claim, want := range map[string]string{
		"scope": "scp", "Scope": "scp", "role": "roles", "Roles": "roles", "appId": "appid",
		"scp ": "scp", "tenant_id": "tid", "client_id": "appid (v1.0 tokens) or azp (v2.0 tokens)",
		"username": "upn (v1.0 tokens) or preferred_username (v2.0 tokens)", "SCP": "scp",
		"scp": "", "roles": "", "department": "", "client": "", "": "",
	} {
		if got := WrittenFor(claim); got != want {
			t.Errorf("%q: %q, want %q", claim, got, want)
		}
	}
}
