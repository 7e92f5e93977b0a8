// Serve serves a folder on loopback while a command runs, which finds the address in the place of
// URL.
//
// usage: serve FOLDER COMMAND...
package main

import (
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
)

func main() {
	server := httptest.NewServer(http.FileServer(http.Dir(os.Args[1])))
	defer server.Close()
	args := os.Args[2:]
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "URL", server.URL)
	}
	command := exec.Command(args[0], args[1:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		log.Fatal(err)
	}
}
