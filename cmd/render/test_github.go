package render

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// TestGitHub writes the failing tests as workflow commands of GitHub Actions, then a line that
// sums up.
func TestGitHub(w io.Writer, r *report.Testing) error {
	x := testRun{r}
	for i := range x.Cases {
		c := &x.Cases[i]
		if len(c.Differences) == 0 {
			continue
		}
		_, err := fmt.Fprintf(w, "::error file=%s,line=%d,col=%d,title=%s::%s\n",
			githubProperty(filepath.ToSlash(c.Pos.File)), c.Pos.Line, c.Pos.Column,
			githubProperty(c.Name), githubMessage(strings.Join(c.Differences, "; ")))
		if err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, x.summary())
	return err
}
