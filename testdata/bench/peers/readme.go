//go:build unix

package main

import (
	"fmt"
	"os"
	"strings"
)

// What stands before the tables and behind them.
const (
	begins = "<!-- measured by testdata/bench/run.sh README.md -->\n"
	ends   = "<!-- end of what was measured -->"
)

// writeBetween replaces what stands between the marks of a file.
func writeBetween(name, text string) error {
	whole, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(whole), begins)
	_, after, closed := strings.Cut(rest, ends)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the tables", name)
	}
	return os.WriteFile(name, []byte(before+begins+"\n"+text+"\n"+ends+after), 0o644)
}
