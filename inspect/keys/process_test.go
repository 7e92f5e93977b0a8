package keys_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

// plain starts a server on loopback without TLS, which a process without our certificate can ask.
func (tn *tenant) plain(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL + "/keys"
}

// startTogether prepares processes of this test that fetch an address, and returns what lets them go and waits for them.
func startTogether(t *testing.T, count int, directory, address string) func() []error {
	t.Helper()
	gates := make([]io.WriteCloser, count)
	results := make([]error, count)
	var running sync.WaitGroup
	for i := range count {
		process := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		process.Env = append(os.Environ(), "GATEWHY_TEST_CACHE="+directory, "GATEWHY_TEST_URL="+address)
		var output bytes.Buffer
		process.Stdout, process.Stderr = &output, &output
		gate, err := process.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		gates[i] = gate
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			if err := process.Wait(); err != nil {
				results[i] = fmt.Errorf("process %d: %w: %s", i, err, output.String())
			}
		})
	}
	return func() []error {
		for _, gate := range gates {
			_ = gate.Close()
		}
		running.Wait()
		return results
	}
}

// fetchInProcess is what each of the processes does: it waits for its standard input to be closed, and fetches.
func fetchInProcess(t *testing.T, directory string) {
	t.Helper()
	_, _ = io.ReadAll(os.Stdin)
	s := &keys.Source{Cache: directory}
	set, err := s.URL(context.Background(), os.Getenv("GATEWHY_TEST_URL"))
	if err != nil || len(set.Find("one")) != 1 || len(set.Notes) > 0 {
		t.Fatalf("%v, %v", set, err)
	}
}
