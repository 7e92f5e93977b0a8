package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// cliEntry reads one policy of what "anypoint-cli-v4 api-mgr policy list -o json" prints. Its
// member names are meant for people, and its configuration is a text. It has no order, no routes
// and no group.
func cliEntry(v *source.Value) (entry, bool) {
	asset, ok := v.Member("Asset ID").Str()
	configuration := v.Member("Configuration")
	if !ok || configuration == nil {
		return entry{}, false
	}
	e := entry{
		place:       v,
		assetAt:     v.Member("Asset ID"),
		versionAt:   v.Member("Asset Version"),
		shownAsText: true,
		report:      true,
	}
	e.asset, e.variant = splitName(asset)
	e.version, _ = e.versionAt.Str()
	if e.variant == "" {
		e.variant = versionVariant(e.asset, e.version)
	}
	if !known(e.asset) {
		e.strange = strangeAsset(e.asset, e.assetAt)
	}
	if status := v.Member("Status"); status != nil {
		e.disabled = disabledBy(status)
	}
	e.config = shownConfiguration(configuration)
	return e, true
}

// disabledBy reads the status of a policy. One that is neither Enabled nor Disabled is not
// documented.
func disabledBy(status *source.Value) *source.Value {
	disabled := &source.Value{
		Kind: source.Unknown, Text: status.JSON(), Pos: status.Pos, Span: status.Span,
	}
	switch text, _ := status.Str(); text {
	case "Enabled":
		disabled.Kind, disabled.Text = source.Bool, "false"
	case "Disabled":
		disabled.Kind, disabled.Text = source.Bool, "true"
	}
	return disabled
}

// shownConfiguration reads the lines "key: value" of a configuration that is shown as text. A
// value is a string, [Empty] for the empty string, or JSON. A list or an object of JSON may take
// several lines. Every value gets the position of the whole text.
func shownConfiguration(text *source.Value) *source.Value {
	config := &source.Value{Kind: source.Object, Pos: text.Pos, Span: text.Span}
	lines := strings.Split(text.Text, "\n")
	for i := 0; i < len(lines); i++ {
		key, value, ok := strings.Cut(lines[i], ":")
		if !ok || strings.TrimSpace(key) == "" {
			continue
		}
		value = strings.TrimSpace(value)
		for continues(value) && i+1 < len(lines) {
			i++
			value += "\n" + lines[i]
		}
		config.Members = append(config.Members, source.Member{
			Key: strings.TrimSpace(key), KeyPos: text.Pos, KeySpan: text.Span,
			Value: shownValue(text, value),
		})
	}
	return config
}

// continues reports whether a JSON value continues on the next line.
func continues(value string) bool {
	if !strings.HasPrefix(value, "[") && !strings.HasPrefix(value, "{") || value == "[Empty]" {
		return false
	}
	_, err := source.ReadJSON("", []byte(value))
	return err != nil
}

func shownValue(text *source.Value, value string) *source.Value {
	v := &source.Value{Kind: source.String, Text: value}
	if value == "[Empty]" {
		v.Text = ""
	} else if file, err := source.ReadJSON("", []byte(value)); err == nil {
		v = file.Documents[0]
	}
	relocate(v, text)
	return v
}

// relocate gives a value, and everything in it, the place of another.
func relocate(v, at *source.Value) {
	v.Pos, v.Span = at.Pos, at.Span
	for _, item := range v.Items {
		relocate(item, at)
	}
	for i := range v.Members {
		v.Members[i].KeyPos, v.Members[i].KeySpan = at.Pos, at.Span
		relocate(v.Members[i].Value, at)
	}
}
