package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// cliEntry reads one policy of what "anypoint-cli-v4 api-mgr policy list -o json" prints: names
// for people, and the configuration as text. That shape has no order, no routes and no group.
func cliEntry(v *source.Value) (entry, bool) {
	asset, ok := v.Member("Asset ID").Str()
	configuration := v.Member("Configuration")
	if !ok || configuration == nil {
		return entry{}, false
	}
	e := entry{
		place: v, assetAt: v.Member("Asset ID"), versionAt: v.Member("Asset Version"),
		textual: true, sealed: true,
	}
	e.asset, e.variant = named(asset)
	e.version, _ = e.versionAt.Str()
	if e.variant == "" {
		e.variant = versionVariant(e.asset, e.version)
	}
	if status, _ := v.Member("Status").Str(); status == "Disabled" {
		e.disabled = &source.Value{
			Kind: source.Bool, Text: "true", Pos: v.Member("Status").Pos,
			Span: v.Member("Status").Span,
		}
	}
	e.config = presented(configuration)
	return e, true
}

// presented reads the lines "key: value" of a configuration that is shown as text. [Empty] stands
// for the empty string; what is no string is JSON, over several lines where it is a list or an
// object. Every value stands where the text as a whole does.
func presented(text *source.Value) *source.Value {
	config := &source.Value{Kind: source.Object, Pos: text.Pos, Span: text.Span}
	lines := strings.Split(text.Text, "\n")
	for i := 0; i < len(lines); i++ {
		key, value, ok := strings.Cut(lines[i], ":")
		if !ok || strings.TrimSpace(key) == "" {
			continue
		}
		value = strings.TrimSpace(value)
		for open(value) && i+1 < len(lines) {
			i++
			value += "\n" + lines[i]
		}
		config.Members = append(config.Members, source.Member{
			Key: strings.TrimSpace(key), KeyPos: text.Pos, KeySpan: text.Span,
			Value: presentedValue(text, value),
		})
	}
	return config
}

// open reports whether a JSON value goes on in the next line.
func open(value string) bool {
	if !strings.HasPrefix(value, "[") && !strings.HasPrefix(value, "{") || value == "[Empty]" {
		return false
	}
	_, err := source.ReadJSON("", []byte(value))
	return err != nil
}

func presentedValue(text *source.Value, value string) *source.Value {
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
