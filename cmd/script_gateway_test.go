package cmd

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatewhy/gatewhy/testdata/controlplane"
)

// scriptGateway starts a gateway on loopback that answers every request alike, over TLS: gateway
// NAME STATUS [BODY] [HEADER...] puts its address into the variable NAME, its certificate into
// NAME.pem and a line for each request into NAME.log.
func scriptGateway(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: gateway NAME STATUS [BODY] [HEADER...]")
	}
	status, err := strconv.Atoi(args[1])
	ts.Check(err)
	log := ts.MkAbs(args[0] + ".log")
	ts.Check(os.WriteFile(log, nil, 0o600))
	var lines sync.Mutex
	server := httptest.NewTLSServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			lines.Lock()
			defer lines.Unlock()
			file, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0o600)
			ts.Check(err)
			scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			fmt.Fprintf(file, "%s %s %s (%d dots)\n", r.Method, r.RequestURI, scheme,
				strings.Count(token, "."))
			ts.Check(file.Close())
			for _, header := range args[min(3, len(args)):] {
				name, value, _ := strings.Cut(header, ": ")
				w.Header().Set(name, strings.ReplaceAll(value, "TOKEN", token))
			}
			w.WriteHeader(status)
			if len(args) > 2 {
				fmt.Fprint(w, strings.ReplaceAll(args[2], "TOKEN", token))
			}
		}))
	ts.Defer(server.Close)
	certificate := pem.EncodeToMemory(
		&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".pem"), certificate, 0o600))
	ts.Setenv(args[0], server.URL)
}

// scriptAnypoint starts a control plane of Anypoint on loopback, over TLS: anypoint NAME
// ENVIRONMENT... puts its host into the variable NAME, and its certificate into NAME.pem. APIs is
// how many API instances each environment has.
func scriptAnypoint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: anypoint NAME APIS ENVIRONMENT...")
	}
	apis, err := strconv.Atoi(args[1])
	ts.Check(err)
	plane := controlplane.Estate(args[2:], apis)
	server := httptest.NewTLSServer(plane)
	ts.Defer(server.Close)
	certificate := pem.EncodeToMemory(
		&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".pem"), certificate, 0o600))
	ts.Setenv(args[0], strings.TrimPrefix(server.URL, "https://"))
	ts.Setenv("ANYPOINT_CLIENT_ID", controlplane.ClientID)
	ts.Setenv("ANYPOINT_CLIENT_SECRET", controlplane.Secret)
}
