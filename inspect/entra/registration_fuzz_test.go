package entra_test

import (
	"errors"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// FuzzReadRegistrations holds that every value of a registration stands in its file, and that every error is told with a place.
func FuzzReadRegistrations(f *testing.F) {
	f.Add("app.json", `{"appId":"a","identifierUris":"api://x","Api":{"requestedAccessTokenVersion":2}}`)
	f.Add("app.json", `[{"appId":"a","appRoles":[{"allowedMemberTypes":"User"}]},{"appId":"a","servicePrincipalType":"x","appRoleAssignedTo":[{"principalId":"p","appRoleId":null}]}]`)
	f.Add("main.tf", "resource \"azuread_application\" \"a\" {\n api {\n requested_access_token_version = 2\n }\n}\n")
	f.Add("app.yaml", "a: &a {appId: x, api: {}}\nb: *a\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			return
		}
		d, err := entra.ReadRegistrations(file)
		if err != nil {
			var placed *source.Error
			if !errors.As(err, &placed) || placed.Pos.File != name {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, app := range d.Apps {
			for _, value := range append([]entra.Text{app.AppID, app.Name, app.Version, app.SignIn}, app.URIs...) {
				if value.Value != "" && (value.Pos.Line == 0 || value.Span.End > len(text) || value.Span.Start > value.Span.End) {
					t.Fatalf("%q stands at %v, %v", value.Value, value.Pos, value.Span)
				}
			}
		}
	})
}
