package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

func TestEveryCollectionIsCompleteAndNamesNoSecret(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`\{[a-z-]+\}`)
	for _, cloud := range []string{"", "usgov", "china"} {
		for _, c := range everyGateway().Collections(cloud) {
			if c.Name == "" || c.Title == "" || len(c.Steps) == 0 {
				t.Errorf("incomplete: %+v", c)
			}
			for _, step := range c.Steps {
				if step.Note == "" {
					t.Errorf("%s: a step without a word", c.Name)
				}
				for _, found := range placeholder.FindAllString(step.Command, -1) {
					if !isPlaceholder(found) {
						t.Errorf("%s: nothing fills in %s", c.Name, found)
					}
				}
				if curl := strings.Index(
					step.Command, "curl",
				); curl >= 0 && strings.Contains(step.Command[curl:],
					"SECRET") {
					t.Errorf("%s: a secret among curl's arguments", c.Name)
				}
				if curl := strings.Index(
					step.Command, "curl",
				); curl >= 0 && strings.Contains(step.Command[curl:],
					"TOKEN\"") {
					t.Errorf("%s: a token among curl's arguments", c.Name)
				}
			}
		}
	}
}

func isPlaceholder(text string) bool {
	for _, id := range collectIDs {
		if id.placeholder == text {
			return true
		}
	}
	return false
}

func TestEveryCommandThatIsPointedAtExists(t *testing.T) {
	t.Parallel()
	for _, adapter := range everyGateway() {
		set := &report.PolicySet{Bench: repair.Bench{Adapter: adapter}, Draft: &repair.Draft{}}
		request := &rules.Request{Token: inspect.Parse("")}
		asked, known := mayAsk()[adapter.Name]
		if !known {
			t.Errorf("what the checks of %s ask for is not listed here", adapter.Name)
		}
		checkPointers(t, &report.Explainer{Request: request, Policies: set}, asked)
	}
}

// mayAsk is what the checks of each vendor's policies may ask for.
func mayAsk() map[string][]source.Input {
	always := []source.Input{source.NeedKeySet, source.NeedHeader, source.NeedRequest}
	return map[string][]source.Input{
		"mulesoft": append([]source.Input{
			source.NeedContracts, source.NeedIntrospection, source.NeedRuntime,
		}, always...),
		"oauth2-proxy":  always,
		"istio":         append([]source.Input{source.NeedGatewayVersion}, always...),
		"envoy-gateway": append([]source.Input{source.NeedGatewayVersion}, always...),
	}
}

// checkPointers wants a command for each input that can be collected.
func checkPointers(t *testing.T, run *report.Explainer, asked []source.Input) {
	t.Helper()
	names := report.CollectionNames(everyGateway().Collections(""))
	for _, ask := range asked {
		command, ok := strings.CutPrefix(run.HowToCollect(rules.Need{Input: ask}),
			"gatewhy collect ")
		if _, err := report.OneOf("input", command, names, ""); !ok || err != nil {
			t.Errorf("%s: %q is no command", ask, command)
		}
	}
	if command := run.HowToCollect(
		rules.Need{For: "which key customKeyExpression gives"},
	); command != "" {
		t.Errorf("%q for what no command gives", command)
	}
}

// Two answers in one file would be one answer: the last.
func TestNoTwoCommandsOfCollectWriteOneFile(t *testing.T) {
	t.Parallel()
	target := regexp.MustCompile(`(?:> |-o |-D )([a-z0-9-]+\.(?:json|txt))`)
	seen := map[string]string{}
	for _, c := range everyGateway().Collections("") {
		for _, step := range c.Steps {
			for _, found := range target.FindAllStringSubmatch(step.Command, -1) {
				if before := seen[found[1]]; before != "" {
					t.Errorf("%s is written by %s and by %s", found[1], before, c.Name)
				}
				seen[found[1]] = c.Name
			}
		}
	}
	if len(seen) < 8 {
		t.Errorf("only %d files are written", len(seen))
	}
}

// Each variable that a command reads is set by one before it, or a note says where it comes from.
func TestCollectSaysWhereEachVariableComesFrom(t *testing.T) {
	t.Parallel()
	variable := regexp.MustCompile(`\$([A-Z_]+)`)
	for _, c := range everyGateway().Collections("") {
		text := ""
		for _, step := range c.Steps {
			text += step.Note + "\n"
			for _, found := range variable.FindAllStringSubmatch(step.Command, -1) {
				if !strings.Contains(text, found[1]) {
					t.Errorf("%s: nothing says where %s comes from", c.Name, found[1])
				}
			}
			text += step.Command + "\n"
		}
	}
}

// The commands run as they are printed, and ask for every page.
func TestCollectAsksForAllPages(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no " + program + " here")
		}
	}
	w := newNextWorld(t)
	const standIns = `
curl() { cat > /dev/null; case "$*" in
  *offset=0*) echo '{"total": 150, "contracts": [{"status": "APPROVED", "id": "a"}]}';;
  *offset=100*) echo '{"total": 150, "contracts": [{"status": "APPROVED", "id": "b"}]}';;
  *) echo "unexpected: $*" >&2; return 1;; esac; }
az() { case "$*" in
  *skiptoken*) echo '{"value": [{"id": "2"}]}';;
  *appRoleAssignedTo*)
    echo '{"value": [{"id": "1"}], "@odata.nextLink": "https://graph.test/x?$skiptoken=y"}';;
  *) echo '{}';; esac; }
`
	for _, test := range []struct{ name, file, want string }{
		{
			"contracts", "contracts.json",
			`{"total":150,"contracts":[{"status":"APPROVED","id":"a"},` +
				`{"status":"APPROVED","id":"b"}]}`,
		},
		{
			"service-principal", "assignments.json",
			`{"value":[{"id":"1"},{"id":"2"}],"@odata.nextLink":null}`,
		},
	} {
		name := test.name
		_, script, _ := w.run("", "collect", name)
		run := exec.Command("bash", "-euc", "ANYPOINT_TOKEN=t\n"+standIns+script)
		run.Dir = w.dir
		if out, err := run.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		text, err := os.ReadFile(filepath.Join(w.dir, test.file))
		var compact bytes.Buffer
		if err != nil || json.Compact(&compact, text) != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if compact.String() != test.want {
			t.Errorf("%s: got %s, want %s", name, compact.String(), test.want)
		}
	}
}
