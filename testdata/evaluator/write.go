package evaluator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// File returns the policy as a file, and the extension of its name.
func (p *Policy) File() (text, extension string) {
	switch p.Form {
	case FlexYAML:
		return fmt.Sprintf(`apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata: {name: orders-auth}
spec:
  targetRef: {kind: ApiInstance, name: orders}
  policyRef: {name: jwt-validation-flex}
  config: %s
`, object(p.Config, nil)), ".yaml"
	case Terraform:
		return p.terraform(), ".tf"
	}
	version := ""
	if p.Version != "" {
		version = fmt.Sprintf(`"assetVersion": %q, `, p.Version)
	}
	return fmt.Sprintf(`{"policyTemplateId": "jwt-validation",
"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913",
"assetId": "jwt-validation", %s"order": 1, "pointcutData": null, "disabled": %t,
"configurationData": %s}
`, version, p.Disabled, object(p.Config, p.Twice)), ".json"
}

// Payload returns the claims as the token has them.
func (t *Token) Payload() string {
	if t.Shape == List {
		return `["aud", "exp"]`
	}
	return object(t.Claims, t.Twice)
}

// object writes members as JSON, and behind them those that appear a second time.
func object(members, twice map[string]any) string {
	text := jsonText(members)
	for _, name := range slices.Sorted(maps.Keys(twice)) {
		text = fmt.Sprintf(
			"%s,%s:%s}", strings.TrimSuffix(text, "}"), jsonText(name), jsonText(twice[name]),
		)
	}
	return text
}

func jsonText(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // the generator makes nothing that JSON does not have
	}
	return strings.TrimSpace(text.String())
}

func (p *Policy) terraform() string {
	var text strings.Builder
	version := ""
	if p.Version != "" {
		version = fmt.Sprintf("  asset_version = %q\n", p.Version)
	}
	fmt.Fprintf(
		&text,
		"resource %q \"orders\" {\n%s  configuration_data {\n",
		"anypoint_apim_policy_jwt_validation",
		version,
	)
	for _, name := range slices.Sorted(maps.Keys(p.Config)) {
		snake := snakeCase(name)
		entries, isList := p.Config[name].([]any)
		if !isList {
			fmt.Fprintf(&text, "    %s = %s\n", snake, hclText(p.Config[name]))
		}
		for _, entry := range entries {
			members := entry.(map[string]any)
			fmt.Fprintf(
				&text, "    %s {\n      key = %s\n      value = %s\n    }\n", snake,
				hclText(members["key"]), hclText(members["value"]),
			)
		}
	}
	text.WriteString("  }\n}\n")
	return text.String()
}

// hclText writes a value as Terraform has it; a ${NAME} becomes a variable.
func hclText(value any) string {
	return strings.ReplaceAll(jsonText(value), "${", "${var.")
}

func snakeCase(name string) string {
	var text strings.Builder
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			text.WriteByte('_')
			c += 'a' - 'A'
		}
		text.WriteRune(c)
	}
	return text.String()
}

// File returns the contracts as a file.
func (c *Contracts) File() string {
	if !c.Objects {
		ids := make([]any, len(c.Clients))
		for i, client := range c.Clients {
			ids[i] = client.ID
		}
		return jsonText(ids)
	}
	objects := make([]any, len(c.Clients))
	for i, client := range c.Clients {
		objects[i] = map[string]any{
			"status": client.Status, "application": map[string]any{"coreServicesId": client.ID},
		}
	}
	if c.Total == 0 {
		return jsonText(objects)
	}
	return jsonText(map[string]any{"contracts": objects, "total": c.Total})
}
