// Package report makes what a command answers, as values, without a command line and without a terminal.
package report

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// passed says how each input is passed on the command line. It is the one place that knows the flags.
func passed() map[source.Input]string {
	return map[source.Input]string{
		source.NeedToken:          "--token @FILE",
		source.NeedKeySet:         "--jwks FILE|URL",
		source.NeedKeySetURL:      "--jwks URL",
		source.NeedTenant:         "--tenant ID",
		source.NeedIssuer:         "--issuer URL",
		source.NeedContracts:      "--contracts FILE",
		source.NeedIntrospection:  "--introspection FILE",
		source.NeedTime:           "--at TIME",
		source.NeedRequest:        "--method and --path",
		source.NeedPolicy:         "-p FILE",
		source.NeedPolicyKind:     "--policy-type ASSET",
		source.NeedGateway:        "--gateway",
		source.NeedRuntime:        "--runtime VERSION",
		source.NeedApp:            "--app FILE",
		source.NeedAudience:       "--audience AUDIENCE",
		source.NeedScope:          "--scope SCOPE",
		source.NeedTokenVersion:   "--token-version 1|2",
		source.NeedTokenOfOthers:  "--other TOKEN",
		source.NeedObservedStatus: "--observed-status CODE",
		source.NeedObservedBody:   "--observed-body TEXT",
	}
}

// Flag is how an input is passed; empty where nothing is needed, or where it can't be passed.
func Flag(n source.Need) string {
	switch n.Input {
	case source.NeedHeader:
		return fmt.Sprintf(`-H "%s: …"`, n.Name)
	case source.NeedSolution:
		return "--solution " + n.Name
	}
	return passed()[n.Input]
}

// Ask is what to pass, with what it is for: "--contracts FILE: the client ids that have an approved contract".
// It is empty where nothing is needed.
func Ask(n source.Need) string {
	flag := Flag(n)
	switch {
	case flag == "":
		return n.For
	case n.For == "":
		return flag
	}
	return flag + ": " + n.For
}
