package inspect

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// curlOption says what an option of curl means for the request.
type curlOption uint8

const (
	takesNothing curlOption = iota // a switch that says nothing of the request
	takesValue                     // its value says nothing of it either
	setsMethod
	setsHeader
	setsURL
	setsData
	setsForm
	setsJSON
	setsUser
	setsBearer
	setsAgent
	setsReferer
	setsCookie
	setsUpload
	setsHead
	setsGet
	setsQuery
	sendsMore // several requests
	readsFile // options, of which we do not see the text
)

// curlOptions are the options that matter, or take a value (curl 8, docs/cmdline-opts). All others
// are switches. The dashes are left out: names of one letter have one, all others two.

var curlOptions = map[string]curlOption{
	"X": setsMethod, "request": setsMethod, "H": setsHeader, "header": setsHeader,
	"url": setsURL, "d": setsData, "data": setsData, "data-raw": setsData,
	"data-binary": setsData, "data-ascii": setsData, "data-urlencode": setsData,
	"F": setsForm, "form": setsForm, "form-string": setsForm, "json": setsJSON,
	"u": setsUser, "user": setsUser, "oauth2-bearer": setsBearer,
	"A": setsAgent, "user-agent": setsAgent, "e": setsReferer, "referer": setsReferer,
	"b": setsCookie, "cookie": setsCookie, "T": setsUpload, "upload-file": setsUpload,
	"I": setsHead, "head": setsHead, "G": setsGet, "get": setsGet,
	"url-query": setsQuery, ":": sendsMore, "next": sendsMore,
	"K": readsFile, "config": readsFile,

	"o": takesValue, "output": takesValue, "output-dir": takesValue, "w": takesValue,
	"write-out": takesValue, "m": takesValue, "max-time": takesValue,
	"connect-timeout": takesValue, "x": takesValue, "proxy": takesValue, "U": takesValue,
	"proxy-user": takesValue, "E": takesValue, "cert": takesValue, "key": takesValue,
	"cacert": takesValue, "capath": takesValue, "pass": takesValue,
	"cert-type": takesValue, "key-type": takesValue, "ciphers": takesValue,
	"tls-max": takesValue, "c": takesValue, "cookie-jar": takesValue, "D": takesValue,
	"dump-header": takesValue, "C": takesValue, "continue-at": takesValue,
	"r": takesValue, "range": takesValue, "t": takesValue, "y": takesValue,
	"Y": takesValue, "z": takesValue, "time-cond": takesValue, "P": takesValue,
	"Q": takesValue, "retry": takesValue, "retry-delay": takesValue,
	"retry-max-time": takesValue, "max-redirs": takesValue, "resolve": takesValue,
	"connect-to": takesValue, "interface": takesValue, "limit-rate": takesValue,
	"max-filesize": takesValue, "noproxy": takesValue, "trace": takesValue,
	"trace-ascii": takesValue, "stderr": takesValue, "unix-socket": takesValue,
	"dns-servers": takesValue, "aws-sigv4": takesValue, "proto": takesValue,
	"proxy-header": takesValue, "keepalive-time": takesValue, "rate": takesValue,
	"pinnedpubkey": takesValue, "socks5": takesValue, "socks5-hostname": takesValue,
	"request-target": takesValue,
}

// curl is a command while it is read.
type curl struct {
	request *HTTPRequest
	urls    []string
	implied string            // the method that the options imply
	presets map[string]string // headers that options or curl itself send, where -H does not

	data, get bool // -d is given, and -G makes parameters of it
	query     bool // other parameters are added
	several   bool // requests
}

// curlRequest reads the request that a curl command sends. It says why where it can't.
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
			option := curlOptions[word[2:]]
			value := ""
			if option.hasValue() {
				value = next()
			}
			c.apply(option, value)
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
	for i := range len(letters) {
		option := curlOptions[letters[i:i+1]]
		if !option.hasValue() {
			c.apply(option, "")
			continue
		}
		value := letters[i+1:]
		if value == "" {
			value = next()
		}
		c.apply(option, value)
		return
	}
}

func (o curlOption) hasValue() bool {
	switch o {
	case takesNothing, setsHead, setsGet, sendsMore:
		return false
	}
	return true
}

func (c *curl) apply(option curlOption, value string) {
	switch option {
	case setsMethod:
		c.request.Method = value
	case setsHeader:
		c.header(value)
	case setsURL:
		c.urls = append(c.urls, value)
	case setsData:
		c.data, c.implied = true, "POST"
		c.presets["Content-Type"] = "application/x-www-form-urlencoded"
	case setsForm:
		c.implied = "POST"
		c.request.HeadersWhole = false // what parts the form is made up
	case setsJSON:
		c.data, c.implied = true, "POST"
		c.presets["Content-Type"], c.presets["Accept"] = "application/json", "application/json"
	case setsUser:
		c.presets["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(value))
	case setsBearer:
		c.presets["Authorization"] = "Bearer " + value
	case setsAgent:
		c.presets["User-Agent"] = value
	case setsReferer:
		c.presets["Referer"] = value
	case setsCookie:
		c.cookie(value)
	case setsUpload:
		c.implied = "PUT"
	case setsHead:
		c.implied = "HEAD"
	case setsGet:
		c.get = true
	case setsQuery:
		c.query = true
	case readsFile:
		c.request.HeadersWhole = false
	case sendsMore:
		c.several = true
	}
}

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
	if c.get {
		c.implied = ""
		delete(c.presets, "Content-Type")
	}
	if c.query || c.get && c.data {
		r.QueryWhole = false // they become parameters
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
