package dataweave

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// fromJSON reads a value, members in their order and numbers as written.
func fromJSON(t testing.TB, text string) *source.Value {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := decode(d)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func decode(d *json.Decoder) (*source.Value, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Delim:
		return decodeInner(d, tok)
	case string:
		return &source.Value{Kind: source.String, Text: tok}, nil
	case json.Number:
		return &source.Value{Kind: source.Number, Text: tok.String()}, nil
	case bool:
		return source.NewBool(tok), nil
	default:
		return null(), nil
	}
}

func decodeInner(d *json.Decoder, open json.Delim) (*source.Value, error) {
	v := &source.Value{Kind: source.List}
	if open == '{' {
		v.Kind = source.Object
	}
	for d.More() {
		var key string
		if open == '{' {
			tok, err := d.Token()
			if err != nil {
				return nil, err
			}
			key = tok.(string)
		}
		item, err := decode(d)
		switch {
		case err != nil:
			return nil, err
		case open == '{':
			v.Members = append(v.Members, source.Member{Key: key, Value: item})
		default:
			v.Items = append(v.Items, item)
		}
	}
	_, err := d.Token()
	return v, err
}

// env makes an environment of JSON: an object with any of vars, attributes, authentication,
// payload.
func env(t testing.TB, text string) Env {
	t.Helper()
	if text == "" {
		return Env{}
	}
	return envOf(fromJSON(t, text))
}

func envOf(v *source.Value) Env {
	return Env{
		Vars: v.Member("vars"), Attributes: func() *source.Value { return v.Member("attributes") },
		Authentication: v.Member("authentication"), Payload: v.Member("payload"),
	}
}

func parse(t testing.TB, text string, d Dialect) *Expr {
	t.Helper()
	e, err := Parse(text, d)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

// written writes a result as the table does.
func written(r Result) string {
	switch {
	case r.Value != nil:
		return r.Value.JSON()
	case r.Failure != nil:
		return "failure"
	default:
		return "unknown"
	}
}
