package inspect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
