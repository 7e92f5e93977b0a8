// Package cmd is the command line: flags in, a report made, a format out. Each subcommand has a
// file of its own, and what several of them share is in files by subject: flags.go, key_flags.go,
// output.go, help.go, usage.go, exit.go. What the world gives to all of them is in [Env].
//
// Only this package knows flags' names and meanings, the terminal, the environment and the clock.
// What could be used without them does not belong here: what a command answers is made by package
// report, and printed by package render.
package cmd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
)

// Main runs the program and returns its exit code.
func Main(env Env) int {
	if width := env.Terminal.Width; env.Terminal.Stderr && width > 0 {
		env.Stderr = changedWriter{env.Stderr, func(message string) string {
			return render.Message(message, width) // -O takes the width of the output away
		}}
	}
	env.Stderr, env.Gateways = env.messages(env.Stderr), env.Gateways.Complete()
	env.unfinished = new(atomic.Pointer[string])
	env.stop = new(atomic.Pointer[context.CancelFunc])
	if env.Terminal.Stderr {
		env.Stderr = &progressLine{to: env.Stderr}
	}
	if env.OnInterrupt != nil {
		env.OnInterrupt(env.interrupted)
	}
	return runCommand(&env)
}

func runCommand(env *Env) int {
	root := newRoot(env)
	// never nil, which would mean the process's own arguments
	root.SetArgs(append([]string{}, env.Args...))
	root.SetIn(env.Stdin)
	out := &helpWriter{to: env.messages(env.Stdout)}
	root.SetOut(out)
	root.SetErr(env.Stderr)
	addCompletion(root)

	err := root.ExecuteContext(context.Background())
	if err == nil {
		err = out.err
	}
	var code exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	}
	env.printError(withHelp(err, env.Args))
	return exitUsage
}

// helpWriter remembers that a part of its output could not be written, which cobra's help does not
// report.
type helpWriter struct {
	to  io.Writer
	err error
}

func (w *helpWriter) Write(text []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.to.Write(text)
	w.err = err
	return n, err
}

// withHelp adds the help of the command to an error about the command line that names no command
// to go on with.
func withHelp(err error, args []string) error {
	problem := report.AsError(err)
	if len(report.Each(err)) != 1 || problem.Pos.File != "" {
		return err
	}
	for _, hint := range report.Hints(problem.Hints) {
		if strings.Contains(hint, "gatewhy ") {
			return err
		}
	}
	help := "gatewhy help"
	for _, sub := range subcommands {
		if len(args) > 0 && args[0] == sub.name {
			help = "gatewhy " + sub.name + " --help"
		}
	}
	return report.Hinted(err, help)
}

func newRoot(env *Env) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "gatewhy",
		Short: "Say why an API gateway accepts or rejects a token",
		Long: "gatewhy reads an Entra ID token and an API gateway's policy, and says what the " +
			"gateway answers,\n" +
			"which field of the policy decides it, why, and what to change.",
		Example: "  gatewhy explain @token.jwt -p policies.json  # why the 403?\n" +
			"  gatewhy lint policies                        # who gets in?\n" +
			"  gatewhy demo                                 # without any input",
		Args:          cobra.ArbitraryArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case version:
				return printVersion(env)
			case len(args) > 0:
				return env.withoutCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.Flags().BoolVarP(&version, "version", "v", false, "print the version")
	root.SetFlagErrorFunc(flagProblem)
	root.SetHelpCommand(newHelp(env))
	root.SetHelpFunc(env.helpWithTopics(root.HelpFunc()))
	called := commands(env)
	root.AddCommand(called...)
	root.CompletionOptions.DisableDefaultCmd = len(called) == 1
	return root
}

// subcommand is a command of the program. Its words are in commands/NAME.txt.
type subcommand struct {
	name string
	make func(*Env) *cobra.Command
}

// subcommands are the subcommands in the order in which help shows them.
var subcommands = [...]subcommand{
	{"decode", newDecode},
	{"verify", newVerify},
	{"explain", newExplain},
	{"probe", newProbe},
	{"lint", newLint},
	{"pull", newPull},
	{"init", newInit},
	{"matrix", newMatrix},
	{"test", newTest},
	{"scan", newScan},
	{"fix", newFix},
	{"keys", newKeys},
	{"rules", newRules},
	{"gateways", newGateways},
	{"collect", newCollect},
	{"demo", newDemo},
	{"page", newPage},
	{"version", newVersion},
}

// commands returns the subcommand that is called, without the words that only its help needs, or
// all of them where the first argument names none: building the flags of all takes as long as
// decoding a token does.
func commands(env *Env) []*cobra.Command {
	first := ""
	if len(env.Args) > 0 {
		first = env.Args[0]
	}
	// the version of the program itself needs no subcommand, its help none with flags
	if len(env.Args) == 1 {
		switch first {
		case "--version", "-v":
			return nil
		case "help", "--help", "-h":
			return listed()
		}
	}
	called := slices.ContainsFunc(subcommands[:], func(s subcommand) bool {
		return s.name == first
	})
	var all []*cobra.Command
	for _, sub := range subcommands {
		if called && sub.name != first {
			continue
		}
		cmd := sub.make(env)
		cmd.Use = sub.name
		if !called {
			described(cmd)
		}
		cmd.Args = plainArguments(cmd.Args)
		env.connects(cmd)
		env.toFile(cmd)
		env.withDefaults(cmd)
		// a shell asks what can be written next
		if first == cobra.ShellCompRequestCmd || first == cobra.ShellCompNoDescRequestCmd {
			env.completeFlags(cmd)
		}
		all = append(all, cmd)
	}
	return all
}

// listed are the subcommands as the program's help lists them. They do nothing.
func listed() []*cobra.Command {
	var all []*cobra.Command
	for _, sub := range subcommands {
		nothing := &cobra.Command{Use: sub.name, Run: func(*cobra.Command, []string) {}}
		all = append(all, described(nothing))
	}
	return all
}

// unheard is how long a command runs before it listens for Ctrl-C: listening takes a thread, which
// costs more than decoding a token does, and nobody is quicker than that at the keyboard.
const unheard = 25 * time.Millisecond

// onInterrupt calls stop when the user presses Ctrl-C. The system's own answer to it differs: a
// shell sees 130, Windows another code, and a program that waits for ours sees no code at all.
func onInterrupt(stop func()) {
	time.AfterFunc(unheard, func() {
		pressed := make(chan os.Signal, 1)
		signal.Notify(pressed, os.Interrupt)
		for range pressed {
			stop()
		}
	})
}

// interrupted ends the process, with whatever the command still does: a file is written as a whole
// or not at all, and the unfinished part of it is removed. A command that can show what it has by
// then does that first, unless the user does not wait for it.
func (e *Env) interrupted() {
	if stop := e.stop.Swap(nil); stop != nil {
		(*stop)()
		return
	}
	if line, ok := e.Stderr.(*progressLine); ok {
		line.hide()
	}
	if name := e.unfinished.Load(); name != nil {
		_ = os.Remove(*name) // a name that can't be removed is the least that went wrong
	}
	e.Exit(exitInterrupted)
}
