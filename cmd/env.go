package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/network"
)

// Env is everything that the program is given by the world around it. Nothing below reads a
// stream, the clock, the network, the environment or the terminal in any other way.
type Env struct {
	Args           []string // the command line without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Dir            string // where relative paths start; empty for the process's working directory
	Now            func() time.Time
	// After is as time.After; it is asked only where Terminal.Stderr is true.
	After     func(time.Duration) <-chan time.Time
	Connect   func(network.Settings) http.RoundTripper
	LookupEnv func(name string) (value string, set bool)
	CacheDir  func() (string, error) // the user's cache directory, without the program's name
	BuildInfo func() (*debug.BuildInfo, bool)
	Terminal  Terminal
	Shell     report.Shell    // that printed commands are written for
	Gateways  report.Gateways // the vendors' adapters

	// OnInterrupt has stop called when the user interrupts the program; nil where nothing does.
	// Stop ends it with Exit: the command itself runs on, and can't be waited for.
	OnInterrupt func(stop func())
	Exit        func(code int)

	ReadsMany func() // is told that a run reads many files; nil where nobody minds

	Run Runner // runs the Azure CLI for pull, and opens a browser

	Executable func() (string, error) // the program's own file

	// unfinished names a file that is being written, where it has a name: an interrupt removes it.
	unfinished *atomic.Pointer[string]

	// stop ends the command that runs with what it has by then, where it has something to show.
	// The first interrupt asks for that.
	stop *atomic.Pointer[context.CancelFunc]

	gateway string // that the command line says; empty where it says none
	used    bool   // standard input was read

	transport http.RoundTripper // made by Connect for the command that runs
}

// Terminal says what is known about the terminal that the program runs in.
type Terminal struct {
	Stdin, Stdout, Stderr bool // which of the streams is a terminal
	Width                 int  // of standard output in columns; 0 where it is no terminal
	UTF8                  bool // whether check marks and dashes can be shown

	// ReadHidden prompts on standard error and reads what is typed or pasted without showing it.
	ReadHidden func(prompt string) (string, error)
}

// System returns the Env of the real world.
func System() Env {
	return Env{
		Args:   os.Args[1:],
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Now:    time.Now,
		After:  time.After,

		LookupEnv: os.LookupEnv,
		CacheDir:  os.UserCacheDir,
		BuildInfo: debug.ReadBuildInfo, Executable: os.Executable,
		Terminal: systemTerminal(),
		Shell:    report.ShellOf(runtime.GOOS),

		Gateways:    gateways.All(),
		OnInterrupt: onInterrupt,
		Exit:        os.Exit,
		Run:         runReally,
	}
}

// maker makes reports of what this command line names.
func (e *Env) maker() *report.Maker {
	m := &report.Maker{
		Dir: e.Dir, Stdin: e.Stdin, Used: &e.used, Now: e.Now, Gateways: e.Gateways,
		Gateway: e.gateway, Shell: e.Shell,
		Say: e.say, Tell: e.tellProgress, ReadsMany: e.ReadsMany,
	}
	if e.Terminal.Stdin {
		m.Paste = func() (string, error) {
			return e.Terminal.ReadHidden("paste the token, then Enter (it is not shown): ")
		}
	}
	return m
}

// warn shows a risk, on standard error.
func (e *Env) warn(format string, args ...any) { e.say("warning", fmt.Sprintf(format, args...)) }

// note shows what is worth knowing beside the result, on standard error.
func (e *Env) note(format string, args ...any) { e.say("note", fmt.Sprintf(format, args...)) }

func (e *Env) say(kind, text string) {
	fmt.Fprintf(e.Stderr, "gatewhy: %s: %s\n", kind, e.quoted(report.Guarded(text)))
}

// localeIsUTF8 reads the locale as POSIX ranks it: LC_ALL over LC_CTYPE over LANG.
func localeIsUTF8(lookup func(string) (string, bool)) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value, _ := lookup(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}

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
			plain := strings.NewReplacer(pasteBegins, "", pasteEnds, "", "\r\n", "\n", "\r", "\n")
			return plain.Replace(string(pasted.raw)), nil
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
	raw := string(p.raw)
	entered := strings.HasSuffix(raw, "\r") || strings.HasSuffix(raw, "\n")
	isInside := strings.LastIndex(raw, pasteBegins) > strings.LastIndex(raw, pasteEnds)
	return entered && !isInside
}
