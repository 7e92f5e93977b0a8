package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxInput bounds what is read as a token or from a file, in bytes. A HAR file of a long session stays
// under it.
const maxInput = 16 << 20

func tooLarge(what string) error {
	return problem(fmt.Sprintf("%s is larger than %d MiB", what, maxInput>>20), "no policy, key set or list of contracts is that large; of a log or a HAR file, cut out the part with the token")
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
	case text == "@":
		return "", problem("the name of a file is missing behind @", "write @FILE, such as @token.jwt; standard input is -")
	case strings.HasPrefix(text, "@"):
		return e.readFile(text[1:])
	}
	e.warn("a token given as an argument stays in the shell's history; pass it on standard input or as @FILE")
	return text, nil
}

func (e *Env) readStdin() (string, error) {
	if e.Terminal.Stdin {
		text, err := e.Terminal.ReadHidden("paste the token, then Enter (it is not shown): ")
		if err == nil && strings.TrimSpace(text) == "" {
			err = problem("nothing was pasted", "paste the token and press Enter; or save it in a file and pass @FILE")
		}
		return text, err
	}
	return readText(e.Stdin, "standard input", 0)
}

// readFile reads a file, but no more than maxInput.
func (e *Env) readFile(name string) (string, error) {
	file, size, err := e.open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return readText(file, name, size)
}

// readBytes is readFile for what is not read as a string.
func (e *Env) readBytes(name string) ([]byte, error) {
	file, size, err := e.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readSized(file, name, size)
}

// open opens a file, and tells its size.
func (e *Env) open(name string) (file *os.File, size int64, err error) {
	if file, err = os.Open(e.path(name)); err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = problem(name+": this is a folder, not a file", "pass the name of a file in it")
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// usualInput is what nearly every input of an unknown size fits into, in bytes.
const usualInput = 32 << 10

// room is what to make ready for an input that is said to have this size, or 0 where nothing is said.
func room(size int64) int64 {
	if size == 0 {
		return usualInput
	}
	return min(size, maxInput) + 1
}

// readAll reads to the end, but no more than maxInput.
func readAll(r io.Reader, what string) ([]byte, error) { return readSized(r, what, 0) }

// readSized is readAll for what probably has this size. Of what turns out to be larger the room for maxInput is taken at once: most of
// it is never touched, while growing would need several times as much.
func readSized(r io.Reader, what string, size int64) ([]byte, error) {
	text := make([]byte, room(size))
	n, err := io.ReadFull(r, text)
	if err == nil && len(text) <= maxInput {
		text = append(make([]byte, 0, maxInput+1), text...)[:maxInput+1]
		var more int
		more, err = io.ReadFull(r, text[n:])
		n += more
	}
	switch {
	case err == nil:
		return nil, tooLarge(what)
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, problem(what + ": " + err.Error())
	case 2*n > len(text):
		return text[:n], nil
	}
	return bytes.Clone(text[:n]), nil
}

// readText is readSized for a string, which is not copied from bytes: of a text of megabytes that would be twice the memory.
func readText(r io.Reader, what string, size int64) (string, error) {
	var b strings.Builder
	b.Grow(int(room(size)))
	_, err := io.Copy(&b, io.LimitReader(r, int64(b.Cap())))
	if rest := maxInput + 1 - b.Len(); err == nil && b.Len() == b.Cap() && rest > 0 {
		b.Grow(rest)
		_, err = io.Copy(&b, io.LimitReader(r, int64(rest)))
	}
	switch {
	case err != nil:
		return "", problem(what + ": " + err.Error())
	case b.Len() > maxInput:
		return "", tooLarge(what)
	case 2*b.Len() < b.Cap():
		return strings.Clone(b.String()), nil
	}
	return b.String(), nil
}

// warn tells of a risk, on standard error.
func (e *Env) warn(format string, args ...any) { e.tell("warning", format, args...) }

// note tells what is worth knowing beside the result, on standard error.
func (e *Env) note(format string, args ...any) { e.tell("note", format, args...) }

func (e *Env) tell(kind, format string, args ...any) {
	fmt.Fprintf(e.Stderr, "gatewhy: %s: %s\n", kind, guarded(fmt.Sprintf(format, args...)))
}
