package render

import (
	"github.com/gatewhy/gatewhy/cmd/report"
)

// fixing is a repaired file as it is shown.
type fixing struct{ *report.Fixing }

// diff is the change as a unified diff, with stars in the place of secrets. What a person is to
// fill in is no secret.
func (f fixing) diff() string {
	var places []string
	for _, c := range f.Changes {
		if c.Fill != "" {
			places = append(places, c.To)
		}
	}
	before, after := report.Shielded(f.Before, places...), report.Shielded(f.After, places...)
	return Diff(f.Before.Name, string(before), string(after))
}
