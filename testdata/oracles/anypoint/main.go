// Command anypoint serves the control plane of the tests on loopback, over TLS, for MuleSoft's own
// client to read: what that client reads has the vendor's shapes. It prints its host, and writes
// its certificate into the file that it is given.
package main

import (
	"encoding/pem"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"

	"github.com/gatewhy/gatewhy/testdata/controlplane"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: anypoint CERTIFICATE-FILE")
	}
	plane := controlplane.Estate([]string{"Dev"}, 1)
	plane.Bare = true // of the two shapes of the specification, the client reads this one
	server := httptest.NewTLSServer(plane)
	certificate := pem.EncodeToMemory(
		&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(os.Args[1], certificate, 0o600); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.TrimPrefix(server.URL, "https://"))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}
