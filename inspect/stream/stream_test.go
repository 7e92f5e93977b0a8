package stream

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

func encoded(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// jws is a text in the form of a token, with a signature as long as one of RSA 2048.
func jws(claims string) string {
	return encoded(`{"alg":"RS256","typ":"JWT"}`) + "." + encoded(claims) + "." +
		encoded(strings.Repeat("s", 256))
}

// read reads a stream to its end. Each line is shown as its token, a fault in parentheses, or
// nothing.
func read(input io.Reader, path ...string) ([]string, error) {
	r, err := NewReader(input, Options{Path: path})
	if err != nil {
		return nil, err
	}
	var all []string
	for block := new(Block); ; {
		err := r.Next(block)
		for line := range block.Lines() {
			if line.Number != len(all)+1 {
				return all, fmt.Errorf("line %d is called %d", len(all)+1, line.Number)
			}
			shown := string(line.Token)
			if line.Fault != "" {
				shown = "(" + line.Fault + ")"
			}
			all = append(all, shown)
		}
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

// A token that was wrapped is one line that can't be read, and not many opaque tokens.
func TestTheLinesOfAWrappedTokenAreNoTokens(t *testing.T) {
	t.Parallel()
	whole := jws(`{"sub":"` + strings.Repeat("long ", 50) + `"}`)
	var lines []string
	for part := range slices.Chunk([]byte(whole), 40) {
		lines = append(lines, string(part))
	}
	text := "token: " + strings.Join(lines, "\n") + "\n" + whole + "\nGET / 200\n" +
		strings.Repeat("opaque", 7)
	got, err := read(strings.NewReader(text))
	got = slices.DeleteFunc(got, func(line string) bool { return line == "" })
	want := []string{"(the token is cut off)", whole, strings.Repeat("opaque", 7)}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q %v, want %q", got, err, want)
	}
}

// Where a block of lines ends says nothing about the token that goes on behind it.
func TestAWrappedTokenMayGoOnInTheNextBlock(t *testing.T) {
	t.Parallel()
	whole := jws(`{"sub":"` + strings.Repeat("long ", 50) + `"}`)
	var lines []string
	for part := range slices.Chunk([]byte(whole), 40) {
		lines = append(lines, string(part))
	}
	const many = blockSize / 200
	tokens := strings.Repeat(strings.Join(lines, "\n")+"\n", many)
	for before := range lines {
		text := strings.Repeat(strings.Repeat("-", 39)+"\n", before) + tokens
		got, err := read(strings.NewReader(text))
		got = slices.DeleteFunc(got[before:], func(line string) bool { return line == "" })
		if want := slices.Repeat([]string{"(the token is cut off)"}, many); err != nil ||
			!slices.Equal(got, want) {
			t.Errorf("%d lines before: %d results, %v; want %d", before, len(got), err, many)
		}
	}
}

func TestTokensAreFoundInLines(t *testing.T) {
	t.Parallel()
	a, b := jws(`{"sub":"a"}`), jws(`{"sub":"b"}`)
	const opaque = "0123456789abcdefghijKLMN"
	rest := a[strings.IndexByte(a, '.'):]
	for what, c := range map[string]struct{ text, want string }{
		"one a line":       {a, a},
		"behind Bearer":    {"Bearer " + a, a},
		"in a header":      {"Authorization: Bearer " + a + "\r", a},
		"in an access log": {`10.0.0.1 - - "GET / HTTP/1.1" 200 "Bearer ` + a + `"`, a},
		"in a query":       {"GET /x?access_token=" + a + "&y=1 200", a},
		"in JSON":          {`{"auth":"Bearer ` + a + `","n":1}`, a},
		"in escaped JSON":  {`{"m":"{\"auth\":\"Bearer ` + a + `\"}"}`, a},
		"the first of two": {"old=" + a + " new=" + b, a},
		"opaque, alone":    {opaque, opaque},
		"with a space in its header": {
			"network: Bearer " + encoded(`{ "alg":"RS256"}`) + rest,
			encoded(`{ "alg":"RS256"}`) + rest,
		},
		"with a line feed in its header, in a query": {
			"GET /x?auth=Bearer%20" + encoded("{\n\"alg\":\"RS256\"}") + rest + " 200",
			encoded("{\n\"alg\":\"RS256\"}") + rest,
		},
		"opaque, in a header":  {"authorization: bearer " + opaque + " 200", opaque},
		"what is none, in one": {"Authorization: Bearer undefined", "undefined"},
		"in capitals":          {"AUTHORIZATION: BEARER " + opaque, opaque},
		"a masked signature": {
			"Authorization: Bearer " + a[:strings.LastIndex(a, ".")+1] + "[REDACTED]", "(the " +
				"signature of the token was masked by the program that wrote the line)",
		},
		"a half token": {a[:len(a)-len(rest)+15], "(the token is cut off)"},
		"a token that the log shortened": {
			`"GET /" 200 "` + a[:30] + `..."`, "(the token is cut off)",
		},
		"a token whose signature the log shortened": {
			`"Bearer ` + a[:len(a)-9] + `…" 200`, "(the token is cut off)",
		},
		"one that was shortened, in JSON": {
			`{"auth":"Bearer ` + a[:len(a)-9] + `\u2026"}`, "(the token is cut off)",
		},
		"a token that the log says it has truncated": {
			"Bearer " + a[:len(a)-9] + " [Truncated]", "(the token is cut off)",
		},
		"a word in the place of a token": {"Authorization: Bearer REDACTED", "(" + masked + ")"},
		"stars in the place of a token":  {"Authorization: Bearer ***", "(" + masked + ")"},
		"an opaque token, its end in stars": {
			"Authorization: Bearer " + opaque[:8] + "****", "(" + masked + ")",
		},
		"a line that was drawn":   {strings.Repeat("-", 40), ""},
		"a name with dots, alone": {"java.lang.NullPointerException", ""},
		"a token that a line cuts in its signature": {
			"Bearer " + a[:len(a)-9], "(the token is cut off)",
		},
		"a token without its signature, in quotes": {
			`"Bearer ` + a[:len(a)-9] + `"`, a[:len(a)-9],
		},
		"a token before a remark":  {"Bearer " + a + " (trusted)", a},
		"the beginning of one":     {"Authorization: Bearer eyJ***", "(the token is cut off)"},
		"a cookie with JSON":       {"session=eyJhIjoxfQ; x=1", ""},
		"no token":                 {"GET /health 200", ""},
		"a word that is no header": {"the bearer of bad news", ""},
		"another scheme":           {"Authorization: Basic dXNlcjpwYXNz", ""},
		"empty":                    {"", ""},
		"binary":                   {"\x00\x01\xff\xfe eyJ\x00", ""},
		"a million dots":           {strings.Repeat(".", 1_000_000), ""},
	} {
		got, err := read(strings.NewReader(c.text + "\n" + b + "\n"))
		if what == "a million dots" {
			if err != nil || len(got) != 2 || got[1] != b {
				t.Errorf("%s: %d lines, %v", what, len(got), err)
			}
			continue
		}
		if want := []string{c.want, b}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q %v, want %q", what, got, err, want)
		}
	}
}

func TestThatALineHasSeveralTokensIsSaid(t *testing.T) {
	t.Parallel()
	a, b := jws(`{"sub":"a"}`), jws(`{"sub":"b"}`)
	for text, want := range map[string]bool{
		a: false, "Bearer " + a: false, a + " " + b: true,
		a + " " + encoded(`{ "alg":"RS256"}`) + b[strings.IndexByte(b, '.'):]: true,
		`["` + a + `","` + b + `"]`:                                   true,
		"{\"id_token\":\"" + b + "\",\"access_token\":\"" + a + "\"}": true,
	} {
		if got := tokenIn([]byte(text)); got.Several != want || len(got.Token) == 0 {
			t.Errorf("%.20q: %t, want %t", text, got.Several, want)
		}
	}
}

func TestTheLastLineNeedsNoEnd(t *testing.T) {
	t.Parallel()
	a := jws(`{}`)
	for text, want := range map[string]int{"": 0, "\n": 1, a: 1, a + "\n": 1, a + "\n" + a: 2} {
		if got, err := read(strings.NewReader(text)); err != nil || len(got) != want {
			t.Errorf("%d bytes: %d lines, want %d: %v", len(text), len(got), want, err)
		}
	}
}

func TestALineThatIsTooLongIsPassedOver(t *testing.T) {
	t.Parallel()
	a := jws(`{}`)
	long := io.LimitReader(zeros{}, 5*MaxLine)
	got, err := read(io.MultiReader(strings.NewReader(a+"\n"), long, strings.NewReader("\n"+a)))
	want := []string{a, "(the line is longer than 1 MiB)", a}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %.80q %v", got, err)
	}
}

// However a stream comes in, and wherever lines end in what is read at once, they are the same.
func TestLinesDoNotDependOnHowTheyAreRead(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 5))
	a := jws(`{}`)
	for range 15 {
		var text strings.Builder
		var want []string
		for range random.IntN(20) {
			size := []int{0, 1, 100, 4096, blockSize, 300_000, MaxLine - 1, MaxLine}
			fill := strings.Repeat("a", max(size[random.IntN(len(size))]-random.IntN(3), 0))
			switch {
			case len(fill) >= MaxLine:
				want = append(want, "(the line is longer than 1 MiB)")
			case random.IntN(2) == 0 && len(fill) < MaxLine-1000:
				fill += " " + a
				want = append(want, a)
			case inspect.IsOpaque(fill):
				want = append(want, fill)
			default:
				want = append(want, "")
			}
			text.WriteString(fill + "\n")
		}
		whole := text.String()
		if len(want) > 0 && len(want[len(want)-1]) < 1000 && random.IntN(2) == 0 {
			whole = strings.TrimSuffix(whole, "\n")
			if want[len(want)-1] == "" && !strings.HasSuffix(whole, "a") {
				want = want[:len(want)-1]
			}
		}
		for name, input := range map[string]io.Reader{
			"at once":         strings.NewReader(whole),
			"in small pieces": &pieces{text: whole, random: random, most: 5000},
			"with its end":    iotest.DataErrReader(strings.NewReader(whole)),
		} {
			got, err := read(input)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %d lines, want %d: %v", name, len(got), len(want), err)
			}
		}
	}
}

// pieces is a text that comes in pieces.
type pieces struct {
	text   string
	random *rand.Rand
	most   int
}

func (p *pieces) Read(into []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(into, p.text[:min(len(p.text), 1+p.random.IntN(p.most))])
	p.text = p.text[n:]
	return n, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestCompressedStreamsAreReadByTheirFirstBytes(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&text, "%s\n", jws(fmt.Sprintf(`{"sub":"%d"}`, i)))
	}
	for name, compress := range compressors() {
		compressed := compress(t, text.Bytes())
		if got, err := read(bytes.NewReader(compressed)); err != nil || len(got) != 2000 {
			t.Errorf("%s: %d lines, %v", name, len(got), err)
		}
		var cut *Cut
		got, err := read(bytes.NewReader(compressed[:len(compressed)*9/10]))
		if !errors.As(err, &cut) || len(got) == 0 || len(got) == 2000 {
			t.Errorf("%s, cut off: %d lines, %v", name, len(got), err)
		}
		twice := append(slices.Clone(compressed), compressed...)
		if got, err := read(bytes.NewReader(twice)); err != nil || len(got) != 4000 {
			t.Errorf("%s, twice: %d lines, %v", name, len(got), err)
		}
	}
}

func compressors() map[string]func(*testing.T, []byte) []byte {
	finish := func(t *testing.T, w io.WriteCloser, out *bytes.Buffer, text []byte) []byte {
		t.Helper()
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	asZstd := func(t *testing.T, out *bytes.Buffer, text []byte) []byte {
		t.Helper()
		w, err := zstd.NewWriter(out, zstd.WithWindowSize(1<<16))
		if err != nil {
			t.Fatal(err)
		}
		return finish(t, w, out, text)
	}
	return map[string]func(*testing.T, []byte) []byte{
		"gzip": func(t *testing.T, text []byte) []byte {
			var out bytes.Buffer
			return finish(t, gzip.NewWriter(&out), &out, text)
		},
		"zstd": func(t *testing.T, text []byte) []byte {
			return asZstd(t, new(bytes.Buffer), text)
		},
		"zstd as pzstd writes it": func(t *testing.T, text []byte) []byte {
			skipped := "\x50\x2a\x4d\x18\x04\x00\x00\x00size"
			return asZstd(t, bytes.NewBufferString(skipped), text)
		},
	}
}

// In an archive no token would be found, and nothing would be wrong.
func TestWhatIsCompressedOtherwiseIsRefused(t *testing.T) {
	t.Parallel()
	text := []byte(jws(`{}`) + "\n")
	inputs := map[string][]byte{}
	for _, form := range otherForms {
		inputs[form.name] = append([]byte(form.start), text...)
	}
	for name, compress := range compressors() {
		inputs[name+", in gzip"] = compressors()["gzip"](t, compress(t, text))
	}
	for name, input := range inputs {
		_, err := read(bytes.NewReader(input))
		var refused *NotRead
		if !errors.As(err, &refused) || refused.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThePathOfTheToken(t *testing.T) {
	t.Parallel()
	a := jws(`{}`)
	for line, want := range map[string]string{
		`{"request":{"auth":"Bearer ` + a + `"}}`:   a,
		`{"request":{"auth":"` + a + `"}}`:          a,
		`{"request":{"auth":"garbage"}}`:            "garbage",
		`{"request":{"auth":"Bearer garbage"}}`:     "garbage",
		`{"request":{"auth":"Bearer ***"}}`:         "(" + masked + ")",
		`{"request":{"auth":"[Filtered]"}}`:         "(" + masked + ")",
		`{"request":{"auth":"Basic dXNlcjp4"}}`:     "",
		`{"request":{"auth":"-"}}`:                  "",
		`{"request":{"auth":null}}`:                 "",
		`{"request":{"auth":17}}`:                   "",
		`{"request":["auth"]}`:                      "",
		`{"request.auth":"Bearer ` + a + `"}`:       a,
		`{"request":{},"request.auth":"` + a + `"}`: a,
		`{"request":{"auth":["Bearer ` + a + `"]}}`: a,
		`{"request":{"auth":[]}}`:                   "",
		`{"request":{"auth":["a", "b"]}}`: "(the line has several values where its token " +
			"should be)",
		`{"other":"` + a + `"}`: "",
		`["` + a + `"]`:         "(the line is not a JSON object)",
		a:                       "(the line is not a JSON object)",
		``:                      "",
		`{"request":{"auth":"\u0042earer ` + a + `"}}`: a,
	} {
		got, err := read(strings.NewReader(line+"\n"), "request", "auth")
		if err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("%s: got %q %v, want %q", line, got, err, want)
		}
	}
}

func TestALogMayFlattenAPartOfThePath(t *testing.T) {
	t.Parallel()
	a := jws(`{}`)
	for _, line := range []string{
		`{"http":{"request":{"headers":{"auth":"` + a + `"}}}}`,
		`{"http.request":{"headers.auth":"` + a + `"}}`,
		`{"http":{"request.headers":{"auth":"` + a + `"}}}`,
		`{"http.request.headers.auth":"` + a + `"}`,
		`{"http":{"other":1},"http.request":{"headers":{"auth":"` + a + `"}}}`,
	} {
		path := []string{"http", "request", "headers", "auth"}
		if got, err := read(strings.NewReader(line), path...); err != nil || got[0] != a {
			t.Errorf("%s: got %q %v", line, got, err)
		}
	}
}

func TestOfAHARFileTheRequestsAreRead(t *testing.T) {
	t.Parallel()
	a, b := jws(`{"sub":"a"}`), jws(`{"sub":"b"}`)
	entry := func(name, value, answer string) string {
		return fmt.Sprintf(`{"request":{"method":"GET","headers":[{"name":"Host","value":"x"},`+
			`{"name":%q,"value":%q}]},"response":{"content":{"text":%q}}}`, name, value, answer)
	}
	entries := []string{
		entry("Authorization", "Bearer "+a, "an answer with "+b),
		entry("accept", "*/*", b),
		entry("authorization", "bearer "+b, ""),
		entry("Authorization", "Bearer undefined", ""),
	}
	want := []string{a, "", b, "undefined"}
	for name, form := range map[string]string{
		"in one line":   `{"log":{"version":"1.2","creator":{"entries":[1]},"entries":[%s]}}`,
		"in many lines": "{\n  \"log\": {\n \"pages\": [{}],\n \"entries\": [\n%s\n]\n}\n}\n",
	} {
		text := fmt.Sprintf(form, strings.Join(entries, ",\n"))
		if got, err := read(strings.NewReader(text)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q %v", name, got, err)
		}
		got, err := read(strings.NewReader(text[:strings.LastIndex(text, "undefined")]))
		if err == nil || !slices.Equal(got, want[:3]) {
			t.Errorf("%s, cut off: got %q %v", name, got, err)
		}
		got, err = read(strings.NewReader(text[:strings.LastIndex(text, "]")]))
		if err == nil || !slices.Equal(got, want) {
			t.Errorf("%s, cut off behind an entry: got %q %v", name, got, err)
		}
		got, err = read(strings.NewReader(text + text))
		if err != nil || !slices.Equal(got, slices.Repeat(want, 2)) {
			t.Errorf("%s, two of them: got %q %v", name, got, err)
		}
		odd := fmt.Sprintf(form, `7, {"request":null}, {"time":{}, "request":5},`+entries[0])
		want := []string{
			"(the entry of the HAR file is not a request)", "",
			"(the entry of the HAR file is not a request)", a,
		}
		if got, err := read(strings.NewReader(odd)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, with what is no request: got %q %v", name, got, err)
		}
	}
	for text, want := range map[string]string{
		`{"log": {"entries": 3}}`: "after byte 21 the HAR file can't be read: " +
			"log.entries is not a list",
		`{"log": {"entries": [`: "after byte 21 the HAR file is cut off",
	} {
		_, err := read(strings.NewReader(text))
		var said *source.Error
		if !errors.As(err, &said) || said.Cause != want || len(said.Hints) == 0 {
			t.Errorf("%s: %v, want %s with a hint", text, err, want)
		}
	}
}

func TestLinesWithAnObjectLogAreNotAHARFile(t *testing.T) {
	t.Parallel()
	a, b := jws(`{"sub":"a"}`), jws(`{"sub":"b"}`)
	got, err := read(strings.NewReader(`{"log":{"level":"info"},"message":"Bearer ` + a + `"}` +
		"\n" + `{"log":{"level":"info"},"message":"` + b + `"}`))
	if want := []string{a, b}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q %v", got, err)
	}
}

func TestOfSeveralAuthorizationHeadersTheFirstTokenIsRead(t *testing.T) {
	t.Parallel()
	a, b := jws(`{"sub":"a"}`), jws(`{"sub":"b"}`)
	for headers, want := range map[[2]string]bool{
		{"Bearer " + a, "Bearer " + b}: true,
		{"Bearer " + a, "bearer " + a}: false,
		{"Basic x", "Bearer " + a}:     false,
	} {
		h := newHARReader(strings.NewReader(fmt.Sprintf(`{"log":{"entries":[{"request":{`+
			`"headers":[{"name":"Authorization","value":%q},{"name":"authorization","value":%q}]`+
			`}}]}}`, headers[0], headers[1])))
		got, err := h.next()
		if err != nil || string(got.Token) != a || got.Several != want || got.Number != 1 {
			t.Errorf("%.8q: %+v %v", headers, got, err)
		}
	}
}

// A stream in UTF-16, or with a byte order mark, has the tokens of the same text in UTF-8.
func TestTokensAreFoundInEveryUnicodeEncoding(t *testing.T) {
	t.Parallel()
	a := jws(`{"sub":"a"}`)
	har := `{"log":{"entries":[{"request":{"headers":[{"name":"Authorization","value":"Bearer ` +
		a + `"}]}}]}}`
	for _, c := range []struct {
		text string
		path []string
		want []string
	}{
		{a + "\r\n😀\xef\xbf\xbd é" + a, nil, []string{a, a}},
		{`{"token":"` + a + `"}` + "\n{}", []string{"token"}, []string{a, ""}},
		{har, nil, []string{a}},
	} {
		for name, text := range map[string][]byte{
			"UTF-8":                  []byte("\ufeff" + c.text),
			"UTF-16, little-endian":  inUTF16(t, binary.LittleEndian, c.text),
			"UTF-16, big-endian":     inUTF16(t, binary.BigEndian, c.text),
			"UTF-16, without a mark": inUTF16(t, binary.LittleEndian, c.text)[2:],
			"big-endian, without":    inUTF16(t, binary.BigEndian, c.text)[2:],
			"UTF-16 that is cut off": append(inUTF16(t, binary.BigEndian, c.text), 0x20),
		} {
			got, err := read(bytes.NewReader(text), c.path...)
			slowly, slowErr := read(iotest.OneByteReader(bytes.NewReader(text)), c.path...)
			if err != nil || slowErr != nil || !slices.Equal(got, c.want) ||
				!slices.Equal(slowly, c.want) {
				t.Errorf("%s: got %q, %v, and byte by byte %q, %v", name, got, err, slowly,
					slowErr)
			}
		}
	}
	half := append(inUTF16(t, binary.LittleEndian, "x"), 0x3d, 0xd8)
	plain, err := io.ReadAll(asUTF8(bufio.NewReader(bytes.NewReader(half))))
	if err != nil || string(plain) != "x\ufffd" {
		t.Errorf("half of a pair: got %q, %v", plain, err)
	}
}

func inUTF16(t *testing.T, order binary.ByteOrder, text string) []byte {
	t.Helper()
	all, err := binary.Append(nil, order, utf16.Encode([]rune("\ufeff"+text)))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A request line counts where a policy looks at it, and a preflight's always.
func TestALineSaysWhichRequestItsTokenCameWith(t *testing.T) {
	t.Parallel()
	token := jws(`{}`)
	for text, want := range map[string]struct{ asked, always string }{
		`"GET /o HTTP/1.1" 200 TOKEN`:            {"GET /o", ""},
		`"OPTIONS /o HTTP/1.1" 200 TOKEN`:        {"OPTIONS /o", "OPTIONS /o"},
		`GET /o 200 TOKEN`:                       {"", ""},
		"curl https://a/o -H 'x: TOKEN'":         {"GET /o", "GET /o"},
		"-X PUT -H 'authorization:Bearer TOKEN'": {"PUT ", "PUT "},
		`{"log": {"entries": [{"request": {"method": "GET", "url": "https://a/o", "headers": ` +
			`[{"name": "authorization", "value": "Bearer TOKEN"}]}}]}}`: {"GET /o", "GET /o"},
	} {
		r, err := NewReader(strings.NewReader(strings.ReplaceAll(text, "TOKEN", token)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		block, shown := new(Block), func(r *inspect.HTTPRequest) string {
			if r == nil {
				return ""
			}
			return r.Method + " " + r.Path
		}
		if err := r.Next(block); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		for line := range block.Lines() {
			asked, always := shown(line.Request(true)), shown(line.Request(false))
			if asked != want.asked || always != want.always || len(line.Token) == 0 {
				t.Errorf("%s: %q, always %q", text, asked, always)
			}
		}
	}
}
