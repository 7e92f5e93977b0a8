package inspect

import (
	"maps"
	"slices"
	"strings"
	"testing"

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
		"Authorization: Bearer eyJ.e30.x\r\nCookie: a=b\r\n\r\nbody: none\r\n"
	want := &HTTPRequest{
		From: "a copied request", Method: "GET", Host: "api.example.com", Path: "/orders/17",
		Headers: map[string]string{
			"Host": "api.example.com", "Authorization": "Bearer eyJ.e30.x", "Cookie": "a=b",
		},
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
			{"name": "client_id", "value": "one"}, {"name": "cookie", "value": "c=2"}]}},
		{"request": {"method": "GET", "url": "https://api.example/y", "headers": [
			{"name": "Authorization", "value": "Bearer eyJ.e30.x"}]}}]}}`
	got, why := LocateRequest(text, Found{Text: "eyJ.e30.x"})
	want := &HTTPRequest{
		From: "a HAR file", Others: 1, Method: "POST", Host: "api.example", Path: "/orders",
		Headers: map[string]string{
			"Authorization": "Bearer eyJ.e30.x", "Client_id": "one", "Cookie": "c=2",
			"Host": "api.example",
		},
		Cookies: map[string]string{"c": "2"}, Query: map[string]string{"a": "1"},
		HeadersWhole: true, QueryWhole: true,
	}
	if diff := cmp.Diff(want, got); diff != "" || why != "" {
		t.Errorf("%s (-want +got):\n%s", why, diff)
	}
}

func FuzzLocateRequest(f *testing.F) {
	for _, text := range []string{
		`curl "a^"b" -H $'\u0021' -b c=d`, "curl ^\"x^\" ^\n", "curl -",
		"curl --json \\", "curl a?b=%zz",
		`{"log":{"entries":[{"request":{"url":"://"}}]}}`,
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
