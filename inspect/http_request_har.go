package inspect

import (
	"encoding/json"
	"strings"
)

// harFile is the part of a HAR file that says what was requested (w3c.github.io/web-performance,
// HTTP Archive format 1.2).
type harFile struct {
	Log struct {
		Entries []struct {
			Request struct {
				Method, URL string
				Headers     []struct{ Name, Value string }
			}
		}
	}
}

// harRequest returns the first request that carries the token.
func harRequest(text, token string) (request *HTTPRequest, why string) {
	var file harFile
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		return nil, "the HAR file can't be read as JSON"
	}
	var first *HTTPRequest
	for i := range file.Log.Entries {
		asked := &file.Log.Entries[i].Request
		carries := false
		for _, h := range asked.Headers {
			carries = carries || strings.Contains(h.Value, token)
		}
		switch {
		case !carries:
			continue
		case first != nil:
			first.Others++
			continue
		}
		first = &HTTPRequest{
			From: "a HAR file", Method: asked.Method, Headers: map[string]string{},
			HeadersWhole: true,
		}
		for _, h := range asked.Headers {
			first.add(h.Name, h.Value)
		}
		first.take(asked.URL)
		first.settleHost()
		first.readCookies()
	}
	if first == nil {
		return nil, "no request in the HAR file has the token in a header"
	}
	return first, ""
}
