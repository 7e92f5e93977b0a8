package cmd

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/render"
)

// asciiWriter writes messages with our own signs in ASCII, for terminals that are not UTF-8.
type asciiWriter struct{ to io.Writer }

// Write writes a whole message.
func (w asciiWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.to, render.ASCII(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// messages returns the writer of messages and of help.
func (e *Env) messages(to io.Writer) io.Writer {
	if e.Terminal.UTF8 {
		return to
	}
	return asciiWriter{to}
}
