package inspect

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// HTTPAnswer is an answer that a pasted text shows.
type HTTPAnswer struct {
	Status  int
	Headers []string // "name: value"
	Body    string   // empty where it is empty, or the text does not show it
}

// LocateAnswer reads the answer that curl -v or curl -i has printed behind a request, or that a
// HAR file has to the one that [LocateRequest] takes; nil where the text has none. Where it has
// several, it says why none is taken, in a sentence without an end. An answer with the token in
// it is of who issued it.
func LocateAnswer(text string, token Found) (answer *HTTPAnswer, why string) {
	if alone := strings.TrimLeft(fromUTF16(text), " \t\r\n\ufeff"); isHAR(alone) {
		return harAnswer(alone, token.Text), ""
	}
	var all []*HTTPAnswer
	lines, first := transcriptLines(text), sync.OnceValue(statusLine)
	for i := 0; i < len(lines); i++ {
		if !strings.Contains(lines[i], "HTTP/") {
			continue // what most texts are: a token alone
		}
		status := first().FindStringSubmatch(lines[i])
		if status == nil {
			continue
		}
		var one HTTPAnswer
		one.Status, _ = strconv.Atoi(status[2])
		marked := status[1] != ""
		i = one.readHeaders(lines, i+1, marked)
		i = one.readBody(lines, i, first()) - 1
		switch {
		case one.Status < 200, strings.EqualFold(status[3], "Connection established"):
		case token.Text != "" && strings.Contains(one.Body, token.Text):
		default:
			all = append(all, &one)
		}
	}
	switch len(all) {
	case 0:
		return nil, ""
	case 1:
		return all[0], ""
	}
	return nil, "the text has " + strconv.Itoa(len(all)) + " of them"
}

// statusLine is the first line of an answer (RFC 9112, section 4), which curl -v begins with <.
func statusLine() *regexp.Regexp {
	return regexp.MustCompile(`^(< )?HTTP/[0-9.]+ ([1-5][0-9][0-9])(?: (.*))?$`)
}

func transcriptLines(text string) []string {
	lines := strings.Split(fromUTF16(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r")
	}
	return lines
}

// readHeaders reads the headers from a line on, up to the empty one, and returns the line behind.
func (a *HTTPAnswer) readHeaders(lines []string, i int, marked bool) int {
	for ; i < len(lines); i++ {
		line, isHeader := strings.CutPrefix(lines[i], "<")
		switch {
		case marked && !isHeader && isCurls(lines[i]):
			continue
		case marked && !isHeader:
			return i
		case strings.TrimSpace(line) == "":
			return i + 1
		case strings.Contains(line, ":"):
			a.Headers = append(a.Headers, strings.TrimSpace(line))
		}
	}
	return i
}

// readBody reads the body from a line on, up to the first line of another answer, and returns the
// line behind. What curl says of the connection may follow the body on its last line.
func (a *HTTPAnswer) readBody(lines []string, i int, first *regexp.Regexp) int {
	var body []string
	for ; i < len(lines); i++ {
		line := lines[i]
		switch {
		case first.MatchString(line), strings.HasPrefix(line, "> "):
			a.Body = bodyOf(body)
			return i
		case isCurls(line):
			continue
		}
		for _, said := range []string{"* Connection #", "* Closing connection"} {
			line, _, _ = strings.Cut(line, said)
		}
		body = append(body, line)
	}
	a.Body = bodyOf(body)
	return i
}

// isCurls reports whether a line is curl's own: what it does, and how much it has sent or got.
func isCurls(line string) bool { return source.HasAnyPrefix(line, "* ", "{ [", "} [") }

// bodyOf is the text of a body. Behind JSON, a terminal may show more, such as its prompt.
func bodyOf(lines []string) string {
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	var first json.RawMessage
	err := json.NewDecoder(strings.NewReader(text)).Decode(&first)
	if err == nil && strings.HasPrefix(text, "{") {
		return string(first)
	}
	return text
}

// sentRequest reads the request that curl -v says it has sent: nil where it is none, or several.
func sentRequest(text string, token Found) *HTTPRequest {
	var sent *HTTPRequest
	reading := false
	address := ""
	for _, line := range transcriptLines(text) {
		line, marked := strings.CutPrefix(line, ">")
		line = strings.TrimSpace(line)
		method, path, isFirst := requestLine(line)
		switch {
		case !marked:
		case isFirst && sent != nil:
			return nil
		case isFirst:
			sent = &HTTPRequest{
				From: "what curl has sent", Method: method, Headers: map[string]string{},
				HeadersWhole: true,
			}
			reading, address = true, path
		case line == "":
			reading = false
		case reading:
			name, value, _ := strings.Cut(line, ":")
			sent.addSent(name, value)
		}
	}
	if sent != nil {
		sent.complete(address, token)
	}
	return sent
}

// complete reads what is at the address, and in the headers.
func (r *HTTPRequest) complete(address string, token Found) {
	r.take(r.Headers["Host"] + address)
	r.settleHost()
	r.readCookies()
	if !strings.Contains(r.Headers["Authorization"], token.Text) {
		delete(r.Headers, "Authorization") // somebody has taken the token out of it
	}
}

// copiedRequest reads a text that begins with the line and the headers of a request, or with
// headers alone, if the Authorization header with the token is among them. HTTP/2 has the line in
// headers too (RFC 9113, section 8.3.1). We do not know whether these are all of them. It is nil
// where the text is another one, or has several requests. Quotes around headers, and line breaks
// in the one with the token, are from the paste.
func copiedRequest(text string, token Found) *HTTPRequest {
	const quotes = " \t\"',"
	text = pairsJoined(strings.TrimLeft(fromUTF16(text), " \t\r\n$>\ufeff"))
	first, rest, _ := strings.Cut(text, "\n")
	r := &HTTPRequest{From: "copied headers", Headers: map[string]string{}}
	method, address, whole := requestLine(strings.TrimSpace(first))
	if whole {
		r.From, r.Method, text = "a copied request", method, rest
	}
	carrier, inHeaders := false, true
	carries := false               // the last header has the token
	pseudos := map[string]string{} // the request line of HTTP/2
	for ; text != "" && (whole || inHeaders); text = rest {
		_, rest, _ = strings.Cut(text, "\n")
		line := strings.TrimRight(text[:len(text)-len(rest)], "\r\n")
		if _, _, isFirst := requestLine(line); isFirst {
			return nil
		}
		pseudo, _ := strings.CutPrefix(line, ":")
		name, value, isHeader := strings.Cut(pseudo, ":")
		name, value = strings.Trim(name, quotes), strings.Trim(value, " \t")
		isHeader = isHeader && IsHTTPToken(name)
		before, found := "", false
		if strings.EqualFold(name, "Authorization") {
			before, found = beforeToken(text, token)
		}
		switch {
		case !inHeaders:
		case !isHeader:
			inHeaders = carries && line != ""
			continue
		case pseudo != line:
			if _, twice := pseudos[name]; twice {
				return nil
			}
			pseudos[name] = value
		case found:
			r.add(name, strings.TrimLeft(before, quotes)+token.Text)
			carrier = true
		case whole:
			r.addSent(name, value)
		case value != "" && line[0] != '"': // else the quotes are the paste's
			r.add(name, value)
		}
		carries = found
	}
	switch {
	case whole && len(r.Headers) == 0:
		return nil // a line of a log is like that
	case whole:
		r.complete(address, token)
	case !carrier:
		return nil
	case IsHTTPToken(pseudos["method"]) && strings.HasPrefix(pseudos["path"], "/"):
		r.From, r.Method = "a copied request", pseudos["method"]
		if host := pseudos["authority"]; host != "" && r.Headers["Host"] == "" {
			r.add("Host", host)
		}
		r.complete(pseudos["path"], token)
	default:
		r.readCookies()
	}
	return r
}

// pairsJoined is a text with a header on each line, where a browser has copied the name of each
// header on one line and its value on the next. Any other text stays as it is.
func pairsJoined(text string) string {
	lines := transcriptLines(strings.TrimRight(text, "\r\n"))
	if !IsHTTPToken(strings.Trim(lines[0], ":")) || len(lines)%2 != 0 {
		return text
	}
	var joined strings.Builder
	for i := 0; i < len(lines); i += 2 {
		if lines[i+1] == "" { // it ends the headers
			return text
		}
		joined.WriteString(strings.TrimSuffix(lines[i], ":") + ": " + lines[i+1] + "\n")
	}
	return joined.String()
}

// beforeToken is what the header with which a text begins has before the token, if it carries it.
func beforeToken(text string, token Found) (before string, carries bool) {
	_, value, _ := strings.Cut(text, ":")
	value, _, _ = strings.Cut(value, ":") // the next header's
	before, _, carries = strings.Cut(value, token.Text[:min(len(token.Text), minPart)])
	if strings.Contains(before, "\n") {
		before = strings.Join(strings.Fields(before), " ") + " "
	}
	return before, carries
}

// LoggedRequest reads the request line that logs have in quotes (Apache's %r, NGINX's $request),
// on the line with the token. It is nil where there is none, or several.
func LoggedRequest(text string, token Found) *HTTPRequest {
	before, behind, found := strings.Cut(text, token.Text)
	if !found || strings.Contains(behind, token.Text) {
		return nil
	}
	before = before[strings.LastIndexByte(before, '\n')+1:]
	behind, _, _ = strings.Cut(behind, "\n")
	var logged *HTTPRequest
	for i, part := range strings.Split(before+token.Text+behind, `"`) {
		method, address, ok := requestLine(part)
		switch {
		case !ok || i == 0 || strings.Contains(address, token.Text):
		case logged != nil:
			return nil
		default:
			logged = &HTTPRequest{
				From: "a line of a log", Method: method, Headers: map[string]string{},
			}
			if !strings.Contains(address, `\`) { // which stands for another character
				logged.take(address)
			}
		}
	}
	return logged
}

// requestLine takes the first line of a request apart (RFC 9112, section 3).
func requestLine(line string) (method, path string, ok bool) {
	if !strings.Contains(line, "HTTP/") {
		return "", "", false // a token alone is long
	}
	words := strings.Fields(line)
	if len(words) != 3 || !strings.HasPrefix(words[2], "HTTP/") {
		return "", "", false
	}
	return words[0], words[1], strings.HasPrefix(words[1], "/") && IsHTTPToken(words[0])
}

// commandAlone is a curl command without what curl has printed behind it.
func commandAlone(text string) string {
	at := 0
	for line := range strings.Lines(text) {
		goesOn := strings.HasSuffix(strings.TrimRight(text[:at], "\r\n"), `\`)
		printed := isCurls(line) || source.HasAnyPrefix(line, "> ", "< ", "HTTP/")
		if at > 0 && printed && !goesOn {
			return text[:at]
		}
		at += len(line)
	}
	return text
}
