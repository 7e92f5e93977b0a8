package cmd

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/measure"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// offlineFiles are what the commands below are run on: policies with key sets of their own, on a
// public host and on private ones, and environments.
func offlineFiles(t *testing.T, listener string) string {
	t.Helper()
	dir := t.TempDir()
	policy := func(url string) string {
		return `{"assetId": "jwt-validation-flex", "configurationData": {"signingMethod": "rsa",
			"jwtOrigin": "httpBearerAuthenticationHeader", "signingKeyLength": 256,
			"jwtKeyOrigin": "jwks", "jwksUrl": "` + url + `", "skipClientIdValidation": true}}`
	}
	claims := `{"iss":"https://login.microsoftonline.com/` + mint.Tenant + `/v2.0","ver":"2.0",
		"aud":"api://orders","tid":"` + mint.Tenant + `"}`
	for name, text := range map[string]string{
		"public.json":  policy("https://login.microsoftonline.com/common/discovery/v2.0/keys"),
		"private.json": policy("https://" + listener + "/keys"),
		"letters.json": policy("https://ｌｏｃａｌｈｏｓｔ/keys"),
		"token.jwt":    tokenOf(`{"alg":"RS256","kid":"k"}`, claims),
		"gatewhy.yaml": "version: 1\nenvironments:\n" +
			"  dev: {gateway: flex, policies: public.json, tokens: token.jwt}\n" +
			"  uat: {gateway: flex, policies: private.json}\n",
		"fetched.yaml": "version: 1\njwks: https://" + listener + "/keys\nenvironments:\n" +
			"  uat: {gateway: flex, policies: private.json, tokens: token.jwt}\n",
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	return dir
}

// tracedCalls are the system calls that reach the network or a file; not every machine has those
// with a question mark.
const tracedCalls = "%network,?open,openat,?creat,?mkdir,mkdirat,?rename,?renameat,renameat2," +
	"?link,linkat,?symlink,symlinkat,?mknod,mknodat"

func TestOfflineConnectsToNothingAndWritesNothing(t *testing.T) {
	t.Parallel()
	gatewhy := build(t)
	listener, connected := measure.Connections(t)
	trace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(trace, "-o", "/dev/null", "true").Run() // a container may forbid it
	}
	if err != nil {
		trace = ""
		t.Log("the system calls are not traced: ", err)
	}
	type line struct{ arguments, writes string }
	var lines []line
	for _, arguments := range []string{
		"verify @token.jwt --offline",
		"verify @token.jwt --offline --tenant " + mint.Tenant,
		"verify @token.jwt --offline --tenant contoso.example",
		"verify @token.jwt --offline --issuer https://keys.example.com",
		"verify @token.jwt --offline --jwks http://" + listener + "/keys",
		"verify @token.jwt --offline --jwks https://" + listener + "/keys -o json",
		"keys --offline --tenant " + mint.Tenant,
		"keys --offline --tenant contoso.example --clouds",
		"keys --offline https://" + listener + "/keys",
		"keys --offline http://ｌｏｃａｌｈｏｓｔ/keys",
		"explain @token.jwt --offline -p public.json",
		"explain @token.jwt --offline -p private.json -o json",
		"explain @token.jwt --offline -p letters.json -o html",
		"explain @token.jwt --offline -p private.json --no-cache",
		"explain @token.jwt --offline -p public.json --tenant " + mint.Tenant,
		"explain @token.jwt --offline --env uat",
		"matrix --offline",
		"matrix --offline -o json",
		"matrix --offline --fix",
		// The file of the environments names key sets as files alone.
		"matrix -c fetched.yaml",
		"explain @token.jwt -c fetched.yaml --env uat",
		// These have no such flag, because they never connect.
		"decode @token.jwt", "lint .", "lint . -o sarif", "fix private.json",
		"rules", "gateways", "demo", "version",
	} {
		lines = append(lines, line{arguments, ""})
	}
	// These write one file, which is what they are for.
	lines = append(
		lines, line{"fix private.json --write", "private.json"},
		line{"lint private.json --baseline known.json --write-baseline", "known.json"},
		line{"init -c new.yaml", "new.yaml"}, line{"init --force", "gatewhy.yaml"},
	)
	for _, line := range lines {
		dir := offlineFiles(t, listener)
		before := tree(t, dir, line.writes)
		calls := filepath.Join(t.TempDir(), "calls")
		words := append([]string{string(gatewhy)}, strings.Fields(line.arguments)...)
		if trace != "" {
			words = append([]string{
				trace, "-f", "-qq", "-o", calls,
				"-e", "trace=" + tracedCalls,
			}, words...)
		}
		command := exec.Command(words[0], words[1:]...)
		command.Dir = dir
		command.Env = append(
			os.Environ(), "HOME="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"),
			"HTTPS_PROXY=http://"+listener, "HTTP_PROXY=http://"+listener, "NO_PROXY=",
		)
		said, err := command.CombinedOutput()
		if code := command.ProcessState.ExitCode(); code < 0 || code > exitUndetermined {
			t.Errorf("%s: %v\n%.300s", line.arguments, err, said)
		}
		if after := tree(t, dir, line.writes); after != before {
			t.Errorf("%s: the folder holds %s, and then %s", line.arguments, before, after)
		}
		if line.writes != "" {
			info, err := os.Stat(filepath.Join(dir, line.writes))
			if err != nil || !info.Mode().IsRegular() {
				t.Errorf("%s: %v\n%.300s", line.arguments, err, said)
			}
		}
		if trace != "" {
			noneOutside(t, line.arguments, calls, line.writes)
		}
	}
	if n := connected.Load(); n > 0 {
		t.Errorf("%d connections", n)
	}
}

// noneOutside wants no system call that connects, or that can change a file but the one that is
// written: that is made without a name, and then given its place.
func noneOutside(t *testing.T, arguments, calls, writes string) {
	t.Helper()
	text, err := os.ReadFile(calls)
	if err != nil || !strings.Contains(string(text), "openat(") {
		t.Fatalf("%s: nothing was traced: %v", arguments, err)
	}
	reads := regexp.MustCompile(`open(at)?\(.*O_RDONLY`)
	changes := regexp.MustCompile(`O_CREAT|O_TRUNC|O_APPEND`)
	file := `[/"]` + regexp.QuoteMeta(writes) + `"`
	own := regexp.MustCompile(`openat\(.*O_TMPFILE|` +
		`(link|rename)at2?\(.*(\.gatewhy-|` + file + `)|` +
		`openat\(.*` + file + `, O_WRONLY\|O_CLOEXEC\)`) // which asks whether it may be written
	placed := false
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "???( <detached") {
			continue // of a thread that ended with the program strace saw no call
		}
		if writes != "" && own.MatchString(line) {
			placed = placed || !strings.Contains(line, "open") && strings.Contains(line, writes)
			continue
		}
		isCall := strings.Contains(line, "(") && !strings.Contains(line, "/dev/null")
		if isCall && (!reads.MatchString(line) || changes.MatchString(line)) {
			t.Errorf("%s: %s", arguments, line)
		}
	}
	if writes != "" && !placed {
		t.Errorf("%s: nothing was traced of %s", arguments, writes)
	}
}

// tree lists everything below a folder but one file, with its mode and when it was changed.
func tree(t *testing.T, dir, but string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && path != dir && entry.Name() != but {
			all = append(all, path+" "+info.Mode().String()+" "+info.ModTime().String())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}
