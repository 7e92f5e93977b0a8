package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaDir = "../testdata/schema"

// asPublished holds JSON against the published schema of that name, closed: what scripts may meet
// in a later release is an error in this one.
func asPublished(name, text string) error {
	schema, err := closedSchema(filepath.Join(schemaDir, name+".json"))
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// closedSchema is a schema that takes no members except those that it names.
func closedSchema(file string) (*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(closing{})
	return compiler.Compile(file)
}

// closing loads schemas from files, closed.
type closing struct{ jsonschema.FileLoader }

func (c closing) Load(url string) (any, error) {
	schema, err := c.FileLoader.Load(url)
	closeObjects(schema)
	return schema, err
}

// closeObjects closes every object of a schema.
func closeObjects(schema any) {
	switch part := schema.(type) {
	case map[string]any:
		if _, names := part["properties"].(map[string]any); names {
			part["additionalProperties"] = false
		}
		for _, of := range part {
			closeObjects(of)
		}
	case []any:
		for _, of := range part {
			closeObjects(of)
		}
	}
}

func TestEverySchemaIsValid(t *testing.T) {
	t.Parallel()
	for _, file := range schemas(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if _, err := jsonschema.NewCompiler().Compile(file); err != nil {
				t.Error(err)
			}
			text, err := os.ReadFile(file)
			var schema struct{ Title, Description string }
			if err != nil || json.Unmarshal(text, &schema) != nil || schema.Title == "" ||
				schema.Description == "" {
				t.Errorf("no title or description: %v", err)
			}
		})
	}
}

// Members are added within a version, and scripts that hold them against an older schema must not
// break. A mistyped member of gatewhy.yaml is a mistake.
func TestSchemasOfOutputsTakeMembersThatAreAddedLater(t *testing.T) {
	t.Parallel()
	for _, file := range schemas(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		open := !strings.Contains(string(text), `"additionalProperties": false`)
		if ofInput := filepath.Base(file) == "gatewhy.json"; open == ofInput {
			t.Errorf("%s: open %v", file, open)
		}
	}
}

// Most validators are given one file, and fetch no other.
func TestEachSchemaStandsAlone(t *testing.T) {
	t.Parallel()
	token := readSchema(t, "token")
	for _, file := range schemas(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		id := "https://github.com/gatewhy/gatewhy/testdata/schema/" + name + ".json"
		schema := readSchema(t, name)
		if schema["$id"] != id {
			t.Errorf("%s: $id is %v, want %s", file, schema["$id"], id)
		}
		text, err := os.ReadFile(file)
		if err != nil || regexp.MustCompile(`"\$ref": "[^#]`).Match(text) {
			t.Errorf("%s refers to another file, or: %v", file, err)
		}
		defs, _ := schema["$defs"].(map[string]any)
		own, ok := defs["token"].(map[string]any)
		if !ok {
			continue
		}
		for _, member := range []string{"type", "required", "properties"} {
			if diff := cmp.Diff(token[member], own[member]); diff != "" {
				t.Errorf("%s: a token is not as in token.json: %s", file, diff)
			}
		}
	}
}

// readSchema is a published schema as a JSON object.
func readSchema(t *testing.T, name string) (schema map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(schemaDir, name+".json"))
	if err == nil {
		err = json.Unmarshal(text, &schema)
	}
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestTestsHoldOutputsAgainstClosedSchemas(t *testing.T) {
	t.Parallel()
	const claim = `{"schema_version": 1, "new": 1}`
	err := asPublished("claim", claim)
	if err == nil || !strings.Contains(err.Error(), "additional properties 'new'") {
		t.Errorf("a member that the schema does not name: %v", err)
	}
}

func schemas(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(schemaDir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema in %s: %v", schemaDir, err)
	}
	return files
}
