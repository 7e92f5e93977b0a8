package environments

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func read(t *testing.T, text string) (*File, error) {
	t.Helper()
	file, err := source.Read("gatewhy.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Read(file)
}

func TestTheContractsExampleIsRead(t *testing.T) {
	t.Parallel()
	f, err := read(t, `version: 1
tenant: 5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11
jwks: keys.json
environments:
  dev:
    policies: [policies/dev.json]
    contracts: contracts/dev.txt
    api: entra/orders-api-dev.json
    clients: [entra/web-dev.json]
    tokens: [tokens/dev.jwt]
  sandbox: {}
allow:
  - {from: dev, to: sandbox, reason: "shared by design"}
lint:
  ignore:
    - {rule: unknown-field, path: "policies/legacy/**", reason: "old console", until: 2027-01-31}
`)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := IgnoresIn(f.Source.Documents[0])
	if err != nil {
		t.Fatal(err)
	}
	dev, _ := f.Environment("dev")
	got := []string{
		f.Tenant.Value, f.Keys.Value, dev.Policies[0].Value, dev.Contracts.Value, dev.API[0].Value,
		dev.Clients[0].Value, dev.Tokens[0].Value, f.Allow[0].Reason, ignored[0].Path,
	}
	want := []string{
		tenant, "keys.json", "policies/dev.json", "contracts/dev.txt", "entra/orders-api-dev.json",
		"entra/web-dev.json", "tokens/dev.jwt", "shared by design", "policies/legacy/**",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if pos := dev.Clients[0].Pos; pos.Line != 9 || pos.Column != 15 {
		t.Errorf("the client's file stands at %v", pos)
	}
	if !ignored[0].Until.Equal(time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("until %v", ignored[0].Until)
	}
}

// faulty are files that are refused, and where.
var faulty = []struct{ name, text, at, says string }{
	{
		"a version that is not there", "environments: {dev: {}}\n", "gatewhy.yaml:1:1",
		"version is missing",
	},
	{
		"a later version", "version: 2\nenvironments: {dev: {}}\n", "gatewhy.yaml:1:10",
		"version must be 1",
	},
	{"no environments", "version: 1\n", "gatewhy.yaml:1:1", "there are no environments"},
	{
		"a mistyped field", "version: 1\nenvironments:\n  dev:\n    polices: [a.json]\n",
		"gatewhy.yaml:4:5", `"polices" is not a field of the environment dev`,
	},
	{
		"a list for a name", "version: 1\nenvironments:\n  dev:\n    contracts: [a.txt]\n",
		"gatewhy.yaml:4:16", "contracts must be a text",
	},
	{
		"an ignored finding of no path", "version: 1\nenvironments: {dev: {}}\nlint:\n" +
			"  ignore: [{rule: x, path: null}]\n",
		"gatewhy.yaml:4:28", "path must be a text",
	},
	{
		"a number among files", "version: 1\nenvironments:\n  dev:\n    policies: [a.json, 7]\n",
		"gatewhy.yaml:4:24", "each of policies must be a text",
	},
	{
		"a crossing without a reason",
		"version: 1\nenvironments: {dev: {}, uat: {}}\nallow:\n  - {from: dev, to: uat}\n",
		"gatewhy.yaml:4:5", "an entry of allow needs a reason",
	},
	{
		"a finding set aside without a rule",
		"version: 1\nenvironments: {dev: {}}\nlint:\n  ignore: [{reason: x}]\n",
		"gatewhy.yaml:4:12", "needs a rule",
	},
	{
		"a finding set aside for a number",
		"version: 1\nenvironments: {dev: {}}\nlint:\n  ignore: [{rule: x, reason: 7}]\n",
		"gatewhy.yaml:4:30", "reason must be a text",
	},
	{
		"the day does not exist",
		"version: 1\nenvironments: {dev: {}}\nlint:\n" +
			"  ignore: [{rule: x, reason: y, until: soon}]\n",
		"gatewhy.yaml:4:40", "until must be a day",
	},
	{
		"a name that a row has", "version: 1\nenvironments:\n  stranger: {}\n", "gatewhy.yaml:3:3",
		"can't be called stranger",
	},
	{
		"the cloud does not exist", "version: 1\ncloud: moon\nenvironments: {dev: {}}\n",
		"gatewhy.yaml:2:8", `"moon" is not a cloud`,
	},
}

func TestWhatIsWrongIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, test := range faulty {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(t, test.text)
			var wrong *source.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("error %v", err)
			}
			if wrong.Pos.String() != test.at || !strings.Contains(wrong.Cause, test.says) {
				t.Errorf("%s: %s\nwant %s: %s", wrong.Pos, wrong.Cause, test.at, test.says)
			}
		})
	}
}

func TestACrossingLeadsToAnotherEnvironment(t *testing.T) {
	t.Parallel()
	for to, says := range map[string]string{"uta": `"uta"`, "dev": "needs two environments"} {
		_, err := read(t, "version: 1\nenvironments: {dev: {}}\nallow:\n"+
			"  - {from: dev, to: "+to+", reason: x}\n")
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("to %s: error %v", to, err)
		}
	}
}

// sound are files that are taken, though they lack what others have.
var sound = []struct{ name, text string }{
	{"an environment without anything", "version: 1\nenvironments: {dev: {}}\n"},
	{
		"lists that are empty",
		"version: 1\nenvironments: {dev: {policies: , clients: []}}\nallow:\nlint: {ignore: }\n",
	},
	{
		"a finding set aside for an empty reason, of which lint tells",
		"version: 1\nenvironments: {dev: {}}\nlint:\n" +
			"  ignore: [{rule: x, reason: ' '}, {rule: x, reason: }]\n",
	},
	{
		"a finding set aside without a reason, of which lint tells",
		"version: 1\nenvironments: {dev: {}}\nlint:\n  ignore: [{rule: x}]\n",
	},
}

func TestTheSchemaTakesTheSame(t *testing.T) {
	t.Parallel()
	schema := published(t)
	for _, test := range sound {
		t.Run(test.name, func(t *testing.T) {
			if _, err := read(t, test.text); err != nil {
				t.Errorf("the reader: %v", err)
			}
			if err := schema.Validate(asJSON(t, test.text)); err != nil {
				t.Errorf("the schema: %v", err)
			}
		})
	}
}

// published is the schema of the environments file.
func published(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../testdata/schema/gatewhy.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestTheSchemaRefusesTheSame holds the published schema against the reader.
func TestTheSchemaRefusesTheSame(t *testing.T) {
	t.Parallel()
	schema := published(t)
	for _, test := range faulty {
		if err := schema.Validate(asJSON(t, test.text)); err == nil {
			t.Errorf("%s: the schema takes it", test.name)
		}
	}
	files, err := filepath.Glob("../../testdata/environments/*/gatewhy.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no environments files: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(asJSON(t, string(text))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := read(t, string(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A field with nothing behind its colon is as good as absent, for a reader and by the schema.
func TestANullIsAsGoodAsAbsent(t *testing.T) {
	t.Parallel()
	const text = "version: 1\ntenant:\ncloud:\njwks:\nallow:\nlint:\ndefaults:\n" +
		"environments:\n  dev:\n    policies:\n    gateway:\n    instance:\n" +
		"    contracts:\n    api:\n    clients:\n    tokens:\n    url:\n"
	for _, text := range []string{text, strings.Replace(text, "defaults:\n",
		"defaults:\n  tenant:\n  cloud:\n  gateway:\n  policies:\n  callers:\n", 1)} {
		f, err := read(t, text)
		if err != nil {
			t.Fatal(err)
		}
		absent, _ := read(t, "version: 1\nenvironments:\n  dev: {}\n")
		f.Source, absent.Source = nil, nil
		f.Environments[0].Pos = absent.Environments[0].Pos
		if diff := cmp.Diff(absent, f); diff != "" {
			t.Errorf("(-absent +null):\n%s", diff)
		}
		if err := published(t).Validate(asJSON(t, text)); err != nil {
			t.Error(err)
		}
	}
}

// asJSON is what a schema validator makes of YAML.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestAnIgnoredFindingIsCovered(t *testing.T) {
	t.Parallel()
	in := func(path string) Ignored { return Ignored{Rule: "r", Path: path} }
	until := func(day int) Ignored {
		return Ignored{Rule: "r", Until: time.Date(2027, 1, day, 0, 0, 0, 0, time.UTC)}
	}
	for name, row := range map[string]struct {
		entry Ignored
		file  string
		want  bool
	}{
		"in any file":                   {in(""), "a/b.json", true},
		"in any folder":                 {in("policies/**"), "policies/old/b.json", true},
		"at any depth":                  {in("**/b.json"), "b.json", true},
		"at several depths":             {in("**/old/**/b*.json"), "a/old/x/y/b1.json", true},
		"over no folder":                {in("a/**/old/**/b.json"), "a/old/b.json", true},
		"from the file's own folder on": {in("./a/b.json"), "a/b.json", true},
		"by any one character":          {in("a/?.json"), "a/b.json", true},
		"by brackets as they stand":     {in("a/[{b,c}].json"), "a/[{b,c}].json", true},
		"with the slashes of Windows":   {in("a/*.json"), `a\b.json`, true},
		"not by a class of characters":  {in("a/[bc].json"), "a/b.json", false},
		"not by alternatives in braces": {in("a/{b,c}.json"), "a/b.json", false},
		"not elsewhere":                 {in("policies/*.json"), "policies/old/b.json", false},
		"on its last day":               {until(31), "b.json", true},
		"not after it":                  {until(30), "b.json", false},
		"not of another rule":           {Ignored{Rule: "q"}, "b.json", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			day := time.Date(2027, 1, 31, 15, 0, 0, 0, time.UTC)
			got := row.entry.Covers("r", row.file) && !row.entry.Ended(day)
			if got != row.want {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}

// FuzzRead holds that whatever text there is, it is read or refused at a place in it.
func FuzzRead(f *testing.F) {
	for _, test := range faulty {
		f.Add(test.text)
	}
	f.Add(
		"version: 1\nenvironments:\n  dev: {policies: a.json, tokens: [a, b]}\n  uat: {}\n" +
			"allow: [{from: dev, to: uat, reason: x}]\n",
	)
	f.Add(
		"version: 1\ntests:\n" +
			"  - {name: x, token: {shape: graph, claims: {aud: null}}, expect: {status: 401}}\n",
	)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := source.Read("x.yaml", []byte(text))
		if err != nil {
			return
		}
		_, err = Read(file)
		wantPlace(t, err)
		suite, err := ReadSuite(file)
		wantPlace(t, err)
		if err == nil {
			for i := range suite.Cases {
				if c := &suite.Cases[i]; c.Token.Shape.Value != "" &&
					c.Token.Make(noon).Fault != nil {
					t.Fatalf("%s: %v", c.Name, c.Token.Make(noon).Fault)
				}
			}
		}
	})
}

func wantPlace(t *testing.T, err error) {
	t.Helper()
	var placed *source.Error
	if err != nil &&
		(!errors.As(err, &placed) || placed.Pos.File != "x.yaml" || placed.Pos.Line == 0) {
		t.Fatalf("no place in: %v", err)
	}
}
