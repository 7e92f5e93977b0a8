// Package cmd is the command line: flags in, a report made, a format out. Each subcommand has a
// file of its own, and what several of them share is in files by subject: flags.go, key_flags.go,
// output.go, help.go, usage.go, exit.go. What the world gives to all of them is in [Env].
//
// Only this package knows flags' names and meanings, the terminal, the environment and the clock.
// What could be used without them does not belong here: what a command answers is made by package
// report, and printed by package render.
package cmd
