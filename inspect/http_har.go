package inspect

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// harFile is the part of a HAR file that says what was requested and answered
// (w3c.github.io/web-performance, HTTP Archive format 1.2).
type harFile struct{ Log struct{ Entries []harEntry } }

type harEntry struct {
	StartedDateTime any // a text (ISO 8601), as far as it is one

	Request struct {
		Method, URL string
		Headers     []harHeader
	}
	Response json.RawMessage // read by itself: a request counts whatever its answer looks like
}

type harResponse struct {
	Status  int // 0 where there was no answer
	Headers []harHeader
	Content struct{ Text, Encoding string }
}

// response is the answer to the request; an empty one where it can't be read.
func (e *harEntry) response() harResponse {
	var given harResponse
	if json.Unmarshal(e.Response, &given) != nil {
		return harResponse{}
	}
	return given
}

type harHeader struct{ Name, Value string }

func isHAR(text string) bool {
	return strings.HasPrefix(text, "{") && strings.Contains(text, `"entries"`)
}

// carriers lists the entries whose request carries a token.
func (f *harFile) carriers(token string) []*harEntry {
	var all []*harEntry
	for i := range f.Log.Entries {
		entry := &f.Log.Entries[i]
		if slices.ContainsFunc(entry.Request.Headers, func(h harHeader) bool {
			return strings.Contains(h.Value, token)
		}) {
			all = append(all, entry)
		}
	}
	return all
}

// harEntryOf returns the first entry whose request carries a token and was refused, or the first
// that carries it; others is how many more there are. It is nil where there is none.
func harEntryOf(text, token string) (entry *harEntry, others int, err error) {
	var file harFile
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		return nil, 0, err
	}
	all := file.carriers(token)
	if len(all) == 0 {
		return nil, 0, nil
	}
	refused := slices.IndexFunc(all, func(entry *harEntry) bool {
		status := entry.response().Status
		return status == 401 || status == 403
	})
	return all[max(refused, 0)], len(all) - 1, nil
}

// harRequest reads the request of a HAR file that carries the token.
func harRequest(text, token string) (request *HTTPRequest, why string) {
	entry, others, err := harEntryOf(text, token)
	switch {
	case err != nil:
		return nil, "the HAR file can't be read as JSON"
	case entry == nil:
		return nil, "no request in the HAR file has the token in a header"
	}
	asked := &entry.Request
	request = &HTTPRequest{
		From: "a HAR file", Others: others, Method: asked.Method,
		Headers: map[string]string{}, HeadersWhole: true,
	}
	made, _ := entry.StartedDateTime.(string)
	request.Made, _ = time.Parse(time.RFC3339, made) // zero where the entry does not say
	for _, h := range asked.Headers {
		request.add(h.Name, h.Value)
	}
	request.take(asked.URL)
	request.settleHost()
	request.readCookies()
	return request, ""
}

// harAnswer reads the answer to the request that harRequest reads; nil where there is none.
func harAnswer(text, token string) *HTTPAnswer {
	entry, _, err := harEntryOf(text, token)
	if err != nil || entry == nil {
		return nil
	}
	given := entry.response()
	if given.Status < 200 {
		return nil
	}
	answer := &HTTPAnswer{Status: given.Status, Body: given.Content.Text}
	if strings.EqualFold(given.Content.Encoding, "base64") {
		body, err := base64.StdEncoding.DecodeString(given.Content.Text)
		if err != nil {
			return nil
		}
		answer.Body = string(body)
	}
	for _, h := range given.Headers {
		if h.Name != "" && !strings.HasPrefix(h.Name, ":") { // HTTP/2 has the status so
			answer.Headers = append(answer.Headers, h.Name+": "+h.Value)
		}
	}
	return answer
}
