package render

import (
	"github.com/gatewhy/gatewhy/cmd/report"
)

// fixing is a repaired file as it is shown.
type fixing struct{ *report.Fixing }

// diff is the change as a unified diff, with stars in the place of secrets.
func (f fixing) diff() string {
	return Diff(f.Before.Name, string(report.Shielded(f.Before)), string(report.Shielded(f.After)))
}
