package cmd

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The token goes to the address that was typed, and to no other: the system calls say so.
func TestAProbeConnectsToOneAddress(t *testing.T) {
	t.Parallel()
	trace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(trace, "-o", "/dev/null", "true").Run() // a container may forbid it
	}
	if err != nil {
		t.Log("the system calls are not traced: ", err)
	}
	var mu sync.Mutex
	var got []string
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(
		func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, "elsewhere")
		}))
	defer elsewhere.Close()
	gateway := httptest.NewTLSServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, r.Method+" "+r.URL.Path)
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}))
	defer gateway.Close()

	_, token := newEntra(t)
	dir := t.TempDir()
	certificate := pem.EncodeToMemory(
		&pem.Block{Type: "CERTIFICATE", Bytes: gateway.Certificate().Raw})
	for name, text := range map[string]string{
		"token.jwt": token, "ca.pem": string(certificate),
		"keys.json": `{"keys": [{"kty": "oct", "k": "AAAA", "kid": "k"}]}`,
		"policy.json": `{"assetId": "jwt-validation", "configurationData": {
			"signingMethod": "none", "skipClientIdValidation": true}}`,
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	words := []string{
		string(build(t)), "probe", gateway.URL + "/orders", "@token.jwt", "-p", "policy.json",
		"--jwks", "keys.json", "--cacert", "ca.pem",
	}
	calls := filepath.Join(dir, "calls")
	if err == nil {
		words = append([]string{trace, "-f", "-qq", "-o", calls, "-e", "trace=connect"}, words...)
	}
	command := exec.Command(words[0], words[1:]...)
	command.Dir = dir
	command.Env = append(os.Environ(), "HOME="+dir, "XDG_CACHE_HOME="+dir)
	said, _ := command.CombinedOutput()
	if want := []string{"GET /orders"}; !slices.Equal(got, want) {
		t.Fatalf("requests %q, want %q:\n%s", got, want, said)
	}
	if err != nil {
		return
	}
	text, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(gateway.URL, "https://"), ":")
	for _, found := range regexp.MustCompile(`htons\((\d+)\)`).FindAllSubmatch(text, -1) {
		if string(found[1]) != port {
			t.Errorf("it connects to port %s, and the gateway is at %s:\n%s", found[1], port, text)
		}
	}
}
