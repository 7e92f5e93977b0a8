package cmd

// The exit codes. They never depend on the output format.
const (
	exitOK           = 0 // accepted; verified; nothing found
	exitRejected     = 1 // rejected; not verified; a finding at or above --fail-on; a test failed; a matrix cell is wrong
	exitUsage        = 2 // usage error or unreadable input
	exitUndetermined = 3 // something was unknown and nothing failed
)

// exit ends a command with a code after its result has been printed: it is an error only in that it stops
// the command, and nothing is printed for it.
type exit int

func (exit) Error() string { return "" }

// exitWith returns the error that ends a command with this code, or nil for exitOK.
func exitWith(code int) error {
	if code == exitOK {
		return nil
	}
	return exit(code)
}
