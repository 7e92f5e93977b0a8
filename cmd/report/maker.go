package report

import (
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"
	"time"
)

// Maker makes reports of what a user names.
type Maker struct {
	Dir      string    // where relative names start; empty for the process's working directory
	Files    fs.FS     // where named files are; nil for those of the operating system
	Stdin    io.Reader // what - stands for
	Now      func() time.Time
	Gateways Gateways // the vendors' adapters
	Shell    Shell    // that printed commands are written for

	// Paste asks for a token at a terminal; nil where standard input is not one.
	Paste func() (string, error)

	// Say shows what is worth knowing beside a report: its kind is "warning" or "note".
	Say func(kind, text string)

	// Progress shows how many of all files, or of what else is counted, are done, until stop is
	// called.
	Progress func(done *atomic.Int64, all int, what string) (stop func())

	// Tell is Progress for any text; nil where nobody sees it.
	Tell func(text func() string) (stop func())
}

// tell shows a text while something is done, until stop is called.
func (m *Maker) tell(text func() string) (stop func()) {
	if m.Tell == nil {
		return func() {}
	}
	return m.Tell(text)
}

// warn shows a risk.
func (m *Maker) warn(format string, args ...any) { m.Say("warning", fmt.Sprintf(format, args...)) }

// note shows what is worth knowing beside the report.
func (m *Maker) note(format string, args ...any) { m.Say("note", fmt.Sprintf(format, args...)) }
