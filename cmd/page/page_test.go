//go:build page

package main

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

var shots = flag.String("shots", "", "the folder that gets pictures of the page")

// largestModule is how large the packed module may be, in bytes.
const largestModule = 4 << 20

// Where the page may stand: on any static host, or in a folder.
func TestThePageInABrowser(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "page")
	if err := build(folder); err != nil {
		t.Fatal(err)
	}
	size := packedBy9(t, filepath.Join(folder, "gatewhy.wasm.gz"))
	t.Logf("gzip -9 packs the module into %d bytes: %d are left", size, largestModule-size)
	if size > largestModule {
		t.Errorf("the packed module is larger than %d bytes", largestModule)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	t.Cleanup(server.Close)
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(folder) + "/index.html"}
	for _, at := range []struct{ name, address string }{
		{"http", server.URL + "/"}, {"file", file.String()},
	} {
		t.Run(at.name, func(t *testing.T) { tryPage(t, at.address, at.name) })
	}
}

// packedBy9 is how large gzip -9 makes the module.
func packedBy9(t *testing.T, name string) int {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	module, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	pack := exec.Command("gzip", "-9", "-c")
	pack.Stdin = module
	packed, err := pack.Output()
	if err != nil {
		t.Fatal(err)
	}
	return len(packed)
}

// visit is a page that is tried, with all that it did.
type visit struct {
	*browser
	t       *testing.T
	name    string
	address string

	mu       sync.Mutex
	requests []string
	faults   []string
}

func tryPage(t *testing.T, address, name string) {
	v := &visit{t: t, address: address, name: name}
	v.browser = openBrowser(t, v.hear)
	v.call("Page.addScriptToEvaluateOnNewDocument", object{"source": `
		globalThis.copied = [];
		Object.defineProperty(navigator, "clipboard", { value: {
			writeText: async (text) => { copied.push(text); },
		} });`}, nil)
	v.size(1280)
	v.open(address)
	v.scenes()
	v.largeToken()
	v.harFile()
	v.hostilePolicy()
	v.terraform()
	v.anError()
	v.keysToFetch()
	v.headers()
	v.keyboard()
	v.phone()
	v.link()
	v.looks()
	v.left()
}

// hear notes every request, and what went wrong.
func (v *visit) hear(method string, params json.RawMessage) {
	var event struct {
		Request          struct{ URL string }
		Type             string
		Entry            struct{ Level, Text, URL string }
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
		Args []struct{ Value any }
	}
	if err := json.Unmarshal(params, &event); err != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case method == "Network.requestWillBeSent":
		v.requests = append(v.requests, event.Request.URL)
	case method == "Runtime.exceptionThrown":
		v.faults = append(v.faults, event.ExceptionDetails.Exception.Description)
	case method == "Log.entryAdded" && event.Entry.Level == "error":
		v.faults = append(v.faults, event.Entry.Text+" "+event.Entry.URL)
	case method == "Runtime.consoleAPICalled" && event.Type == "error":
		v.faults = append(v.faults, fmt.Sprint(event.Args))
	}
}

func (v *visit) size(width int) {
	v.call("Emulation.setDeviceMetricsOverride", object{
		"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500,
	}, nil)
}

// open opens an address, and waits until the module is there.
func (v *visit) open(address string) {
	v.t.Helper()
	v.call("Page.navigate", object{"url": address}, nil)
	at := v.until(`"ready" in (document.body?.dataset ?? {})`)
	v.t.Logf("first load: %.0f ms until the page is ready (aim 2000)", at)
}

// answered waits for an answer, and returns its headline.
func (v *visit) answered(does string, args ...any) (headline string) {
	v.t.Helper()
	v.eval(nil, `{ delete document.body.dataset.answered; `+does+`; null }`, args...)
	v.until(`"answered" in document.body.dataset`)
	v.eval(&headline, `document.getElementById("headline").textContent`)
	return headline
}

func (v *visit) clear() { v.eval(nil, `document.querySelector("[type=reset]").click()`) }

// report is the text of the answer as a reader sees it.
func (v *visit) report() (text string) {
	v.eval(&text, `document.getElementById("answer").innerText`)
	return text
}

// scenes clicks the four examples, and holds what is shown against what the module says natively.
func (v *visit) scenes() {
	all, err := scenes()
	if err != nil {
		v.t.Fatal(err)
	}
	for i, s := range all {
		q := question{Command: "explain"}
		q.Text, q.At, q.Keys, q.Contracts = s.Token, "issued", "keys.json", "contracts.txt"
		for _, f := range s.Files {
			q.Files = append(q.Files, f.file)
		}
		q.Policies = []string{s.Files[0].Name}
		want := askPage(v.t, &q)
		got := v.answered(`document.querySelectorAll("#examples button")[$1].click()`, i)
		if got != want.Answer {
			v.t.Errorf("%s: the page says %q, want %q", s.Title, got, want.Answer)
		}
		var html string
		v.eval(&html, `document.getElementById("report").innerHTML`)
		if want := normal(v, want.HTML); html != want {
			v.t.Errorf("%s: the page shows another report:\n%s\nwant\n%s", s.Title, html, want)
		}
		v.fits(s.Title)
	}
	if got := v.answered(paste, all[0].Token); !strings.Contains(got, "401") {
		v.t.Errorf("a token that is pasted after a scene, and is old, gets %q", got)
	}
}

// normal is a part of a page as the browser writes it.
func normal(v *visit, html string) (same string) {
	v.eval(&same, `(() => { const e = document.createElement("div"); e.innerHTML = $1;
		return e.innerHTML; })()`, html)
	return same
}

// paste puts a text where the token goes, as a paste does.
const paste = `document.getElementById("token").value = $1;
	document.getElementById("token").dispatchEvent(new ClipboardEvent("paste"))`

// largeToken pastes a token of 12 kB, alone and beside a policy, and a text that is no token's.
func (v *visit) largeToken() {
	v.clear()
	token := largeToken()
	if got := v.answered(paste, token); !strings.Contains(got, "access token") {
		v.t.Errorf("a token of %d bytes is %q", len(token), got)
	}
	v.addFile("policy.json", scenePolicy(v.t))
	for range 3 {
		var took float64
		v.eval(&took, `new Promise((resolve) => {
			delete document.body.dataset.answered;
			const began = performance.now();
			`+paste+`;
			const look = () => "answered" in document.body.dataset
				? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)))
				: setTimeout(look);
			look();
		})`, token)
		v.t.Logf("from paste to answer: %.0f ms for a token of %d bytes and a policy (aim 100)",
			took, len(token))
	}
	v.tooLarge()
}

// tooLarge pastes more than the module reads, which a field would take half a minute to show, and
// puts it there in another way.
func (v *visit) tooLarge() {
	v.clear()
	var said string
	v.eval(&said, `(() => {
		const clipboardData = new DataTransfer();
		clipboardData.setData("text", "x.".repeat(10 << 20));
		const event = new ClipboardEvent("paste",
			{ clipboardData, bubbles: true, cancelable: true });
		const left = !document.getElementById("token").dispatchEvent(event);
		return document.getElementById("status").textContent + (left ? "" : " It was pasted.");
	})()`)
	if !strings.HasSuffix(said, "was left out: cut out the part with the token.") {
		v.t.Errorf("a paste of 20 MB: %q", said)
	}
	v.eval(&said, `(async () => {
		const token = document.getElementById("token");
		token.value = "x.\n".repeat(6 << 20);
		await answer("explain");
		token.value = "";
		return document.getElementById("errors").textContent;
	})()`)
	if !strings.Contains(said, "The text under Token is larger than 16 MiB") {
		v.t.Errorf("a text of 18 MB: %q", said)
	}
}

func largeToken() string {
	claims, _ := mint.Claims("v1-user", issuedAt)
	var groups []string
	for i := range 220 {
		groups = append(groups, fmt.Sprintf("5c1f0a7e-3b0d-4a55-9c3e-%012d", i))
	}
	claims["groups"] = groups
	payload, _ := json.Marshal(claims)
	signature := base64.RawURLEncoding.EncodeToString(make([]byte, 256))
	return encode(`{"alg":"RS256","typ":"JWT","kid":"k1"}`) + "." + encode(string(payload)) + "." +
		signature
}

func scenePolicy(t *testing.T) string {
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	return all[0].Files[0].Text
}

// addFile chooses a file, as in the dialog of the browser.
func (v *visit) addFile(name, text string) {
	v.t.Helper()
	at := filepath.Join(v.t.TempDir(), name)
	write(v.t, at, []byte(text))
	var root struct{ Root struct{ NodeID int } }
	v.call("DOM.getDocument", object{}, &root)
	var input struct{ NodeID int }
	v.call("DOM.querySelector", object{"nodeId": root.Root.NodeID, "selector": "#chosen"}, &input)
	v.eval(nil, `delete document.body.dataset.answered`)
	v.call("DOM.setFileInputFiles", object{"files": []string{at}, "nodeId": input.NodeID}, nil)
	v.until(`"answered" in document.body.dataset`)
}

// harFile opens a HAR file, from which the token and the request are taken.
func (v *visit) harFile() {
	v.clear()
	v.addFile("session.har", har(largeToken()))
	if text := v.report(); !strings.Contains(text, "access token") {
		v.t.Errorf("a HAR file shows:\n%s", text)
	}
}

// hostilePolicy shows a policy with markup and bidirectional text in each place.
func (v *visit) hostilePolicy() {
	v.clear()
	const evil = "<script>document.title='owned'</script>\u202e<img src=x onerror=alert(1)>"
	quoted, _ := json.Marshal(evil)
	policy := fmt.Sprintf(`{"assetId": "jwt-validation", "assetVersion": %[1]s,
		"configurationData": {"jwtKeyOrigin": "jwks",
		"jwksUrl": %[1]s, "clientIdExpression": %[1]s, %[1]s: %[1]s,
		"validateAudClaim": true, "supportedAudiences": %[1]s, "validateCustomClaim": true,
		"mandatoryCustomClaims": [{"key": %[1]s, "value": %[1]s}]}}`, quoted)
	v.addFile("evil\u202e<b>.json", policy)
	v.unharmed("lint")
	v.answered(paste, encode(`{"alg":"RS256"}`)+"."+encode(`{"iss": `+string(quoted)+`, "aud": `+
		string(quoted)+`, `+string(quoted)+`: 1}`)+".c2lnbmF0dXJl")
	v.unharmed("explain")
	for _, command := range []string{"decode", "verify"} {
		v.answered(`document.querySelector("[data-command=` + command + `]").click()`)
		v.unharmed(command)
	}
	v.shot("hostile")
}

// unharmed reports markup or hidden characters of somebody else's in the page.
func (v *visit) unharmed(what string) {
	v.t.Helper()
	var found struct {
		Title          string
		Elements       int
		Text, Markdown string
	}
	v.eval(&found, `({ Title: document.title,
		Elements: document.querySelectorAll(
			"#answer :is(script, img, iframe, b, svg), #files b").length,
		Text: document.getElementById("answer").textContent +
			document.getElementById("files").innerHTML,
		Markdown: latest.markdown ?? "" })`)
	if found.Title == "owned" || found.Elements > 0 || strings.ContainsAny(found.Text, "\u202e") ||
		strings.ContainsAny(found.Markdown, "\u202e") {
		v.t.Errorf("%s of a hostile policy: %+v", what, found)
	}
	if !strings.Contains(found.Text, `\u202e`) {
		v.t.Errorf("%s of a hostile policy shows nothing of it:\n%s", what, found.Text)
	}
	v.fits(what + " of a hostile policy")
}

// terraform lints policies in HCL, of which the module has a lean reader: it must read what the
// whole one does, and bring its texts into the same form of Unicode.
func (v *visit) terraform() {
	names, err := filepath.Glob("../../testdata/rules/*/bad.tf")
	if err != nil || len(names) < 10 {
		v.t.Fatalf("%d policies in HCL: %v", len(names), err)
	}
	composed := 0
	for _, name := range names {
		text := strings.ReplaceAll(string(read(v.t, name)), "://orders", "://o\u0301rders") +
			"locals {\n  a = var.ids[\"uat\"].b[0]\n  c = local.a[\"x${1 + 2}\"] ? \"y\" : -1\n" +
			"  d = [for k in keys(var.ids) : upper(k) if k != \"dev\"]\n" +
			"  e = var.a && !var.b || true && 1 < 2\n}\n"
		q := question{Command: "lint", Files: []file{{"policy.tf", text}}}
		q.Policies = []string{"policy.tf"}
		want := askPage(v.t, &q)
		v.clear()
		v.addFile("policy.tf", text)
		var got string
		if v.eval(&got, `latest.json ?? ""`); got != want.JSON {
			v.t.Errorf("%s: the page says\n%s\nwant\n%s", name, got, want.JSON)
		}
		composed += strings.Count(got, "://\u00f3rders")
	}
	if composed == 0 {
		v.t.Error("no finding shows a text that is in another form in the file")
	}
}

// anError drops a file that can't be read.
func (v *visit) anError() {
	v.clear()
	v.addFile("policy.json", `{"assetId": `)
	if text := v.report(); !strings.Contains(text, "policy.json:1:") {
		v.t.Errorf("an unreadable policy shows:\n%s", text)
	}
	v.shot("error")
}

// keysToFetch names the address of the keys, and fetches nothing.
func (v *visit) keysToFetch() {
	v.clear()
	v.answered(paste, sceneToken(v.t))
	v.addFile("policy.json", strings.ReplaceAll(jwtPolicy(v.t), "policyId", "id"))
	if text := v.report(); !strings.Contains(text, "login.microsoftonline.com/"+mint.Tenant+
		"/discovery/keys") || !strings.Contains(text, "Open this address") {
		v.t.Errorf("without keys the page says:\n%s", text)
	}
}

// headers writes headers of the request, and opens the fields beside them.
func (v *visit) headers() {
	const policy = "../../testdata/rules/client-id-chosen-by-caller/bad.json"
	q := question{Command: "explain", Files: []file{{"policy.json", string(read(v.t, policy))}}}
	q.Text, q.At, q.Policies = sceneToken(v.t), "issued", []string{"policy.json"}
	q.Headers, q.HeadersWhole = []string{"client_id: nobody", "X-Env: uat"}, true
	want := askPage(v.t, &q)
	v.clear()
	v.addFile("policy.json", q.Files[0].Text)
	v.eval(nil, `{
		document.querySelector("details").open = true;
		document.getElementById("token").value = $1;
		document.getElementById("headers").value = $2;
		document.getElementById("headers-whole").checked = true;
		document.getElementById("at").value = "issued"; null }`,
		q.Text, "client_id: nobody\r\n\n  X-Env: uat\n")
	v.answered(`document.querySelector("[data-command=explain]").click()`)
	var got string
	if v.eval(&got, `latest.json`); got != want.JSON || !strings.Contains(got, "nobody") {
		v.t.Errorf("with headers the page says\n%s\nwant\n%s", got, want.JSON)
	}
	const method = `document.getElementById("method")`
	v.eval(nil, method+`.value = "GET"; `+method+`.dispatchEvent(new Event("input",
		{ bubbles: true })); null`)
	var status string
	v.eval(&status, `document.getElementById("status").textContent`)
	if !strings.Contains(status, "ask again") {
		v.t.Errorf("after a change the page says %q", status)
	}
	for _, width := range []int{320, 390, 1280} {
		v.size(width)
		v.fits(fmt.Sprint("all fields at ", width, " px"))
		v.shot(fmt.Sprint("fields-", width))
	}
	v.eval(nil, `document.querySelector("details").open = false; null`)
}

func sceneToken(t *testing.T) string {
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	return all[0].Token
}

func jwtPolicy(t *testing.T) string {
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	return all[2].Files[0].Text
}

// keyboard asks by the keyboard alone, and looks whether everything that can be operated has a
// name.
func (v *visit) keyboard() {
	v.eval(nil, `delete document.body.dataset.answered;
		document.querySelector("[data-command=explain]").focus()`)
	for _, kind := range []string{"keyDown", "keyUp"} {
		v.call("Input.dispatchKeyEvent", object{
			"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13,
			"text": "\r",
		}, nil)
	}
	v.until(`"answered" in document.body.dataset && document.activeElement.id === "answer"`)
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	v.call("Accessibility.getFullAXTree", object{}, &tree)
	operable := []any{"button", "textbox", "combobox", "checkbox", "link", "listbox"}
	count := 0
	for _, n := range tree.Nodes {
		if n.Ignored || !slices.Contains(operable, n.Role.Value) {
			continue
		}
		if count++; n.Name.Value == "" || n.Name.Value == nil {
			v.t.Errorf("a %v has no name for a screen reader", n.Role.Value)
		}
	}
	if count < 15 {
		v.t.Errorf("%d things can be operated", count)
	}
	v.pasteFile()
}

// pasteFile opens and closes the place for a file's text as a keyboard does, and adds no text.
func (v *visit) pasteFile() {
	v.clear()
	for _, test := range []struct{ does, want string }{
		{`$("paste").click()`, "pasted-text true All is cleared. 0"},
		{`$("pasted-text").dispatchEvent(new KeyboardEvent("keydown",
			{ key: "Escape", bubbles: true }))`, "paste false All is cleared. 0"},
		{`$("paste").click(); $("add").click()`, "pasted-text true There is no text to add. 0"},
		{`$("paste").click()`, "paste false There is no text to add. 0"},
	} {
		var got string
		v.eval(&got, `(async () => {
			`+test.does+`;
			await new Promise((done) => setTimeout(done));
			return [document.activeElement.id, $("paste").getAttribute("aria-expanded"),
				$("status").textContent, files.length].join(" ");
		})()`)
		if got != test.want {
			v.t.Errorf("%s: %q, want %q", test.does, got, test.want)
		}
	}
}

// phone pastes a token where the answer is out of sight: a button says it, and goes there.
func (v *visit) phone() {
	v.size(390)
	v.clear()
	headline := v.answered(paste, sceneToken(v.t))
	var button struct {
		Text   string
		Inside bool
	}
	v.eval(&button, `scrollTo(0, 0); ({
		Text: document.getElementById("read").textContent,
		Inside: document.getElementById("read").getBoundingClientRect().bottom <= innerHeight })`)
	if button.Text != "Read: "+headline || !button.Inside {
		v.t.Errorf("%q is answered out of sight, and the button says %+v", headline, button)
	}
	v.eval(nil, `document.getElementById("read").click()`)
	v.until(`document.activeElement.id === "answer" &&
		document.getElementById("headline").getBoundingClientRect().top < innerHeight`)
	v.size(1280)
}

// link copies what can be copied, and opens the link: it has the policies, without token and
// secret.
func (v *visit) link() {
	const secret = "hunter2-of-the-gateway"
	v.clear()
	v.addFile("policy.json", strings.Replace(jwtPolicy(v.t), `"jwtKeyOrigin": "jwks"`,
		`"jwtKeyOrigin": "text", "textKey": "`+secret+`"`, 1))
	v.eval(nil, `document.getElementById("headers").value = $1; null`, "X-Api-Key: "+secret)
	token := sceneToken(v.t)
	v.answered(paste, token)
	var copied []string
	if v.eval(&copied, `copied`); len(copied) > 0 {
		v.t.Errorf("without a click there is in the clipboard: %q", copied)
	}
	for _, button := range []string{"copy-markdown", "copy-json", "copy-link"} {
		v.eval(nil, `document.getElementById($1).click()`, button)
		v.until(`document.getElementById("copied").textContent.startsWith("Copied")`)
		v.eval(nil, `document.getElementById("copied").textContent = ""`)
	}
	v.until(`copied.length === 3`)
	v.eval(&copied, `copied`)
	signature := token[strings.LastIndex(token, ".")+1:]
	for _, text := range copied {
		if strings.Contains(text, signature) || strings.Contains(text, secret) {
			v.t.Errorf("a copy has the token or the secret: %s", text)
		}
	}
	link := copied[2]
	var opened string
	v.eval(&opened, `(async () => {
		const base64 = atob(decodeURIComponent($1.split("=")[1]));
		const packed = Uint8Array.from(base64, (c) => c.charCodeAt(0));
		return new Response(new Blob([packed]).stream().pipeThrough(
		new DecompressionStream("gzip"))).text(); })()`, link)
	if strings.Contains(opened, signature[:40]) || strings.Contains(opened, token[:40]) ||
		strings.Contains(opened, secret) || !strings.Contains(opened, "${secret}") ||
		!strings.Contains(opened, "jwt-validation") {
		v.t.Errorf("the link carries %s", opened)
	}
	v.call("Page.navigate", object{"url": "about:blank"}, nil)
	v.open(link)
	v.until(`document.body?.dataset.answered === "lint"`)
	if text := v.report(); !strings.Contains(text, "policy.json") {
		v.t.Errorf("the link shows:\n%s", text)
	}
	v.call("Page.navigate", object{"url": "about:blank"}, nil)
	v.open(v.address)
}

// looks takes pictures in each width, by day and by night, and prints.
func (v *visit) looks() {
	v.answered(`document.querySelectorAll("#examples button")[0].click()`)
	for _, scheme := range []string{"light", "dark"} {
		v.call("Emulation.setEmulatedMedia", object{
			"features": []object{{"name": "prefers-color-scheme", "value": scheme}},
		}, nil)
		for _, width := range []int{320, 390, 1280, 1920} {
			v.size(width)
			v.fits(fmt.Sprint(width, " px"))
			v.shot(fmt.Sprintf("%s-%d", scheme, width))
		}
		var paper string
		v.eval(&paper, `getComputedStyle(document.body).backgroundColor`)
		if dark := paper != "rgb(255, 255, 255)"; dark != (scheme == "dark") {
			v.t.Errorf("%s: the paper is %s", scheme, paper)
		}
	}
	v.size(320)
	for _, command := range []string{"decode", "verify", "lint"} {
		v.answered(`document.querySelector("[data-command=` + command + `]").click()`)
		v.fits(command + " at 320 px")
		v.shot(command + "-320")
	}
	v.size(1280)
	for _, command := range []string{"decode", "verify", "lint"} {
		v.answered(`document.querySelector("[data-command=` + command + `]").click()`)
		v.shot(command + "-1280")
	}
	var printed struct{ Data string }
	v.call("Page.printToPDF", object{}, &printed)
	if len(printed.Data) < 1000 {
		v.t.Error("nothing was printed")
	}
	if *shots != "" {
		pdf, _ := base64.StdEncoding.DecodeString(printed.Data)
		write(v.t, filepath.Join(*shots, v.name+"-print.pdf"), pdf)
	}
}

// fits reports what is wider than the page.
func (v *visit) fits(what string) {
	v.t.Helper()
	var wide []string
	v.eval(&wide, `document.documentElement.scrollWidth <= innerWidth ? [] :
		[...document.querySelectorAll("*")]
		.filter((e) => e.getBoundingClientRect().right > innerWidth)
		.map((e) => e.tagName + "#" + e.id + " " + e.textContent.slice(0, 60))`)
	if len(wide) > 0 {
		v.t.Errorf("%s: wider than the page: %q", what, wide)
	}
}

func (v *visit) shot(name string) {
	if *shots == "" {
		return
	}
	var taken struct{ Data []byte }
	v.call("Page.captureScreenshot", object{"captureBeyondViewport": true}, &taken)
	write(v.t, filepath.Join(*shots, v.name+"-"+name+".png"), taken.Data)
}

// left looks at what the visit leaves behind: requests for the page's own files, and nothing else.
func (v *visit) left() {
	var kept struct {
		Address                 string
		History                 int
		Local, Session, Cookies string
		Databases, Caches       int
	}
	v.eval(&kept, `(async () => ({ Address: location.href, History: history.length,
		Local: JSON.stringify({ ...localStorage }), Session: JSON.stringify({ ...sessionStorage }),
		Cookies: document.cookie, Databases: (await indexedDB.databases()).length,
		Caches: location.protocol === "file:" ? 0 : (await caches.keys()).length }))()`)
	if kept.Address != v.address || kept.Local != "{}" || kept.Session != "{}" ||
		kept.Cookies != "" || kept.Databases+kept.Caches > 0 || kept.History > 6 {
		v.t.Errorf("the page leaves behind %+v", kept)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	own := []string{
		"", "page", "index.html", "page.js", "wasm_exec.js", "style.css", "gatewhy.wasm.gz",
		"gatewhy.wasm.js",
	}
	base := strings.TrimSuffix(v.address, "index.html")
	for _, request := range v.requests {
		plain, _, _ := strings.Cut(request, "#")
		inside := strings.HasPrefix(request, base) && slices.Contains(own, path.Base(plain))
		if request != "about:blank" && request != "data:," && plain != base && !inside {
			v.t.Errorf("the page requests %s", request)
		}
		if strings.Contains(request, sceneToken(v.t)[:30]) {
			v.t.Errorf("a request has a token: %s", request)
		}
	}
	if len(v.requests) < 5 {
		v.t.Errorf("only %d requests were seen", len(v.requests))
	}
	for _, fault := range v.faults {
		v.t.Errorf("the console shows: %s", fault)
	}
}
