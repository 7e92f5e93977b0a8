package report

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Maker makes reports of what a user names.
type Maker struct {
	Dir      string    // where relative names start; empty for the process's working directory
	Stdin    io.Reader // what - stands for
	Now      func() time.Time
	Gateways Gateways // the vendors' adapters
	Shell    Shell    // that printed commands are written for

	// Paste asks for a token at a terminal; nil where standard input is none.
	Paste func() (string, error)

	// Say is told what is worth knowing beside a report: its kind is "warning" or "note".
	Say func(kind, text string)

	// Progress shows how many of all files, or of what else is counted, are done, until stop is
	// called.
	Progress func(done *atomic.Int64, all int, what string) (stop func())
}

// warn tells of a risk.
func (m *Maker) warn(format string, args ...any) { m.Say("warning", fmt.Sprintf(format, args...)) }

// note tells what is worth knowing beside the report.
func (m *Maker) note(format string, args ...any) { m.Say("note", fmt.Sprintf(format, args...)) }
