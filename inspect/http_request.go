package inspect

import (
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

	// Repeated are the names of headers that are there with several values, and not in Headers.
	Repeated []string

	// HeadersWhole and QueryWhole say that there are no others.
	HeadersWhole, QueryWhole bool
}

// LocateRequest reads the request that carries a token out of the text in which the token was
// found: a curl command, what curl -v has printed, a request as it is sent, as the network tab of
// a browser shows it, or a HAR file. Of any other text there is none. Where one of these has none
// that can be read, it says why in a sentence without an end.
func LocateRequest(text string, token Found) (request *HTTPRequest, why string) {
	if sent := sentRequest(text, token); sent != nil {
		return sent, ""
	}
	if raw := rawRequest(text, token); raw != nil {
		return raw, ""
	}
	text = commandAlone(strings.TrimLeft(fromUTF16(text), " \t\r\n$>\ufeff"))
	switch {
	case strings.HasPrefix(text, "curl ") || strings.HasPrefix(text, "curl.exe "):
		return curlRequest(text)
	case isHAR(text):
		return harRequest(text, token.Text)
	}
	return nil, ""
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

// take reads an address: the host, the path and the parameters.
func (r *HTTPRequest) take(address string) {
	address, _, _ = strings.Cut(address, "#")
	address, query, _ := strings.Cut(address, "?")
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, rest, _ := strings.Cut(address, "/")
	if host = host[strings.LastIndex(host, "@")+1:]; !isVariable(host) {
		r.Host = host
	}
	r.takePath("/" + rest)
	r.takeQuery(query)
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
// there is none; whole says that there are no other parameters.
func Target(text string) (path string, query map[string]string, whole bool) {
	path, parameters, has := strings.Cut(text, "?")
	if !has {
		return path, nil, false
	}
	var r HTTPRequest
	r.takeQuery(parameters)
	return path, r.Query, r.QueryWhole
}

func (r *HTTPRequest) takeQuery(text string) {
	values, err := url.ParseQuery(text)
	r.QueryWhole = err == nil && !isVariable(text)
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
