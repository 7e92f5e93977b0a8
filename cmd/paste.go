package cmd

import (
	"errors"
	"io"
	"strings"
)

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

// readPaste reads what is typed or pasted into a terminal in raw mode, up to Enter or Ctrl-D. Enter ends the
// input only as the last character that has arrived, and never inside a bracketed paste: what is pasted may
// have several lines.
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
		case len(pasted.raw) > maxInput:
			return "", tooLarge("what was pasted")
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
	return strings.NewReplacer(pasteBegins, "", pasteEnds, "", "\r\n", "\n", "\r", "\n").Replace(string(p.raw))
}
