package entra

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAListOfTheDirectoryMayGoOnInAnotherAnswer(t *testing.T) {
	t.Parallel()
	const (
		app       = `{"appId": "a", "identifierUris": ["api://orders"]}`
		principal = `{"appId": "a", "servicePrincipalType": "Application"`
		assigned  = `{"principalId": "p", "appRoleId": "r", "resourceId": "s"}`
		next      = `"@odata.nextLink": "https://graph.microsoft.com/v1.0/x?$skiptoken=1"`
	)
	tests := []struct {
		name, text string
		more, only bool // a list goes on; there is one app and no other
	}{
		{"an app", app, false, true},
		{"a list of apps", `{"value": [` + app + `]}`, false, true},
		{"its first page", `{"value": [` + app + `], ` + next + `}`, true, false},
		{"the link first", `{` + next + `, "value": [` + app + `]}`, true, false},
		{"an empty link", `{"@odata.nextLink": null, "value": [` + app + `]}`, false, true},
		{"fewer than counted", `{"@odata.count": 2, "value": [` + app + `]}`, true, false},
		{
			"an empty page that goes on",
			`[{"value": [` + app + `]}, {"value": [], ` + next + `}]`, true, false,
		},
		{"as many as counted", `{"@odata.count": 1, "value": [` + app + `]}`, false, true},
		{"pages in a list", `[{"value": [` + app + `], ` + next + `}]`, true, false},
		{"principals", `{"value": [` + principal + `}], ` + next + `}`, true, false},
		{"assignments", `{"value": [` + assigned + `], ` + next + `}`, true, false},
		{
			"assignments beside an app",
			`[` + app + `, {"value": [` + assigned + `], ` + next + `}]`, true, true,
		},
		{
			"assignments inside a principal",
			`[` + app + `, ` + principal + `, "appRoleAssignedTo": [` + assigned + `],
			 "appRoleAssignedTo@odata.nextLink": "https://x"}]`, true, true,
		},
	}
	for _, test := range tests {
		file, err := source.Read("answer.json", []byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		d, err := ReadRegistrations(file)
		if err != nil {
			t.Fatal(err)
		}
		if more, only := len(d.More) > 0, d.Only() != nil; more != test.more || only != test.only {
			t.Errorf("%s: goes on %t, only app %t; want %t, %t",
				test.name, more, only, test.more, test.only)
		}
	}
}
