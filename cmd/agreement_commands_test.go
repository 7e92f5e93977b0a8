package cmd

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// mostRun is how many witnesses of an estate are given to the commands.
const mostRun = 4

// explainedRemedies is what explain says of a token, and of what it gets after each change.
type explainedRemedies struct {
	Verdict  scanned
	Remedies []struct {
		ID, Command string
		After       scanned `json:"verdict_after"`
	}
}

// holdCommands runs a few witnesses through the commands as a person does: scan, explain and test
// say what matrix says, and a change that explain prints does what it promises once fix has
// written it.
func (g *gatewayEstate) holdCommands(
	t *testing.T, m *minter, e *environments.Estate, matrix *environments.Matrix,
) (written int) {
	t.Helper()
	dir := t.TempDir()
	set, err := mint.Set(m.tenants)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "keys.json"), string(set))
	writeFile(t, filepath.Join(dir, g.file.Name), string(g.file.Text))
	seen := map[string]bool{}
	for r, row := range matrix.Rows {
		cell, class := matrix.Cell(r, 0), matrix.Cell(r, 0).Class()
		want := scannedAs(cell)
		if row.Holder == issued.Forger || seen[want.String()] || len(seen) == mostRun {
			continue
		}
		seen[want.String()] = true
		name := fmt.Sprint(g.name, ": ", row.Name)
		claims := matrix.Witness(r, 0).Token.InFull("")
		writeFile(t, filepath.Join(dir, "token"), m.sign(t, claims, false).Compact())
		flags := []string{
			"-p", g.file.Name, "--jwks", "keys.json", "--offline", "--at",
			e.At.Format(time.RFC3339),
		}
		if class.Method != "" {
			flags = append(flags, "--method", class.Method, "--path", class.Path)
		}
		var scan scanned
		g.run(t, dir, &scan, append([]string{"scan", "token", "-o", "ndjson"}, flags...)...)
		// of a minted token it is known that there is one, and what it holds that the model leaves
		// open: another check may decide first
		if want.Decided = scan.Decided; cell.Outcome == rules.Undetermined {
			want = scan
		}
		if scan.String() != want.String() {
			t.Errorf("%s: scan says %s, matrix %s", name, scan, want)
		}
		explain := append([]string{"explain", "@token", "-o", "json"}, flags...)
		var explained explainedRemedies
		g.run(t, dir, &explained, explain...)
		if explained.Verdict.String() != want.String() {
			t.Errorf("%s: explain says %s, matrix %s", name, explained.Verdict, want)
		}
		writeFile(t, filepath.Join(dir, "suite.yaml"), g.suite(claims, class, want))
		if stdout, stderr, code := runIn(t, dir, "test", "suite.yaml"); code != exitOK {
			t.Errorf("%s: test exits with %d: %s%s", name, code, stdout, stderr)
		}
		for _, remedy := range explained.Remedies {
			words := strings.Fields(remedy.Command)
			if len(words) == 0 {
				continue
			}
			written++
			_, stderr, code := runIn(t, dir, append(words[1:], "--write")...)
			var after explainedRemedies
			g.run(t, dir, &after, explain...)
			if after.Verdict.String() != remedy.After.String() {
				t.Errorf("%s: %s promises %s, and it is %s (exit code %d of %s): %s", name,
					remedy.ID, remedy.After, after.Verdict, code, remedy.Command, stderr)
			}
			writeFile(t, filepath.Join(dir, g.file.Name), string(g.file.Text))
		}
	}
	return written
}

// scannedAs is a cell as scan and explain print it.
func scannedAs(c *environments.Cell) scanned {
	s := scanned{Outcome: string(c.Outcome)}
	if c.Status != 0 {
		s.Status = &c.Status
	}
	if c.Decided != "" && c.Outcome != rules.Accepted {
		decided := string(c.Decided)
		s.Decided = &decided
	}
	return s
}

// run runs a command that prints JSON.
func (g *gatewayEstate) run(t *testing.T, dir string, into any, args ...string) {
	t.Helper()
	stdout, stderr, _ := runIn(t, dir, args...)
	if err := json.Unmarshal([]byte(stdout), into); err != nil {
		t.Fatalf("%s: %s: %v: %s%s", g.name, strings.Join(args, " "), err, stdout, stderr)
	}
}

// suite is a file with one policy test: a token with these claims, and what it gets.
func (g *gatewayEstate) suite(claims *source.Value, class *rules.Class, want scanned) string {
	expect := fmt.Sprintf("{outcome: %s, status: ", want.Outcome)
	if want.Status == nil {
		expect += "null"
	} else {
		expect += fmt.Sprint(*want.Status)
	}
	if want.Decided != nil {
		expect += ", decided_by: " + *want.Decided
	}
	request := ""
	if class.Method != "" {
		request = fmt.Sprintf("    method: %s\n    path: %s\n", class.Method, class.Path)
	}
	return fmt.Sprintf("version: 1\npolicies: [%s]\nat: %s\ntests:\n  - name: a witness\n"+
		"    token: {shape: entra-v1-app-only, claims: %s}\n%s    expect: %s}\n",
		g.file.Name, clock.Format(time.RFC3339),
		asTest(claims, issued.ReadBy(g.policies)).Claims.JSON(), request, expect)
}
