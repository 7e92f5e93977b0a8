package cmd

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
)

func newPage(env *Env) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return env.page(cmd.Context(), dir) },
	}
	cmd.Flags().StringVar(&dir, "dir", "",
		"the `FOLDER` with the page (default: where the package put it)")
	return cmd
}

func (e *Env) page(ctx context.Context, dir string) error {
	folder, err := e.pageFolder(dir)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return problem("no address of this machine can be served: " + err.Error())
	}
	address := "http://" + listener.Addr().String() + "/"
	fmt.Fprintf(e.Stdout, "The page is at %s until you press Ctrl-C.\n", address)
	go e.browse(ctx, address)
	return servePage(listener, folder)
}

// pageFolder is the folder that is named, or the one beside the program, as the packages and the
// archives have it.
func (e *Env) pageFolder(named string) (string, error) {
	if named != "" {
		if folder := e.maker().Path(named); hasPage(folder) {
			return folder, nil
		}
		return "", problem("the page is not in "+named,
			"name the folder that has its index.html: that of gatewhy-page.zip, unpacked")
	}
	program, err := e.Executable()
	if err == nil {
		program, err = filepath.EvalSymlinks(program) // Homebrew has a link in the path
	}
	if err == nil {
		beside := filepath.Dir(program)
		for _, folder := range [...]string{
			filepath.Join(beside, "..", "share", "gatewhy", "page"), filepath.Join(beside, "page"),
		} {
			if hasPage(folder) {
				return folder, nil
			}
		}
	}
	return "", problem("the page is not beside this program: go install builds the command alone",
		"download gatewhy-page.zip from github.com/gatewhy/gatewhy/releases, unpack it, and pass "+
			"--dir FOLDER, or open its index.html in a browser",
		"gatewhy page --dir gatewhy-page")
}

func hasPage(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, "index.html"))
	return err == nil && info.Mode().IsRegular()
}

// servePage answers requests for the files of a folder, one a connection. A server of net/http
// does more, and would make the program larger by a thirtieth.
func servePage(listener net.Listener, folder string) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return problem("the page can't be served any more: " + err.Error())
		}
		go func() {
			defer connection.Close()
			limited := io.LimitReader(connection, mostOfARequest)
			request, err := http.ReadRequest(bufio.NewReader(limited))
			if err != nil {
				return // who asks like that is no browser
			}
			answer := pageAnswer(request, folder)
			defer answer.Body.Close()
			_ = answer.Write(connection) // a browser may hang up
		}()
	}
}

// mostOfARequest is how much of a request is read, in bytes: none of the page's has a body.
const mostOfARequest = 64 << 10

// pageAnswer is a file of the page, with the policy that the page has in itself too.
func pageAnswer(request *http.Request, folder string) *http.Response {
	name := cmp.Or(strings.TrimPrefix(request.URL.Path, "/"), "index.html")
	answer := &http.Response{
		StatusCode: http.StatusNotFound, ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Close: true, Body: http.NoBody, Header: http.Header{
			"Content-Security-Policy": {pagePolicy},
			"X-Content-Type-Options":  {"nosniff"},
			"Referrer-Policy":         {"no-referrer"},
			"Cache-Control":           {"no-store"},
		},
	}
	// no other file of the folder is served
	kind := map[string]string{
		"index.html":      "text/html; charset=utf-8",
		"page.js":         "text/javascript; charset=utf-8",
		"wasm_exec.js":    "text/javascript; charset=utf-8",
		"style.css":       "text/css; charset=utf-8",
		"gatewhy.wasm.gz": "application/gzip",
	}[name]
	if kind == "" || request.Method != http.MethodGet {
		return answer
	}
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return answer
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		_ = file.Close() // nothing was written
		return answer
	}
	answer.StatusCode, answer.Body, answer.ContentLength = http.StatusOK, file, info.Size()
	answer.Header.Set("Content-Type", kind)
	return answer
}

// pagePolicy lets the page load its own files, and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"

// browse opens a browser. Where there is none, the address was printed.
func (e *Env) browse(ctx context.Context, address string) {
	opener := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		opener = []string{"open"}
	case "windows":
		opener = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	_, err := e.Run(ctx, opener[0], append(opener[1:], address)...)
	if err != nil && !errors.Is(err, context.Canceled) {
		e.note("no browser could be opened: open %s in one", address)
	}
}
