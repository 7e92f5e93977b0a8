package envoy

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Request is a request as the filters see it.
type Request struct {
	Method, Path, Host string            // the path with its query
	Headers            map[string]string // by their names in lower case

	// Payload is the payload of the token that jwt_authn has accepted; nil for none. Numbers are
	// of type [json.Number].
	Payload map[string]any
}

// header reads a header, or what HTTP/2 has as one.
func (r *Request) header(name string) (string, bool) {
	switch name = strings.ToLower(name); name {
	case ":method":
		return r.Method, true
	case ":path":
		return r.Path, true
	case ":authority", "host":
		return r.Host, r.Host != ""
	}
	value, ok := r.Headers[name]
	return value, ok
}

// path is the path without what comes behind it.
func (r *Request) path() string {
	path, _, _ := strings.Cut(r.Path, "#")
	path, _, _ = strings.Cut(path, "?")
	return path
}

// strictly reads a configuration, and takes no field that is not known.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
