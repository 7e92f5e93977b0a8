package cmd

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// systemTerminal asks the operating system about the process's own streams.
func systemTerminal() Terminal {
	t := Terminal{
		Stdin:      term.IsTerminal(int(os.Stdin.Fd())),
		Stdout:     term.IsTerminal(int(os.Stdout.Fd())),
		Stderr:     term.IsTerminal(int(os.Stderr.Fd())),
		UTF8:       runtime.GOOS == "windows" || localeIsUTF8(os.LookupEnv),
		ReadHidden: readHidden,
	}
	if t.Stdout {
		t.Width, _, _ = term.GetSize(int(os.Stdout.Fd())) // 0, not known, stands for itself
	}
	return t
}

// Bracketed paste makes the terminal mark where a paste begins and ends, so that a line break
// inside a pasted command or a wrapped token does not end the input.
const (
	bracketedPasteOn  = "\x1b[?2004h"
	bracketedPasteOff = "\x1b[?2004l"
)

// readHidden reads from the process's terminal in raw mode: in the terminal's own line mode a line
// ends after 4096 bytes on Linux and 1024 on macOS, less than many tokens.
func readHidden(prompt string) (string, error) {
	in := int(os.Stdin.Fd())
	before, err := term.MakeRaw(in)
	if err != nil {
		return "", err
	}
	_, _ = os.Stderr.WriteString(bracketedPasteOn + prompt)
	text, err := readPaste(os.Stdin)
	_, _ = os.Stderr.WriteString(bracketedPasteOff + "\r\n")
	if restored := term.Restore(in, before); err == nil {
		err = restored
	}
	return text, err
}

// errInterrupted is what Ctrl-C at the prompt gives.
var errInterrupted = errors.New("interrupted")

// What a terminal in raw mode sends.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	backspace = 0x7f

	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
)

// readPaste reads what is typed or pasted into a terminal in raw mode, up to Enter or Ctrl-D.
// Enter ends the input only as the last character that has arrived, and never inside a bracketed
// paste: what is pasted may have several lines.
func readPaste(terminal io.Reader) (string, error) {
	var pasted paste
	chunk := make([]byte, 4096)
	for {
		n, err := terminal.Read(chunk)
		done := pasted.add(chunk[:n])
		switch {
		case pasted.interrupted:
			return "", errInterrupted
		case done, errors.Is(err, io.EOF):
			return pasted.text(), nil
		case err != nil:
			return "", err
		case len(pasted.raw) > report.MaxInput:
			return "", report.TooLarge("what was pasted")
		}
	}
}

// paste gathers what a terminal sends.
type paste struct {
	raw         []byte
	interrupted bool
}

// add takes what has just arrived and reports whether the input is complete.
func (p *paste) add(chunk []byte) (done bool) {
	for _, c := range chunk {
		switch c {
		case ctrlC:
			p.interrupted = true
			return true
		case ctrlD:
			return true
		case backspace:
			p.raw = p.raw[:max(0, len(p.raw)-1)]
		default:
			p.raw = append(p.raw, c)
		}
	}
	return p.endsWithEnter() && !p.insidePaste()
}

func (p *paste) endsWithEnter() bool {
	return len(p.raw) > 0 && (p.raw[len(p.raw)-1] == '\r' || p.raw[len(p.raw)-1] == '\n')
}

func (p *paste) insidePaste() bool {
	raw := string(p.raw)
	return strings.LastIndex(raw, pasteBegins) > strings.LastIndex(raw, pasteEnds)
}

func (p *paste) text() string {
	plain := strings.NewReplacer(pasteBegins, "", pasteEnds, "", "\r\n", "\n", "\r", "\n")
	return plain.Replace(string(p.raw))
}
