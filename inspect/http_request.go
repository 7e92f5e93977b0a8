package inspect

import (
	"encoding/base64"
	"encoding/json"
	"net/textproto"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// HTTPRequest is the request that a pasted text describes. Its values may be secrets.
type HTTPRequest struct {
	From   string // what described it: "a curl command", "a HAR file", …
	Others int    // how many other requests with the same token the text has

	Made time.Time // when it was sent; zero where the text does not say

	Method  string
	Host    string
	Path    string            // empty where the text has a variable in its place
	Headers map[string]string // by canonical name; an empty one is known not to be sent
	Cookies map[string]string
	Query   map[string]string

	RawQuery string // as it is written, with its ?; empty where there is none, or a variable in it

	// Repeated are the names of headers that are there with several values, and not in Headers.
	Repeated []string

	// Blank are the names of headers that are sent without a value.
	Blank []string

	// HeadersWhole and QueryWhole say that there are no others.
	HeadersWhole, QueryWhole bool
}

// LocateRequest reads the request that carries a token out of the text in which the token was
// found: a curl command, what curl -v has printed, a request as it is sent, as the network tab of
// a browser shows it, a HAR file, a line of an access log, or headers alone, which have no method.
// Of any other text there is none. Where one of these has none that can be read, it says why in a
// sentence without an end.
func LocateRequest(text string, token Found) (request *HTTPRequest, why string) {
	if sent := sentRequest(text, token); sent != nil {
		return sent, ""
	}
	if copied := copiedRequest(text, token); copied != nil {
		return copied, ""
	}
	text = commandAlone(strings.TrimLeft(fromUTF16(text), " \t\r\n$>\ufeff"))
	switch {
	case strings.HasPrefix(text, "curl ") || strings.HasPrefix(text, "curl.exe "):
		return curlRequest(text)
	case isHAR(text):
		return harRequest(text, token.Text)
	case strings.HasPrefix(text, "-"):
		if options, _ := curlRequest("- " + text); options != nil {
			return options, ""
		}
	}
	return LoggedRequest(text, token), ""
}

// IsHTTPToken reports whether a text is what HTTP calls a token (RFC 9110, section 5.6.2), as the
// names of methods, headers and cookies are.
func IsHTTPToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// add adds a header. What is given twice with two values is not known: gateways differ on which of
// them counts.
func (r *HTTPRequest) add(name, value string) {
	name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
	value = strings.TrimSpace(value)
	if name == "" || strings.HasPrefix(name, ":") || // HTTP/2 has the request line so
		slices.Contains(r.Repeated, name) {
		return
	}
	if before, twice := r.Headers[name]; twice && before != value {
		delete(r.Headers, name)
		r.Repeated, r.HeadersWhole = append(r.Repeated, name), false
		return
	}
	r.Headers[name] = value
}

// addSent adds a header that was surely sent, even without a value. One for credentials has none
// then, to every reader.
func (r *HTTPRequest) addSent(name, value string) {
	r.add(name, value)
	name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
	if text, there := r.Headers[name]; there && text == "" && name != "Authorization" {
		r.Blank = append(r.Blank, name)
	}
}

// take reads an address: the host, the path and the parameters.
func (r *HTTPRequest) take(address string) {
	address, _, _ = strings.Cut(address, "#")
	address, query, has := strings.Cut(address, "?")
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, rest, _ := strings.Cut(address, "/")
	if host = host[strings.LastIndex(host, "@")+1:]; !isVariable(host) {
		r.Host = host
	}
	r.takePath("/" + rest)
	r.takeQuery(query, has)
}

// takePath takes a path as it is sent: without dots, which every client resolves.
func (r *HTTPRequest) takePath(text string) {
	if isVariable(text) {
		return
	}
	r.Path = text
	if strings.Contains(text, "/.") {
		r.Path = path.Clean(text)
		if strings.HasSuffix(text, "/") && r.Path != "/" {
			r.Path += "/"
		}
	}
}

// isVariable reports whether a part of an address stands for something else: a variable of a shell
// or of Postman, or a pattern of curl.
func isVariable(text string) bool { return strings.ContainsAny(text, "${}[]<>") }

// Target takes a path with its query apart, as a request line has them. The query is nil where
// there is none.
func Target(text string) *HTTPRequest {
	path, parameters, has := strings.Cut(text, "?")
	r := &HTTPRequest{Path: path}
	if has {
		r.takeQuery(parameters, has)
	}
	return r
}

// takeQuery takes what is behind the question mark of an address, if it has one.
func (r *HTTPRequest) takeQuery(text string, has bool) {
	values, err := url.ParseQuery(text)
	r.QueryWhole = err == nil && !isVariable(text)
	if has && !isVariable(text) {
		r.RawQuery = "?" + text
	}
	r.Query = make(map[string]string, len(values))
	for name, all := range values {
		if len(all) > 1 {
			r.QueryWhole = false
			continue
		}
		if !isVariable(all[0]) {
			r.Query[name] = all[0]
		}
	}
}

// settleHost makes the address's host the header of that name. Where neither is known, the headers
// are not whole.
func (r *HTTPRequest) settleHost() {
	switch _, given := r.Headers["Host"]; {
	case given:
	case r.Host != "":
		r.Headers["Host"] = r.Host
	default:
		r.HeadersWhole = false
	}
}

// readCookies reads the cookies out of their header.
func (r *HTTPRequest) readCookies() {
	if r.Headers["Cookie"] == "" {
		return
	}
	r.Cookies = make(map[string]string)
	for cookie := range strings.SplitSeq(r.Headers["Cookie"], ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(cookie), "="); ok {
			r.Cookies[name] = strings.Trim(value, `"`)
		}
	}
}

// harFile is the part of a HAR file that says what was requested and answered
// (w3c.github.io/web-performance, HTTP Archive format 1.2).
type harFile struct{ Log struct{ Entries []harEntry } }

type harEntry struct {
	StartedDateTime any // a text (ISO 8601), as far as it is one

	Request  HARRequest
	Response json.RawMessage // read by itself: a request counts whatever its answer looks like
}

// HARRequest is a request as a HAR file has it.
type HARRequest struct {
	Method, URL string
	Headers     []harHeader
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
	request = entry.Request.Sent()
	request.Others = others
	made, _ := entry.StartedDateTime.(string)
	request.Made, _ = time.Parse(time.RFC3339, made) // zero where the entry does not say
	return request, ""
}

// Sent is the request as it was sent.
func (asked *HARRequest) Sent() *HTTPRequest {
	request := &HTTPRequest{
		From: "a HAR file", Method: asked.Method, Headers: map[string]string{}, HeadersWhole: true,
	}
	for _, h := range asked.Headers {
		request.addSent(h.Name, h.Value)
	}
	request.take(asked.URL)
	request.settleHost()
	request.readCookies()
	return request
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
