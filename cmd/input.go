package cmd

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// maxInput bounds what is read as a token or from a file, in bytes. A HAR file of a long session stays
// under it.
const maxInput = 16 << 20

func tooLarge(what string) error {
	return problem(fmt.Sprintf("%s is larger than %d MiB", what, maxInput>>20), "cut out the part with the token")
}

// tokenText returns the text in which a token is to be found: the arguments, a file for @FILE, standard
// input for - or nothing. On a terminal it asks for the token and does not show it.
func (e *Env) tokenText(args []string) (string, error) {
	text := strings.Join(args, " ") // as a pasted `Bearer x` comes without quotes
	switch {
	case text == "" && len(args) > 0:
		return "", problem("the token argument is empty", "is the variable set?")
	case text == "" || text == "-":
		return e.readStdin()
	case strings.HasPrefix(text, "@"):
		return e.readFile(text[1:])
	}
	e.warn("a token given as an argument stays in the shell's history; pass it on standard input or as @FILE")
	return text, nil
}

func (e *Env) readStdin() (string, error) {
	if e.Terminal.Stdin {
		return e.Terminal.ReadHidden("paste the token, then Enter (it is not shown): ")
	}
	return readAll(e.Stdin, "standard input")
}

// readFile reads a file, but no more than maxInput.
func (e *Env) readFile(name string) (string, error) {
	file, err := os.Open(e.path(name))
	if err != nil {
		return "", err
	}
	defer file.Close()
	return readAll(file, name)
}

// readAll reads to the end, but no more than maxInput.
func readAll(r io.Reader, what string) (string, error) {
	var text bytes.Buffer
	n, err := text.ReadFrom(io.LimitReader(r, maxInput+1))
	if err != nil {
		return "", problem(what + ": " + err.Error())
	}
	if n > maxInput {
		return "", tooLarge(what)
	}
	return text.String(), nil
}

// warn tells of a risk, on standard error.
func (e *Env) warn(format string, args ...any) { e.tell("warning", format, args...) }

// note tells what is worth knowing beside the result, on standard error.
func (e *Env) note(format string, args ...any) { e.tell("note", format, args...) }

func (e *Env) tell(kind, format string, args ...any) {
	fmt.Fprintf(e.Stderr, "gatewhy: %s: %s\n", kind, inspect.Safe(fmt.Sprintf(format, args...)))
}
