package environments

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// CheckRegistrations refuses registrations without what tokens are made of: a model of half an id
// would answer wrongly.
func CheckRegistrations(d *entra.Directory) error {
	if len(d.More) > 0 {
		return &source.Error{
			Pos: d.More[0].Pos,
			Cause: "the list continues in another answer, so it is not known who else has a " +
				"role or belongs here",
			Hints: source.Hints("fetch each @odata.nextLink until an answer has none, and pass " +
				"the values of all answers as one list, for example made with jq -s " +
				"'map(.value) | add'"),
		}
	}
	for _, app := range d.Apps {
		if !app.AppID.Known() {
			return &source.Error{
				Pos: app.Pos,
				Cause: fmt.Sprintf(
					"the application id of %s is not in this file, but every token contains it",
					inspect.Safe(app.Title()),
				),
				Hints: source.Hints("Entra ID assigns it when the app is created: pass the " +
					"output of az ad app show --id APP, or in addition to this file the output " +
					"of az ad sp show --id APP"),
			}
		}
		for _, uri := range app.URIs {
			if uri.Unknown {
				return &source.Error{
					Pos:   uri.Pos,
					Cause: "this App ID URI is known only after the deployment",
					Hints: source.Hints("pass the output of az ad app show --id APP"),
				}
			}
		}
	}
	return nil
}
