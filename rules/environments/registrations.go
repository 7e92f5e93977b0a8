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
			Cause: "the list goes on in another answer, " +
				"and who else holds a role or belongs here is not known",
			Hints: source.Hints("ask for each @odata.nextLink until an answer has none, " +
				"and pass the values of all answers as one list, such as what " +
				"jq -s 'map(.value) | add' makes of them"),
		}
	}
	for _, app := range d.Apps {
		if !app.AppID.Known() {
			return &source.Error{
				Pos: app.Pos,
				Cause: fmt.Sprintf(
					"the application id of %s is not in this file, and every token "+
						"carries it",
					inspect.Safe(app.Title()),
				),
				Hints: source.Hints("Entra ID gives it when the app is created: pass what " +
					"az ad app show --id APP prints, or beside this file what az ad sp show " +
					"--id APP prints"),
			}
		}
		for _, uri := range app.URIs {
			if uri.Unknown {
				return &source.Error{
					Pos:   uri.Pos,
					Cause: "only a deployment knows this App ID URI",
					Hints: source.Hints("pass what az ad app show --id APP prints"),
				}
			}
		}
	}
	return nil
}
