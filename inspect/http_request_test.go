package inspect

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestACurlCommandIsARequest(t *testing.T) {
	t.Parallel()
	type want struct {
		line    string // method, host, path
		headers string // those beside curl's own and the host, as name=value, in their order
		whole   bool
	}
	for name, row := range map[string]struct {
		text string
		want want
	}{
		"the shortest": {
			"curl https://api.example/orders", want{"GET api.example /orders", "", true},
		},
		"behind a prompt": {
			"$ curl https://api.example/orders/", want{"GET api.example /orders/", "", true},
		},
		"without a path": {"curl api.example", want{"GET api.example /", "", true}},
		"a method": {
			"curl -X DELETE 'https://api.example/orders/4?x=1#y'",
			want{"DELETE api.example /orders/4", "", true},
		},
		"a method behind its letter": {
			"curl -sSXPUT https://api.example/o", want{"PUT api.example /o", "", true},
		},
		"data make it a POST": {
			`curl https://api.example/o -d '{"a": 1}' -H 'Content-Type: application/json'`,
			want{"POST api.example /o", "Content-Type=application/json", true},
		},
		"data have a type of their own": {
			"curl https://api.example/o --data-raw a=1",
			want{"POST api.example /o", "Content-Type=application/x-www-form-urlencoded", true},
		},
		"but not with -G": {
			"curl -G https://api.example/o -d a=1", want{"GET api.example /o", "", true},
		},
		"and -X counts more": {
			"curl -d a -X PATCH -H content-type: https://api.example/o",
			want{"PATCH api.example /o", "Content-Type=", true},
		},
		"a head": {
			"curl -I https://api.example/o", want{"HEAD api.example /o", "", true},
		},
		"an upload": {
			"curl -T file.txt https://api.example/o", want{"PUT api.example /o", "", true},
		},
		"an upload into a folder": {
			"curl -T 'in/file 1.txt' https://api.example/o/",
			want{"PUT api.example /o/file%201.txt", "", true},
		},
		"an upload of what comes through a pipe": {
			"curl -T - https://api.example/o/", want{"PUT api.example /o/", "", true},
		},
		"a path that is sent as it is": {
			"curl --path-as-is https://api.example/a/../o", want{"GET api.example ", "", true},
		},
		"an address and a token as options": {
			"curl --url https://api.example/o --oauth2-bearer x -e https://b.example",
			want{"GET api.example /o", "Authorization=Bearer x;Referer=https://b.example", true},
		},
		"a query as an option": {
			"curl --url-query a=b https://api.example/o",
			want{"GET api.example /o", "", true},
		},
		"another path in the request line": {
			"curl --request-target /a https://api.example/o",
			want{"GET api.example ", "", true},
		},
		"a caret before what is no quote": {
			"curl https://api.example/o?a=1^&b=2 -H ^\"b: 1^\"",
			want{"GET api.example /o", "B=1", true},
		},
		"escaped characters in quotes": {
			`curl "https://api.example/o" -H "a: \"b\" \\c"`,
			want{"GET api.example /o", `A="b" \c`, true},
		},
		"a cookie, and the name of a file with some": {
			"curl -b a=1 -b jar.txt https://api.example/o",
			want{"GET api.example /o", "Cookie=a=1", false},
		},
		"a value of an option that says nothing": {
			"curl --tls13-ciphers TLS_AES_128_GCM_SHA256 https://api.example/o",
			want{"GET api.example /o", "", true},
		},
		"a value is no address": {
			"curl -o out.txt -m 5 --retry 3 https://api.example/o -w '%{http_code}\\n'",
			want{"GET api.example /o", "", true},
		},
		"headers, in any quotes": {
			`curl -H "client_id: a b" -H'X-One: $1'  --header X-Two:\ 2 https://api.example/o ` +
				`-H $'X-Three: it\'s'`,
			want{"GET api.example /o", "Client_id=a b;X-Three=it's;X-Two=2", false},
		},
		"credentials": {
			"curl -u me:secret https://u:p@api.example/o",
			want{"GET api.example /o", "Authorization=Basic bWU6c2VjcmV0", true},
		},
		"a header counts more than an option, wherever it is": {
			"curl -H 'Authorization: Bearer x' -u me:secret -A a -H 'User-Agent: b' " +
				"https://api.example/o",
			want{"GET api.example /o", "Authorization=Bearer x;User-Agent=b", true},
		},
		"lines that go on": {
			"curl 'https://api.example/o' \\\n  -H 'a: 1' \\\r\n  --compressed",
			want{"GET api.example /o", "A=1", true},
		},
		"of Windows' prompt": {
			"curl ^\"https://api.example/o?a=1^&b=2^\" ^\r\n  -H ^\"client_id: x^\" ^\n -H " +
				"\"a: ^%1\"",
			want{"GET api.example /o", "A=%1;Client_id=x", true},
		},
		"of PowerShell": {
			"curl.exe 'https://api.example/o' `\n  -H 'a: 1'",
			want{"GET api.example /o", "A=1", true},
		},
		"what follows it": {
			"curl https://api.example/o | jq .x",
			want{"GET api.example /o", "", true},
		},
		"dots in the path": {
			"curl https://api.example/a/../b/./c/",
			want{"GET api.example /b/c/", "", true},
		},
		"a variable in the path": {
			"curl https://api.example/$ID/x",
			want{"GET api.example ", "", true},
		},
		"a variable for the host": {
			"curl $API/orders -H 'a: 1'",
			want{"GET  /orders", "A=1", false},
		},
		"one of Postman's": {"curl '{{base}}/orders'", want{"GET  /orders", "", false}},
		"headers in a file": {
			"curl -H @headers.txt https://api.example/o",
			want{"GET api.example /o", "", false},
		},
		"options in a file": {
			"curl -K - https://api.example/o",
			want{"GET api.example /o", "", false},
		},
		"a form": {
			"curl -F a=b https://api.example/o",
			want{"POST api.example /o", "", false},
		},
		"two values of a header": {
			"curl -H a:1 -H a:2 https://api.example/o",
			want{"GET api.example /o", "", false},
		},
		"three values of a header": {
			"curl -H a:1 -H a:2 -H a:3 https://api.example/o",
			want{"GET api.example /o", "", false},
		},
		"one value twice": {
			"curl -H a:1 -H a:1 https://api.example/o",
			want{"GET api.example /o", "A=1", true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, why := LocateRequest(row.text, Found{})
			if r == nil {
				t.Fatal(why)
			}
			got := want{r.Method + " " + r.Host + " " + r.Path, shown(r), r.HeadersWhole}
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// shown are the headers that neither curl adds by itself nor the address says.
func shown(r *HTTPRequest) string {
	own := map[string]string{"Accept": "*/*", "User-Agent": "curl", "Host": r.Host}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		if own[name] != r.Headers[name] || own[name] == "" {
			all = append(all, name+"="+r.Headers[name])
		}
	}
	return strings.Join(all, ";")
}

func TestParametersAndCookiesAreRead(t *testing.T) {
	t.Parallel()
	r, _ := LocateRequest(
		"curl 'https://a.example/o?client_id=x%20y&a=1&a=2' -b 'one=1' --cookie two=2",
		Found{},
	)
	if diff := cmp.Diff(
		map[string]string{"client_id": "x y"},
		r.Query,
	); diff != "" ||
		r.QueryWhole {
		t.Errorf("%t %s", r.QueryWhole, diff)
	}
	if diff := cmp.Diff(map[string]string{"one": "1", "two": "2"}, r.Cookies); diff != "" {
		t.Error(diff)
	}
	r, _ = LocateRequest("curl https://a.example/o -G -d a=1", Found{})
	if r.QueryWhole {
		t.Error("data are parameters")
	}
}

// The network tab of a browser shows a request as it is sent.
func TestACopiedRequestIsARequest(t *testing.T) {
	t.Parallel()
	const copied = "\nGET /orders/17?x=1 HTTP/2\r\nHost: api.example.com\r\n" +
		"Authorization: Bearer eyJ.e30.x\r\nCookie: a=b\r\nX-Blank:\r\n\r\nbody: none\r\n"
	want := &HTTPRequest{
		From: "a copied request", Method: "GET", Host: "api.example.com", Path: "/orders/17",
		Headers: map[string]string{
			"Host": "api.example.com", "Authorization": "Bearer eyJ.e30.x", "Cookie": "a=b",
			"X-Blank": "",
		},
		Blank: []string{"X-Blank"}, RawQuery: "?x=1",
		Cookies: map[string]string{"a": "b"}, Query: map[string]string{"x": "1"}, QueryWhole: true,
	}
	got, why := LocateRequest(copied, Found{Text: "eyJ.e30.x"})
	if diff := cmp.Diff(want, got); diff != "" || why != "" {
		t.Errorf("%s (-want +got):\n%s", why, diff)
	}
	if got, _ := LocateRequest(copied+copied, Found{Text: "eyJ.e30.x"}); got != nil {
		t.Errorf("of two it is not known which: %+v", got)
	}
}

func TestWhatIsNotOneRequestIsNotTaken(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"curl":                 "",
		"eyJ.e30.x":            "",
		"GET /orders HTTP/1.1": "",
		"curl -H 'a: b":        "a quote in the curl command is not closed",
		"curl -sS -H a:b":      "the curl command has no address",
		"curl https://a.example https://b.example":  "the curl command sends several requests",
		"curl https://a.example --next -d x b.test": "the curl command sends several requests",
		`{"log": {"entries": [}`:                    "the HAR file can't be read as JSON",
		`{"log": {"entries": []}}`: "no request in the HAR file has the token in " +
			"a header",
		`{"log": {"entries": 7}}`: "the HAR file can't be read as JSON",
	} {
		if r, why := LocateRequest(text, Found{Text: "eyJ.e30.x"}); r != nil || why != want {
			t.Errorf("%q: %v, %q", text, r, why)
		}
	}
}

func TestTheFirstRequestOfAHARFileWithTheTokenIsTaken(t *testing.T) {
	t.Parallel()
	const text = `{"log": {"version": "1.2", "entries": [
		{"request": {"method": "OPTIONS", "url": "https://api.example/x", "headers": []}},
		{"request": {"method": "POST", "url": "https://api.example/orders?a=1", "headers": [
			{"name": ":path", "value": "/orders"},
			{"name": "authorization", "value": "Bearer eyJ.e30.x"},
			{"name": "client_id", "value": "one"}, {"name": "cookie", "value": "c=2"},
			{"name": "x-blank", "value": ""}]}},
		{"request": {"method": "GET", "url": "https://api.example/y", "headers": [
			{"name": "Authorization", "value": "Bearer eyJ.e30.x"}]}}]}}`
	got, why := LocateRequest(text, Found{Text: "eyJ.e30.x"})
	want := &HTTPRequest{
		From: "a HAR file", Others: 1, Method: "POST", Host: "api.example", Path: "/orders",
		Headers: map[string]string{
			"Authorization": "Bearer eyJ.e30.x", "Client_id": "one", "Cookie": "c=2",
			"Host": "api.example", "X-Blank": "",
		},
		Blank: []string{"X-Blank"}, RawQuery: "?a=1",
		Cookies: map[string]string{"c": "2"}, Query: map[string]string{"a": "1"},
		HeadersWhole: true, QueryWhole: true,
	}
	if diff := cmp.Diff(want, got); diff != "" || why != "" {
		t.Errorf("%s (-want +got):\n%s", why, diff)
	}
}

func TestAHeaderAloneIsTheHeaderAsItWasSent(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"authorization: bearer eyJ.e30.x\n":      "bearer eyJ.e30.x",
		"Authorization:BEARER  eyJ.e30.x":        "BEARER  eyJ.e30.x",
		`"authorization": "bearer eyJ.e30.x",`:   "bearer eyJ.e30.x",
		"Authorization: bearer\r\n eyJ.e30.x":    "bearer eyJ.e30.x",
		"Authorization: eyJ.e30.x\nHost: a":      "eyJ.e30.x",
		"Authorization: Basic a\nX: eyJ.e30.x":   "",
		"token: eyJ.e30.x":                       "",
		"bearer eyJ.e30.x":                       "",
		"eyJ.e30.x":                              "",
		"a log: Authorization: bearer eyJ.e30.x": "",
	} {
		r, why := LocateRequest(text, Found{Text: "eyJ.e30.x"})
		switch {
		case why != "", (r == nil) != (want == ""):
			t.Errorf("%q: %v, %s", text, r, why)
		case r != nil && (r.Headers["Authorization"] != want || r.HeadersWhole):
			t.Errorf("%q: %v", text, r)
		}
	}
}

// Nobody knows what else is sent beside headers, options of curl or a request line alone.
func TestAPartOfARequestIsWhatWasSent(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"
	for text, want := range map[string]string{
		"Host: api.example\nX-Tenant: a:b\nauthorization: Bearer TOKEN\n\nX-Body: 1": "   " +
			"Authorization=Bearer TOKEN;Host=api.example;X-Tenant=a:b",
		"Authorization: Bearer eyJhbGciOiJSUzI1\n NiJ9.e30.c2lnbmF0dXJl\r\nX-A: 1\r\n": "   " +
			"Authorization=Bearer TOKEN;X-A=1",
		`"x-a": "1",` + "\n" + `"authorization": "Bearer TOKEN",`: "   " +
			"Authorization=Bearer TOKEN",
		"x-a:\n1\nauthorization:\nBearer TOKEN": "   Authorization=Bearer TOKEN;X-A=1",
		"x-a\r\n1\r\nauthorization\r\nBearer TOKEN\r\n": "" +
			"   Authorization=Bearer TOKEN;X-A=1",
		"x-a\nTOKEN": "",
		":authority\na\n:method\nPOST\n:path\n/o\nauthorization\nBearer TOKEN": "" +
			"POST a /o Authorization=Bearer TOKEN",
		"authorization: Bearer TOKEN\n:method: GET\n:path: /o": "GET  /o " +
			"Authorization=Bearer TOKEN",
		":method: GET\nauthorization: Bearer TOKEN": "" +
			"   Authorization=Bearer TOKEN",
		":method: GET\n:path: *\nauthorization: Bearer TOKEN": "" +
			"   Authorization=Bearer TOKEN",
		":method: GET\n:path: /o\nx-a: TOKEN":                                           "",
		":method: GET\n:path: /o\nauthorization: Bearer TOKEN\n:method: GET\n:path: /p": "",
		"x-a:\n\nauthorization:\nBearer TOKEN":                                          "",
		":authority: api.example\n:method: GET\n:path: /o?a=1\nauthorization: Bearer TOKEN": "" +
			"GET api.example /o Authorization=Bearer TOKEN",
		"-H 'Authorization: Bearer TOKEN' -H 'X-A: 1'": "   Authorization=Bearer TOKEN;X-A=1",
		"  --header \"X-A: 1\" \\\n -H \"authorization: Bearer TOKEN\"": "   " +
			"Authorization=Bearer TOKEN;X-A=1",
		"-X POST -H 'Authorization: Bearer TOKEN'": "POST   Authorization=Bearer TOKEN",
		"GET /o HTTP/1.1\nHost: a\nIf-Match: \"x\"\nAuthorization: Bearer TOKEN": "GET a /o " +
			"Authorization=Bearer TOKEN;If-Match=\"x\"",
		"-H 'X-A: TOKEN'": "",
		"- TOKEN":         "",
		`1.2.3.4 - - [x] "GET /o?a=1 HTTP/1.1" 403 "TOKEN"`:          "GET  /o ",
		`{"request": "POST /o HTTP/2.0", "auth": "TOKEN"}`:           "POST  /o ",
		`{"log": "\"GET /o HTTP/1.1\" \"Bearer TOKEN\""}`:            "GET  /o ",
		`- - - "GET /o HTTP/1.1" "Bearer TOKEN"`:                     "GET  /o ",
		`"GET /a\x22 HTTP/1.1" 200 "TOKEN"`:                          "GET   ",
		"TOKEN\n" + `"GET /o HTTP/1.1" 200`:                          "",
		`"GET /a HTTP/1.1" "GET /b HTTP/1.1" TOKEN`:                  "",
		`"GET /o?t=TOKEN HTTP/1.1" 200`:                              "",
		`"GET /o HTTP/1.1" TOKEN` + "\n" + `"GET /p HTTP/1.1" TOKEN`: "",
	} {
		r, why := LocateRequest(strings.ReplaceAll(text, "TOKEN", token), Found{Text: token})
		got := ""
		if r != nil {
			got = r.Method + " " + r.Host + " " + r.Path + " " +
				strings.ReplaceAll(shown(r), token, "TOKEN")
		}
		if got != want || why != "" || r != nil && r.HeadersWhole {
			t.Errorf("%s\n got %q %s\nwant %q", text, got, why, want)
		}
	}
}

func FuzzLocateRequest(f *testing.F) {
	for _, text := range []string{
		`curl "a^"b" -H $'\u0021' -b c=d`, "curl ^\"x^\" ^\n", "curl -",
		"curl --json \\", "curl a?b=%zz",
		`{"log":{"entries":[{"request":{"url":"://"}}]}}`,
		":method\nGET\n:path\n/\n:authority\na\nauthorization\nBearer eyJ",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, why := LocateRequest(text, Found{Text: "eyJ"})
		if r != nil && (why != "" || r.Method == "" && r.From == "a curl command") {
			t.Errorf("%+v, %q", r, why)
		}
		if r != nil && r.Path != "" && !strings.HasPrefix(r.Path, "/") {
			t.Errorf("the path %q", r.Path)
		}
	})
}

func TestAnAnswerThatCurlHasPrintedIsRead(t *testing.T) {
	t.Parallel()
	const verbose = "* Trying 192.0.2.1:443...\n> GET /orders HTTP/1.1\n> Host: api.example\n>\n" +
		"< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer\n< content-length: 28\n<\n" +
		"{ [28 bytes data]\n{\"error\": \"Invalid token.\"}* Connection #0 to host left intact\n"
	refused := &HTTPAnswer{
		401,
		[]string{"www-authenticate: Bearer", "content-length: 28"},
		`{"error": "Invalid token."}`,
	}
	for _, of := range []struct {
		name, text string
		want       *HTTPAnswer
		why        string
	}{
		{"curl -v", verbose, refused, ""},
		{"on Windows", strings.ReplaceAll(verbose, "\n", "\r\n"), refused, ""},
		{"behind the command", "$ curl -v https://api.example/orders\n" + verbose, refused, ""},
		{"with the next prompt", verbose + "me@host:~$ \n", refused, ""},
		{
			"curl -i", "HTTP/2 403 \ncontent-type: text/plain\n\nno\nway\n",
			&HTTPAnswer{403, []string{"content-type: text/plain"}, "no\nway"}, "",
		},
		{
			"behind a proxy, and to be continued",
			"< HTTP/1.1 200 Connection established\n<\n< HTTP/1.1 100 Continue\n<\n" +
				"< HTTP/2 200\n<\nok\n",
			&HTTPAnswer{Status: 200, Body: "ok"}, "",
		},
		{"without a body", "< HTTP/1.1 503 Unavailable\n<\n", &HTTPAnswer{Status: 503}, ""},
		{
			"cut off in its headers", "< HTTP/1.1 503\n< a: b",
			&HTTPAnswer{503, []string{"a: b"}, ""}, "",
		},
		{
			"two of them", "< HTTP/1.1 302 Found\n<\n< HTTP/1.1 200 OK\n<\n", nil,
			"the text has 2 of them",
		},
		{
			"of who issued the token", "HTTP/1.1 200 OK\n\n{\"access_token\": \"eyJ.eyJ.sig\"}\n",
			nil, "",
		},
		{
			"behind that one",
			"HTTP/1.1 200 OK\n\n{\"access_token\": \"eyJ.eyJ.sig\"}\n" + verbose, refused, "",
		},
		{"none", "> GET / HTTP/1.1\n> Host: a\n", nil, ""},
		{"no status", "< HTTP/1.1 999 x\n< HTTP/1.1 40 y\n", nil, ""},
	} {
		got, why := LocateAnswer(of.text, Found{Text: "eyJ.eyJ.sig"})
		if diff := cmp.Diff(of.want, got); diff != "" || why != of.why {
			t.Errorf("%s: why %q, want %q, answer (-want +got):\n%s", of.name, why, of.why, diff)
		}
	}
}

func TestTheRequestThatCurlHasSentCountsMoreThanItsCommand(t *testing.T) {
	t.Parallel()
	const sent = "* Connected\n> POST /orders?a=1 HTTP/2\n> Host: api.example\n> X-One: 1\n" +
		"> Authorization: Bearer TOKEN\n>\n< HTTP/2 401\n< x-two: 2\n<\n"
	const command = "curl -v https://other.example/$PATH -H 'x-one: 1'\n"
	for _, of := range []struct {
		name, text, line string
		headers          map[string]string
	}{
		{
			"what it has sent", sent, "POST api.example /orders",
			map[string]string{
				"Host": "api.example", "X-One": "1", "Authorization": "Bearer TOKEN",
			},
		},
		{
			"behind the command", command + sent, "POST api.example /orders",
			map[string]string{
				"Host": "api.example", "X-One": "1", "Authorization": "Bearer TOKEN",
			},
		},
		{
			"with a header that somebody has blotted out",
			"TOKEN\n" + strings.Replace(sent, "TOKEN", "xxx", 1), "POST api.example /orders",
			map[string]string{"Host": "api.example", "X-One": "1"},
		},
		{
			"the command alone, with what curl -i has printed",
			"curl -i https://api.example/o -A me \\\n  -H 'Accept: a'\nHTTP/1.1 401 No\n\nbody",
			"GET api.example /o",
			map[string]string{"Host": "api.example", "User-Agent": "me", "Accept": "a"},
		},
	} {
		request, why := LocateRequest(of.text, Found{Text: "TOKEN"})
		if request == nil {
			t.Errorf("%s: no request: %s", of.name, why)
			continue
		}
		line := request.Method + " " + request.Host + " " + request.Path
		if diff := cmp.Diff(of.headers, request.Headers); line != of.line || diff != "" {
			t.Errorf("%s: %s, want %s, headers (-want +got):\n%s", of.name, line, of.line, diff)
		}
		if !request.HeadersWhole {
			t.Errorf("%s: the headers are not whole", of.name)
		}
	}
}

// archived is a HAR file with these members of an entry each.
func archived(entries ...string) string {
	text := `{"log": {"entries": [`
	for i, entry := range entries {
		if i > 0 {
			text += ","
		}
		text += "{" + entry + "}"
	}
	return text + "]}}"
}

func sentTo(path string) string {
	return `"request": {"method": "GET", "url": "https://api.example` + path +
		`", "headers": [{"name": "authorization", "value": "Bearer eyJ.e30.x"}]}`
}

func TestAHARFileHasTheAnswerToItsRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, answer string
		want         *HTTPAnswer
	}{
		{
			"as a browser writes it",
			`{"status": 403, "headers": [{"name": ":status", "value": "403"},` +
				`{"name": "x-a", "value": "b"}], "content": {"text": "{\"error\": 1}"}}`,
			&HTTPAnswer{403, []string{"x-a: b"}, `{"error": 1}`},
		},
		{
			"in base64", `{"status": 403, "content": {"text": "bm8=", "encoding": "base64"}}`,
			&HTTPAnswer{403, nil, "no"},
		},
		{
			"in BASE64", `{"status": 403, "content": {"text": "bm8=", "encoding": "BASE64"}}`,
			&HTTPAnswer{403, nil, "no"},
		},
		{
			"in base64 that can't be read",
			`{"status": 403, "content": {"text": "??", "encoding": "base64"}}`, nil,
		},
		{"without a body", `{"status": 401}`, &HTTPAnswer{401, nil, ""}},
		{"that never came", `{"status": 0}`, nil},
		{"that is left out", `{}`, nil},
		{"that is null", `null`, nil},
		{"that is no object", `[]`, nil},
		{"with a status that is a text", `{"status": "403"}`, nil},
		{
			"with a header that is a number",
			`{"status": 403, "headers": [{"name": "content-length", "value": 2}]}`, nil,
		},
	} {
		text := archived(sentTo("/a") + `, "response": ` + tt.answer)
		token := Found{Text: "eyJ.e30.x"}
		if request, why := LocateRequest(text, token); request == nil || why != "" {
			t.Errorf("%s: the request is not read: %s", tt.name, why)
		}
		got, why := LocateAnswer("\ufeff\n"+text, token)
		if diff := cmp.Diff(tt.want, got); diff != "" || why != "" {
			t.Errorf("%s: %s %s", tt.name, why, diff)
		}
	}
}

func TestAHARFileSaysWhenItsRequestWasMade(t *testing.T) {
	t.Parallel()
	for started, want := range map[string]string{
		`"2026-05-06T10:00:00.123+02:00"`: "2026-05-06T08:00:00.123Z",
		`"yesterday"`:                     "0001-01-01T00:00:00Z",
		`17`:                              "0001-01-01T00:00:00Z",
	} {
		text := archived(`"startedDateTime": ` + started + ", " + sentTo("/a"))
		request, why := LocateRequest(text, Found{Text: "eyJ.e30.x"})
		if request == nil || request.Made.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%s: got %+v %s", started, request, why)
		}
	}
}

func TestOfSeveralRequestsWithTheTokenTheFirstThatWasRefusedCounts(t *testing.T) {
	t.Parallel()
	text := archived(
		sentTo("/ok")+`, "response": {"status": 200}`,
		sentTo("/refused")+`, "response": {"status": 403}`,
		sentTo("/again")+`, "response": {"status": 401}`,
		`"request": {"url": "https://other.example/"}, "response": {"status": 401}`,
	)
	token := Found{Text: "eyJ.e30.x"}
	request, _ := LocateRequest(text, token)
	answer, _ := LocateAnswer(text, token)
	if request == nil || request.Path != "/refused" || request.Others != 2 ||
		answer == nil || answer.Status != 403 {
		t.Errorf("%+v, %+v", request, answer)
	}
}
