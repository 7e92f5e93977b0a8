package cmd

import (
	"os"
	"runtime"

	"golang.org/x/term"
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

// Bracketed paste makes the terminal mark where a paste begins and ends, so that a line break inside a
// pasted command or a wrapped token does not end the input.
const (
	bracketedPasteOn  = "\x1b[?2004h"
	bracketedPasteOff = "\x1b[?2004l"
)

// readHidden reads from the process's terminal in raw mode: in the terminal's own line mode a line ends
// after 4096 bytes on Linux and 1024 on macOS, less than many tokens.
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
