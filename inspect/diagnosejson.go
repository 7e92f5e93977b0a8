package inspect

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// besideToken is the way on for what belongs to a request or to what judges it.
const besideToken = "pass it as %s, beside the token"

// jsonInstead is about JSON without a token.
func (p *paste) jsonInstead() *source.Error {
	document := p.document()
	if document == nil {
		return p.brokenJSON()
	}
	if e := endpointError(document); e != nil {
		return e
	}
	for _, kind := range [...]struct {
		members, what, hint string
		input               source.Input // how it is passed, where it can be
	}{
		{"active", "a token introspection endpoint's answer", besideToken, source.NeedIntrospection},
		{"keys", "a key set, not a token", besideToken, source.NeedKeySetFile},
		{"jwks_uri", "a discovery document, not a token", "pass its jwks_uri as %s, beside the token", source.NeedKeySetURL},
		{"device_code", "a device code: the first half of signing in", "sign in with it, and pass the access_token of the token endpoint's answer", ""},
		{"refresh_token", "a token endpoint's answer without an access_token", "ask for a scope of the API, and pass the access_token of that answer", ""},
		{"configuration* polic*", "a gateway's policy, not a token", besideToken, source.NeedPolicy},
		{"identifierUris appRoles requiredResourceAccess", "an app registration, not a token", besideToken, source.NeedApp},
		{"iss aud exp scp roles", "claims that were decoded from a token, not the token", "pass the token itself: it starts with " + jsonStart, ""},
		{"alg kid typ", "a token's decoded header, not the token", "pass the token itself: it starts with " + jsonStart, ""},
		{"client_secret", "client credentials, not a token", "ask the token endpoint for a token with them, and pass the access_token of its answer", ""},
	} {
		if hasAny(document, kind.members) {
			hints := []source.Hint{source.Ask(kind.input, kind.hint)}
			return &source.Error{Cause: "the text is " + kind.what, Hints: hints}
		}
	}
	return instead("the text is JSON, and no token is in it", hintAccessToken)
}

// hasAny reports whether an object has one of these members: by its name, or by how that begins
// where a star follows.
func hasAny(document *source.Value, members string) bool {
	for name := range strings.FieldsSeq(members) {
		beginning, open := strings.CutSuffix(name, "*")
		for i := range document.Members {
			key := document.Members[i].Key
			if key == name || open && strings.HasPrefix(key, beginning) {
				return true
			}
		}
	}
	return false
}

// brokenJSON is about text that is meant as JSON.
func (p *paste) brokenJSON() *source.Error {
	if !strings.HasPrefix(p.text, "{") || !strings.Contains(p.text, `"`) || len(p.text) > maxDocument {
		return nil
	}
	if _, err := source.ReadJSON("text", []byte(p.text)); err != nil {
		return instead("the text looks like JSON, has no token, and can't be read to its end", "was it cut off while copying?")
	}
	return nil
}

// endpointError is about a token endpoint that refused (RFC 6749, section 5.2).
func endpointError(document *source.Value) *source.Error {
	code, ok := document.Member("error").Str()
	if !ok {
		return nil
	}
	if len(code) > 60 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
		code = "an error"
	}
	cause := "the token endpoint answered with an error, not a token: " + code
	description, _ := document.Member("error_description").Str()
	if aadsts := entraCode(description); aadsts != "" {
		return instead(cause+", "+aadsts, "look the code up at https://login.microsoftonline.com/error?code="+strings.TrimPrefix(aadsts, "AADSTS"))
	}
	return instead(cause, "the answer's error_description says more")
}

// entraCode returns the code that Entra ID's descriptions start with: AADSTS and digits.
func entraCode(description string) string {
	rest, ok := strings.CutPrefix(description, "AADSTS")
	if !ok {
		return ""
	}
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	if digits == "" || len(digits) > 10 {
		return ""
	}
	return "AADSTS" + digits
}

// yamlInstead is about configuration in YAML, in the form of Kubernetes: a resource has its
// version and kind.
func (p *paste) yamlInstead() *source.Error {
	version, kind := false, false
	for line := range strings.Lines(p.text[:min(len(p.text), 4096)]) {
		line = strings.TrimSpace(line)
		version = version || strings.HasPrefix(line, "apiVersion: ")
		kind = kind || strings.HasPrefix(line, "kind: ")
	}
	if !version || !kind {
		return nil
	}
	const cause = "the text is a resource in YAML, such as a gateway's policy, not a token"
	return usable(cause, source.NeedPolicy, besideToken)
}
