package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// TestAzure writes the failing tests as logging commands of Azure Pipelines, then a line that sums
// up.
func TestAzure(w io.Writer, r *report.Testing) error {
	x := testRun{r}
	for i := range x.Cases {
		c := &x.Cases[i]
		if len(c.Differences) == 0 {
			continue
		}
		text := c.Name + ": " + strings.Join(c.Differences, "; ")
		if _, err := fmt.Fprintln(w, azureIssue(rules.Error, c.Pos, "", text)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, x.summary())
	return err
}
