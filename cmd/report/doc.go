// Package report makes what a command answers, as values: it reads the files that are named, puts
// a request together, evaluates it, and looks for repairs. A page in a browser makes the same
// reports as the command line does.
//
// Each command has a file (explain.go, lint.go, matrix.go). A [Maker] is handed what they read
// from: the clock, the gateways, standard input. need.go is the one table of how to pass what is
// missing.
//
// No report is printed here, and nothing here reads flags, a terminal or the network. What can be
// said without files and commands belongs below, into rules or inspect.
package report
