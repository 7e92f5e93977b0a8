package render

import (
	"github.com/gatewhy/gatewhy/cmd/report"
)

// fixing is a repaired file as it is shown.
type fixing struct{ *report.Fixing }

// diff is the change as a unified diff, without its secrets.
func (f fixing) diff() string {
	before, after := f.Texts()
	return Diff(f.Before.Name, before, after)
}
