package cmd

import (
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
)

// outputFlags are -o and --color.
type outputFlags struct {
	format choice
	color  choice
}

// register adds the flags. The first format is the default.
func (f *outputFlags) register(cmd *cobra.Command, formats ...string) {
	f.format = choice{value: formats[0], allowed: formats, kind: "FORMAT"}
	f.format.register(cmd, "output", "o", "output format")
	f.color = choice{value: "auto", allowed: []string{"auto", "always", "never"}, kind: "WHEN"}
	f.color.register(cmd, "color", "", "colour the text")
}

// style returns how text is shown on standard output.
func (f *outputFlags) style(env *Env) render.Style {
	return render.Style{Width: env.Terminal.Width, Color: f.colored(env), Unicode: env.Terminal.UTF8}
}

// colored follows --color; left to itself, a terminal is coloured unless the environment asks for none
// (no-color.org).
func (f *outputFlags) colored(env *Env) bool {
	switch f.color.value {
	case "always":
		return true
	case "never":
		return false
	}
	dumb, _ := env.LookupEnv("TERM")
	return env.Terminal.Stdout && !env.set("NO_COLOR") && dumb != "dumb"
}

// registerRedact adds --redact.
func registerRedact(cmd *cobra.Command, redact *bool) {
	cmd.Flags().BoolVar(redact, "redact", false, "mask personal claims, for sharing")
}
