package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func newPage(env *Env) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "page",
		Short: "Open the page that does the same in a browser, on this machine alone",
		Long: "page serves the page that came with the release on this machine's loopback " +
			"address, and opens a browser on it,\n" +
			"until it is interrupted. Nothing that is pasted there leaves the browser.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return env.page(cmd.Context(), dir) },
	}
	cmd.Flags().StringVar(&dir, "dir", "",
		"the `FOLDER` with the page (default: where the package put it)")
	return cmd
}

// pageFiles are the files of the page. No other file of its folder is served.
var pageFiles = [...]string{
	"index.html", "page.js", "style.css", "wasm_exec.js", "gatewhy.wasm.gz", "gatewhy.wasm.js",
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
	return http.Serve(listener, pageHandler(folder))
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

// pageHandler serves the files of the page, with the policy that it has in itself too.
func pageHandler(folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" {
			name = "index.html"
		}
		if !slices.Contains(pageFiles[:], name) {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-cache")
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil || !info.Mode().IsRegular() {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, name, info.ModTime(), file)
	})
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
	run := e.Run
	if run == nil {
		run = runReally
	}
	if _, err := run(ctx, opener[0], append(opener[1:], address)...); err != nil &&
		!errors.Is(err, context.Canceled) {
		e.note("no browser could be opened: open %s in one", address)
	}
}
