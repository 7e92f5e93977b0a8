package inspect

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// curl is a command while it is read.
type curl struct {
	request *HTTPRequest
	urls    []string
	implied string            // the method that the options imply
	presets map[string]string // headers that options or curl itself send, where -H does not

	data, get bool // -d is given, and -G makes parameters of it
	query     bool // other parameters are added
	several   bool // requests
	asIs      bool // the path is sent with its dots
	target    bool // another path is sent

	upload string // the name of the file, which follows a slash at the end of the path
}

// curlRequest reads the request that a curl command sends, or as far as its options say it where
// the program's name is a dash: nobody knows which others there are. It says why where it can't.
func curlRequest(text string) (request *HTTPRequest, why string) {
	words, ok := shellWords(text)
	if !ok {
		return nil, "a quote in the curl command is not closed"
	}
	c := curl{
		request: &HTTPRequest{
			From: "a curl command", Headers: map[string]string{}, HeadersWhole: true,
		},
		// the version is not known; a policy that asks for one is not known either
		presets: map[string]string{"Accept": "*/*", "User-Agent": "curl"},
	}
	c.read(words[1:])
	switch {
	case words[0] == "-":
		c.request.From, c.request.HeadersWhole = "options of curl", false
		if c.request.Headers["Authorization"] == "" {
			return nil, ""
		}
		c.request.readCookies()
		return c.request, ""
	case len(c.urls) == 0:
		return nil, "the curl command has no address"
	case len(c.urls) > 1 || c.several:
		return nil, "the curl command sends several requests"
	}
	c.finish()
	return c.request, ""
}

// read reads the words behind the program's name, up to the next command.
func (c *curl) read(words []string) {
	for i := 0; i < len(words); i++ {
		word := words[i]
		next := func() string {
			if i++; i < len(words) {
				return words[i]
			}
			return ""
		}
		switch {
		case slices.Contains([]string{"|", "||", "&&", ";", ">", ">>", "2>&1"}, word):
			return
		case strings.HasPrefix(word, "--"):
			c.option(word[2:], next)
		case strings.HasPrefix(word, "-") && len(word) > 1:
			c.short(word[1:], next)
		default:
			c.urls = append(c.urls, word)
		}
	}
}

// short reads letters behind one dash: the value of the first that takes one is the rest of the
// word, or the next one.
func (c *curl) short(letters string, next func() string) {
	taken := false
	for i := 0; i < len(letters) && !taken; i++ {
		c.option(letters[i:i+1], func() string {
			taken = true
			if rest := letters[i+1:]; rest != "" {
				return rest
			}
			return next()
		})
	}
}

// option applies an option, of those that matter or take a value (curl 8, docs/cmdline-opts). All
// others are switches. The dashes are left out: names of one letter have one, all others two.
func (c *curl) option(name string, value func() string) {
	switch name {
	case "X", "request":
		c.request.Method = value()
	case "H", "header":
		c.header(value())
	case "url":
		c.urls = append(c.urls, value())
	case "d", "data", "data-raw", "data-binary", "data-ascii", "data-urlencode":
		value()
		c.data, c.implied = true, "POST"
		c.presets["Content-Type"] = "application/x-www-form-urlencoded"
	case "F", "form", "form-string":
		value()
		c.implied = "POST"
		c.request.HeadersWhole = false // what parts the form is made up
	case "json":
		value()
		c.data, c.implied = true, "POST"
		c.presets["Content-Type"], c.presets["Accept"] = "application/json", "application/json"
	case "u", "user":
		user := base64.StdEncoding.EncodeToString([]byte(value()))
		c.presets["Authorization"] = "Basic " + user
	case "oauth2-bearer":
		c.presets["Authorization"] = "Bearer " + value()
	case "A", "user-agent":
		c.presets["User-Agent"] = value()
	case "e", "referer":
		c.presets["Referer"] = value()
	case "b", "cookie":
		c.cookie(value())
	case "T", "upload-file":
		c.upload, c.implied = value(), "PUT"
	case "path-as-is":
		c.asIs = true
	case "I", "head":
		c.implied = "HEAD"
	case "G", "get":
		c.get = true
	case "url-query":
		value()
		c.query = true
	case ":", "next":
		c.several = true
	case "K", "config": // options, of which we do not see the text
		value()
		c.request.HeadersWhole = false
	case "request-target":
		value()
		c.target = true
	default:
		if slices.Contains(strings.Fields(ofTransfer), name) {
			value()
		}
	}
}

// ofTransfer are the options with a value that says nothing of the request.
const ofTransfer = `
	o output output-dir w write-out m max-time connect-timeout x proxy U proxy-user E cert key
	cacert capath pass cert-type key-type ciphers tls-max c cookie-jar D dump-header C continue-at
	r range t y Y z time-cond P Q retry retry-delay retry-max-time max-redirs resolve connect-to
	interface limit-rate max-filesize noproxy trace trace-ascii stderr unix-socket dns-servers
	aws-sigv4 proto proxy-header keepalive-time rate pinnedpubkey socks5 socks5-hostname
	tls13-ciphers curves engine crlfile hsts alt-svc netrc-file preproxy speed-limit speed-time
	local-port doh-url dns-interface expect100-timeout happy-eyeballs-timeout-ms variable`

// header reads a value of -H: "name: value"; "name:" takes a header of curl's own away, "name;"
// sends it without a value, and @FILE has headers that we do not see.
func (c *curl) header(text string) {
	name, value, ok := strings.Cut(text, ":")
	if !ok || strings.HasPrefix(text, "@") || isVariable(value) {
		c.request.HeadersWhole = false
		return
	}
	c.request.add(name, value)
}

// cookie reads a value of -b: cookies, or the name of a file with them.
func (c *curl) cookie(value string) {
	switch before := c.presets["Cookie"]; {
	case !strings.Contains(value, "="):
		c.request.HeadersWhole = false
	case before != "":
		c.presets["Cookie"] = before + "; " + value
	default:
		c.presets["Cookie"] = value
	}
}

// finish fills in what curl does by itself.
func (c *curl) finish() {
	r := c.request
	r.take(c.urls[0])
	if file := c.upload[strings.LastIndexAny(c.upload, `/\`)+1:]; strings.HasSuffix(r.Path, "/") &&
		!slices.Contains([]string{"", "-", "."}, file) && !strings.Contains(c.urls[0], "?") {
		r.takePath(r.Path + url.PathEscape(file))
	}
	if c.target || c.asIs && strings.Contains(c.urls[0], "/.") {
		r.Path = "" // a gateway may make another one of it
	}
	if c.get {
		c.implied = ""
		delete(c.presets, "Content-Type")
	}
	if c.query || c.get && c.data {
		r.QueryWhole, r.RawQuery = false, "" // they become parameters
	}
	r.Method = cmp.Or(r.Method, c.implied, "GET")
	for name, value := range c.presets {
		switch _, given := r.Headers[name]; {
		case given:
		case isVariable(value):
			r.HeadersWhole = false
		default:
			r.Headers[name] = value
		}
	}
	r.settleHost()
	r.readCookies()
}

// shellWords splits a command into words, as a shell does: bash with '…', "…", $'…' and \,
// Windows' command prompt with ^, PowerShell with ` at the end of a line. Variables stay as they
// are written. It reports false where a quote is not closed.
func shellWords(text string) ([]string, bool) {
	s := shell{text: text, prompt: strings.Contains(text, `^"`) || strings.Contains(text, "^\n") ||
		strings.Contains(text, "^\r\n")}
	for s.at < len(s.text) {
		if !s.step() {
			return nil, false
		}
	}
	s.end()
	return s.words, true
}

// shell is a command while it is split.
type shell struct {
	text   string
	at     int
	prompt bool // it was written for Windows' command prompt
	word   strings.Builder
	begun  bool // the word has begun, and may be empty
	words  []string
}

func (s *shell) end() {
	if s.begun {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.begun = false
}

func (s *shell) add(text string) {
	s.word.WriteString(text)
	s.begun = true
}

// step reads one character, or what is between quotes.
func (s *shell) step() (closed bool) {
	rest := s.text[s.at:]
	c := rest[0]
	switch {
	case strings.ContainsRune(" \t\r\n", rune(c)):
		s.end()
		s.at++
	case lineEnd(rest, '\\') > 0 && !s.prompt:
		s.at += lineEnd(rest, '\\')
	case lineEnd(rest, '`') > 0:
		s.at += lineEnd(rest, '`')
	case s.prompt && lineEnd(rest, '^') > 0:
		s.at += lineEnd(rest, '^')
	case s.prompt && c == '^' && len(rest) > 1 && rest[1] != '"':
		s.add(rest[1:2])
		s.at += 2
	case s.prompt && strings.HasPrefix(rest, `^"`):
		s.at++
		return s.double()
	case c == '\\' && len(rest) > 1 && !s.prompt:
		s.add(rest[1:2])
		s.at += 2
	case strings.HasPrefix(rest, "$'"):
		return s.escaped()
	case c == '\'' && !s.prompt:
		return s.single()
	case c == '"':
		return s.double()
	default:
		s.add(rest[:1])
		s.at++
	}
	return true
}

// lineEnd is the length of a line break behind the character that takes its meaning away; 0 where
// there is none.
func lineEnd(text string, mark byte) int {
	switch {
	case text[0] != mark:
	case strings.HasPrefix(text[1:], "\n"):
		return 2
	case strings.HasPrefix(text[1:], "\r\n"):
		return 3
	}
	return 0
}

func (s *shell) single() bool {
	inside, _, ok := strings.Cut(s.text[s.at+1:], "'")
	s.add(inside)
	s.at += len(inside) + 2
	return ok
}

// double reads "…", in which a backslash takes the meaning of a few characters away, and a caret
// that of any at the command prompt.
func (s *shell) double() bool {
	s.begun = true
	for s.at++; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		more := s.at+1 < len(s.text)
		switch {
		case c == '"':
			s.at++
			return true
		case s.prompt && c == '^' && more:
			if s.text[s.at+1] == '"' {
				s.at += 2
				return true
			}
			s.at++
			s.add(s.text[s.at : s.at+1])
		case c == '\\' && more && strings.IndexByte("\"\\$`\n", s.text[s.at+1]) >= 0:
			if s.at++; s.text[s.at] != '\n' {
				s.add(s.text[s.at : s.at+1])
			}
		default:
			s.add(s.text[s.at : s.at+1])
		}
	}
	return false
}

// escaped reads $'…', in which a backslash begins an escape of C. Browsers write commands so.
func (s *shell) escaped() bool {
	s.begun = true
	rest := s.text[s.at+2:]
	for rest != "" && rest[0] != '\'' {
		char, _, tail, err := strconv.UnquoteChar(rest, '\'')
		if err != nil {
			char, tail = rune(rest[0]), rest[1:]
		}
		s.word.WriteRune(char)
		rest = tail
	}
	s.at = min(len(s.text), len(s.text)-len(rest)+1)
	return rest != ""
}
