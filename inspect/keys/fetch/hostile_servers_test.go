package fetch_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/measure"
)

// The bounds of one fetch, whatever the server does: processor time of the server and the client
// together, and memory that stays.
const (
	mostProcessor = 5 * time.Second
	mostKept      = 64 << 20
)

// hostileServer is a server that answers what was asked for its keys, and what comes of that.
type hostileServer struct {
	name   string
	answer http.HandlerFunc
	says   string // a part of the error; or of the reason if the set could be read
	passes bool   // the set could be read and has the key that signed
}

func TestHostileKeyServers(t *testing.T) {
	servers := hostileAnswers(t)
	servers = append(servers, hostileTexts(t)...)
	servers = append(servers, hostileSets(t)...)
	for _, server := range servers {
		t.Run(server.name, server.mustBeHarmless)
	}
	t.Logf("%d hostile key servers", len(servers))
}

// mustBeHarmless fetches the keys, verifies a token with them, and checks the answer, its cost,
// and what the server was sent.
func (h hostileServer) mustBeHarmless(t *testing.T) {
	tn := newTenant(t, publicKey(t, 0, "one"))
	sent := &sentRequests{answer: h.answer}
	tn.always = sent.serve
	s := tn.source(newClock())
	s.Timeout, s.Cache, s.Kid = 2*time.Second, t.TempDir(), "one"
	if strings.HasPrefix(h.says, "no answer within") {
		s.Timeout = 50 * time.Millisecond
	}
	token := sign(t, 0, `{"alg":"RS256","kid":"one"}`, claims)
	var set *keys.Set
	var err error
	var result keys.Result
	cost := measure.Of(func() {
		if set, err = s.URL(context.Background(), commonKeys); err == nil {
			result = keys.Verify(token, set)
		}
	})
	said := result.Reason.String()
	if err != nil {
		said = err.Error()
	}
	if !strings.Contains(said, h.says) || (result.Outcome == keys.Pass) != h.passes {
		t.Errorf("%v %s: %.300s", result.Outcome, said, result.Why)
	}
	if len(said) > 1000 {
		t.Errorf("the answer has %d characters", len(said))
	}
	if cost.Processor > mostProcessor || cost.Kept > mostKept {
		t.Errorf("it took %v and %d MiB", cost.Processor, cost.Kept>>20)
	}
	sent.mustBePlain(t, token.Compact())
}

// sentRequests keeps what a server was sent.
type sentRequests struct {
	answer http.HandlerFunc

	mu   sync.Mutex
	text strings.Builder
}

func (s *sentRequests) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	_, _ = fmt.Fprintln(&s.text, r.Method, r.Host, r.URL, r.Header, r.Trailer, body, err)
	s.mu.Unlock()
	s.answer(w, r)
}

// mustBePlain wants nothing of the token in what was sent, and no credentials.
func (s *sentRequests) mustBePlain(t *testing.T, token string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	secrets := append(strings.Split(token, "."), "Authorization", "Cookie", "hunter2", "POST")
	for _, secret := range secrets {
		if strings.Contains(s.text.String(), secret) {
			t.Errorf("%q was sent:\n%s", secret, s.text.String())
		}
	}
}

// raw answers with bytes that need not be HTTP, and hangs up.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, text)
		_ = connection.Close()
	}
}

// rawEndless answers with a start, and with the same text again and again until the client hangs
// up.
func rawEndless(start, again string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer connection.Close() //nolint:errcheck // the client hung up
		_, err = io.WriteString(connection, start)
		for err == nil {
			_, err = io.WriteString(connection, again)
		}
	}
}

// drip answers with a byte now and then, for as long as the client waits.
func drip(start string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, start)
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// with answers with headers and a text.
func with(text string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		_, _ = io.WriteString(w, text)
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, text)
	if closed := z.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	return packed.String()
}

const ok = "HTTP/1.1 200 OK\r\n"

// hostileAnswers are servers that answer oddly, whatever the set.
func hostileAnswers(t *testing.T) []hostileServer {
	good := setText(t, publicKey(t, 0, "one"))
	again := http.StatusTemporaryRedirect
	return []hostileServer{
		{"hangs up", hangUp, "no connection", false},
		{"never answers", late, "no answer within", false},
		{"answers a byte now and then", drip(`{"keys":[`), "no answer within", false},
		{"cuts its answer off", cut, "cut off", false},
		{"has no end", endless, "more than 1 MiB", false},
		{"sends a gzip bomb", gzipBomb(t), "more than 1 MiB", false},
		{
			"sends half of a gzip",
			with(gzipped(t, good)[:40], "Content-Encoding", "gzip"),
			"cut off", false,
		},
		{"says gzip, and is none", with(good, "Content-Encoding", "gzip"), "gzip", false},
		{"says br", with(good, "Content-Encoding", "br"), "verified", true},
		{
			"sends gzip in gzip",
			with(gzipped(t, gzipped(t, good)), "Content-Encoding", "gzip"),
			"text", false,
		},
		{"sends 16 MiB", body(strings.Repeat(" ", 16<<20)), "more than 1 MiB", false},
		{"sends 16 MiB of brackets", body(strings.Repeat("[", 16<<20)), "more than 1 MiB", false},
		{
			"sends a mebibyte of brackets",
			body(strings.Repeat("[", 1<<20)),
			"1000000 values", false,
		},
		{
			"sends headers without end",
			rawEndless(ok, "X-A: "+strings.Repeat("a", 1000)+"\r\n"),
			"header", false,
		},
		{
			"sends one header without end",
			rawEndless(ok+"X-A: ", strings.Repeat("a", 1000)),
			"header", false,
		},
		{
			"sends a status without end",
			rawEndless("HTTP/1.1 200 ", strings.Repeat("a", 1000)),
			"", false,
		},
		{
			"promises to go on, without end",
			rawEndless("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
			"header", false,
		},
		{"sends bytes", raw("\x00\x01\x02\xff"), "malformed", false},
		{
			"sends escapes in place of a status",
			raw("HTTP/1.1 \x1b[2J\x1b]0;x\x07 OK\r\n\r\n"),
			"malformed", false,
		},
		{"speaks HTTP/0.9", raw(good), "malformed", false},
		{"speaks HTTP/2 unasked", raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "no connection", false},
		{
			"sends chunks of a negative size",
			raw(ok + "Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
			"chunk", false,
		},
		{
			"sends chunks of a huge size",
			raw(ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"),
			"chunk", false,
		},
		{
			"sends two lengths",
			raw(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
			"Content-Length", false,
		},
		{
			"sends a negative length",
			raw(ok + "Content-Length: -1\r\n\r\n{}"),
			"Content-Length", false,
		},
		{
			"says a huge length",
			raw(ok + "Content-Length: 9223372036854775807\r\n\r\n" + good),
			"cut off", false,
		},
		{
			"sets cookies",
			with(good, "Set-Cookie", "a=b; Domain=login.microsoftonline.com"),
			"verified", true,
		},
		{"puts a byte order mark before the set", body("\ufeff" + good), "verified", true},
		{"has the wrong content type", with(good, "Content-Type", "text/html"), "verified", true},
		{
			"says max-age without end",
			with(good, "Cache-Control", "max-age=99999999999999999999"),
			"verified", true,
		},
		{"answers 204", status(204), "204", false},
		{"answers 206", status(206), "206", false},
		{"answers 300", status(300), "300", false},
		{"answers 304", status(304), "304", false},
		{"wants a password", status(401, "WWW-Authenticate", `Basic realm="x"`), "401", false},
		{
			"wants a proxy's password",
			status(407, "Proxy-Authenticate", `Basic realm="x"`),
			"407", false,
		},
		{"answers 429, for an hour", status(429, "Retry-After", "3600"), "429", false},
		{
			"answers 503, for ever",
			status(503, "Retry-After", "99999999999999999999"),
			"503", false,
		},
		{"answers 503, since long ago", status(503, "Retry-After", "-5"), "503", false},
		{"answers 999", status(999), "999", false},
		{"redirects to nowhere", status(302), "302", false},
		{"redirects in a circle", to("/common/discovery/keys"), "more than 3 times", false},
		{"redirects ever deeper", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"/x", again)
		}, "more than 3 times", false},
		{
			"redirects to another host",
			to("https://keys.example.com/"),
			"redirect to another host", false,
		},
		{
			"redirects to another port",
			to("https://login.microsoftonline.com:8443/"),
			"redirect to another host", false,
		},
		{
			"redirects to http",
			to("http://login.microsoftonline.com/"),
			"redirect to another host", false,
		},
		{"redirects to loopback", to("https://127.0.0.1/"), "redirect to another host", false},
		{
			"redirects to cloud metadata",
			to("http://169.254.169.254/latest"),
			"redirect to another host", false,
		},
		{
			"redirects to loopback in full-width letters",
			to("https://ｌｏｃａｌｈｏｓｔ/"),
			"redirect to another host", false,
		},
		{
			"redirects with a password",
			to("https://u:hunter2@login.microsoftonline.com/"),
			"a user or a password", false,
		},
		{"redirects to a file", to("file:///etc/passwd"), "redirect to another host", false},
		{"redirects to data", to("data:application/json,{}"), "redirect to another host", false},
		{"redirects to no address", to("https://[::1"), "", false},
		{"redirects to a mebibyte", to("/" + strings.Repeat("a", 1<<20)), "header", false},
	}
}

// hostileTexts are servers that answer with no key set at all.
func hostileTexts(t *testing.T) []hostileServer {
	good := setText(t, publicKey(t, 0, "one"))
	texts := []struct{ name, text, says string }{
		{"nothing", "", "empty"},
		{"a page", "<!doctype html><title>Sign in</title>", "page"},
		{"a page's script", "<script>alert(1)</script>", "page"},
		{
			"XML with an entity",
			`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`, "page",
		},
		{"null", "null", "key set"},
		{"a number", "1", "key set"},
		{"a text", `"keys"`, "key set"},
		{"a list", "[" + good + "]", ""},
		{"an empty object", "{}", "keys"},
		{"keys that are an object", `{"keys":{}}`, "keys"},
		{"a comma behind the last key", strings.Replace(good, "}]", "},]", 1), ""},
		{"more behind it", good + good, ""},
		{"half of it", good[:len(good)/2], ""},
		{"UTF-16", "\xff\xfe{\x00}\x00", "UTF-16"},
		{"a NUL byte", "{\x00}", "NUL"},
		{"escapes in an error", "\x1b]52;c;x\x07", ""},
		{"a secret", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", ""},
		{
			"a discovery document",
			`{"issuer":"https://x.example","jwks_uri":"https://127.0.0.1/"}`, "",
		},
		{
			"100,000 members",
			`{"keys":[]` + strings.Repeat(`,"a":1`, 100_000) + `}`, "50000 values",
		},
	}
	servers := make([]hostileServer, 0, len(texts))
	for _, text := range texts {
		servers = append(servers,
			hostileServer{"answers " + text.name, body(text.text), text.says, false})
	}
	return servers
}

// hostileSets are servers whose sets have odd keys beside the right one, or in its place.
func hostileSets(t *testing.T) []hostileServer {
	good, other := publicKey(t, 0, "one"), publicKey(t, 1, "one")
	changed := func(member string, value any) map[string]any {
		key := publicKey(t, 0, "one")
		key[member] = value
		return key
	}
	odd := func(members string) map[string]any {
		var key map[string]any
		if err := json.Unmarshal([]byte(members), &key); err != nil {
			t.Fatal(err)
		}
		return key
	}
	sets := []struct {
		name   string
		keys   []map[string]any
		says   string
		passes bool
	}{
		{
			"an unknown kty beside it",
			[]map[string]any{odd(`{"kty":"XYZ","kid":"x"}`), good},
			"verified", true,
		},
		{
			"a shared secret beside it",
			[]map[string]any{odd(`{"kty":"oct","k":"AAAA","kid":"x"}`), good},
			"verified", true,
		},
		{
			"a shared secret in its place",
			[]map[string]any{odd(`{"kty":"oct","k":"AAAA","kid":"one"}`)},
			"", false,
		},
		{
			"a point off the curve beside it",
			[]map[string]any{odd(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"x"}`), good},
			"verified", true,
		},
		{
			"a modulus that is no number beside it",
			[]map[string]any{odd(`{"kty":"RSA","n":"!!","e":"AQAB","kid":"x"}`), good},
			"verified", true,
		},
		{"a modulus of nothing", []map[string]any{changed("n", "AA")}, "", false},
		{
			"a modulus of 512 bits",
			[]map[string]any{changed("n", strings.Repeat("x", 86))},
			"", false,
		},
		{
			"a modulus of 16,384 bits",
			[]map[string]any{changed("n", strings.Repeat("x", 2731))},
			"", false,
		},
		{"a modulus that is a list", []map[string]any{changed("n", []any{1})}, "", false},
		{"the exponent 1", []map[string]any{changed("e", "AQ")}, "", false},
		{"an even exponent", []map[string]any{changed("e", "Ag")}, "", false},
		{"a huge exponent", []map[string]any{changed("e", strings.Repeat("_", 340))}, "", false},
		{"the kid in other case", []map[string]any{changed("kid", "ONE")}, "", false},
		{"a kid that is a number", []map[string]any{changed("kid", 1)}, "", false},
		{"no kid", []map[string]any{changed("kid", nil)}, "", false},
		{
			"a kid with escapes",
			[]map[string]any{changed("kid", "\x1b[2J\u202e"), good},
			"verified", true,
		},
		{"the wrong key of the same kid first", []map[string]any{other, good}, "verified", true},
		{"the wrong key of the same kid alone", []map[string]any{other}, "", false},
		{"a private member", []map[string]any{changed("d", "AQAB")}, "verified", true},
		{
			"certificates that can't be read",
			[]map[string]any{changed("x5c", []any{"AA", "%%"})},
			"verified", true,
		},
		{
			"an address of certificates",
			[]map[string]any{changed("x5u", "https://127.0.0.1/x5u")},
			"verified", true,
		},
		{"another algorithm", []map[string]any{changed("alg", "RS512")}, "", false},
		{"the use of encryption", []map[string]any{changed("use", "enc")}, "", false},
		{
			"Ed25519 of no length",
			[]map[string]any{odd(`{"kty":"OKP","crv":"Ed25519","x":"","kid":"one"}`)},
			"", false,
		},
	}
	servers := make([]hostileServer, 0, len(sets))
	for _, set := range sets {
		servers = append(servers, hostileServer{
			"has " + set.name, body(setText(t, set.keys...)), set.says, set.passes,
		})
	}
	many := setText(t, repeatKey(other, 1000)...)
	return append(servers,
		hostileServer{"has 1,000 keys of one kid", body(many), "too-many-keys", false})
}

func repeatKey(key map[string]any, n int) []map[string]any {
	list := make([]map[string]any, n)
	for i := range list {
		list[i] = key
	}
	return list
}

func setText(t *testing.T, list ...map[string]any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": list})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
