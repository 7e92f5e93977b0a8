package cmd

import (
	"bytes"
	"strings"
	"testing"
)

// Help lists the commands with what they do, on a terminal of 80 columns.
func TestEveryCommandIsOneLineOfHelp(t *testing.T) {
	t.Parallel()
	env := Env{Gateways: everyGateway()}
	for _, sub := range newRoot(&env).Commands() {
		if n := len("  completion  ") + len(sub.Short); n > 80 {
			t.Errorf("%s has %d columns", sub.Name(), n)
		}
	}
}

// What an example says is a command with flags that are there and values that they take.
func TestEveryHelpHasTwoOrThreeExamplesThatTheCommandTakes(t *testing.T) {
	t.Parallel()
	env := Env{
		Gateways: everyGateway(),
		Stdin:    strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{},
	}
	all := newRoot(&env)
	all.InitDefaultHelpCmd()
	addCompletion(all)
	for _, sub := range append(all.Commands(), all) {
		lines := strings.Split(sub.Example, "\n")
		if len(lines) < 2 || len(lines) > 3 {
			t.Errorf("%s has %d examples", sub.Name(), len(lines))
		}
		if sub.Name() == "help" || sub.Name() == "completion" { // cobra's own
			continue
		}
		for _, line := range lines {
			command, _, _ := strings.Cut(line, " # ")
			command, _, _ = strings.Cut(command, " | ")
			words := strings.Fields(command)
			if len(line) > 80 || !strings.HasPrefix(line, "  gatewhy ") {
				t.Errorf("%q", line)
			}
			root := newRoot(&env)
			cmd, rest, err := root.Find(words[1:])
			if err == nil {
				err = cmd.ParseFlags(rest)
			}
			if err == nil {
				err = cmd.ValidateArgs(cmd.Flags().Args())
			}
			if err != nil || sub != all && cmd.Name() != sub.Name() && words[1] != "--version" {
				t.Errorf("%q is refused: %v", line, err)
			}
		}
	}
}
