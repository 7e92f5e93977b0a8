package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// passed says how an input is passed on the command line; empty where it can't be. It is the one
// place that knows the flags.
func passed(input source.Input) string {
	for _, known := range [...]struct {
		input source.Input
		flag  string
	}{
		{source.NeedToken, "--token @FILE"},
		{source.NeedKeySet, "--jwks FILE|URL"},
		{source.NeedKeySetFile, "--jwks FILE"},
		{source.NeedKeySetURL, "--jwks URL"},
		{source.NeedAuthority, "--cacert FILE"},
		{source.NeedWhoseKeys, "--tenant, --issuer or --jwks"},
		{source.NeedTenant, "--tenant ID"},
		{source.NeedCloud, "--cloud CLOUD"},
		{source.NeedExpectedTenant, "--tenant"},
		{source.NeedExpectedIssuer, "--tenant or --issuer"},
		{source.NeedIssuer, "--issuer URL"},
		{source.NeedContracts, "--contracts FILE"},
		{source.NeedIntrospection, "--introspection FILE"},
		{source.NeedTime, "--at TIME"},
		{source.NeedRequest, "--method and --path"},
		{source.NeedPolicy, "-p FILE"},
		{source.NeedPolicyKind, "--policy-type ASSET"},
		{source.NeedGateway, "--gateway"},
		{source.NeedRuntime, "--runtime VERSION"},
		{source.NeedGatewayVersion, "--gateway-version VERSION"},
		{source.NeedApp, "--app FILE"},
		{source.NeedRegistrations, "api and clients in gatewhy.yaml"},
		{source.NeedAudience, "--audience AUDIENCE"},
		{source.NeedScope, "--scope SCOPE"},
		{source.NeedTokenVersion, "--token-version 1|2"},
		{source.NeedTokenOfOthers, "--other TOKEN"},
		{source.NeedObservedStatus, "--observed-status CODE"},
		{source.NeedObservedBody, "--observed-body TEXT"},
		{source.NeedObservedHeader, "--observed-header HEADER"},
	} {
		if known.input == input {
			return known.flag
		}
	}
	return ""
}

// Name is the flag that takes an input, without its value: "--contracts".
func Name(input source.Input) string {
	switch flag := passed(input); {
	case input == source.NeedHeader:
		return "-H"
	case strings.HasPrefix(flag, "-") && !strings.Contains(flag, " and "):
		name, _, _ := strings.Cut(flag, " ")
		return name
	default:
		return flag
	}
}

// Names lists the flags of inputs.
func Names(inputs []source.Input) string {
	all := source.Each(inputs, Name)
	if len(all) == 2 {
		return strings.Join(all, " and ")
	}
	return strings.Join(all, ", ")
}

// ReadAlike are the flags with which another command reads policies alike, a word each.
func ReadAlike(options rules.Options, apps []string) []string {
	words := given(
		Name(source.NeedGateway), options.Variant,
		"--api", options.API,
		Name(source.NeedPolicyKind), options.Kind,
		Name(source.NeedGatewayVersion), options.Runtime,
	)
	for _, name := range apps {
		words = append(words, Name(source.NeedApp), name)
	}
	return words
}

// given are the flags whose values are not empty, of flags with their values.
func given(flags ...string) []string {
	var words []string
	for flag := range slices.Chunk(flags, 2) {
		if flag[1] != "" {
			words = append(words, flag...)
		}
	}
	return words
}

// Command is the command that explains from some inputs. The token is a file's name in it.
func Command(given []rules.Given) string {
	command := "gatewhy explain"
	for _, g := range given {
		if g.Input != source.NeedToken {
			command += " " + Name(g.Input)
		}
		command += " " + g.Value
	}
	return command
}

// Flag is how an input is passed; empty where nothing is needed, or where it can't be passed.
func Flag(n source.Need) string {
	switch n.Input {
	case source.NeedHeader:
		return fmt.Sprintf(`-H "%s: %s…"`, n.Name, n.Value)
	case source.NeedSolution:
		return "--solution " + n.Name
	}
	return passed(n.Input)
}

// Ask is what to pass, with what it is for: "--contracts FILE: the client ids that have an
// approved contract". It is empty where nothing is needed.
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

// Pass is what to pass, in short: the flag; where there is none, what to do, without the reason.
func Pass(n source.Need) string {
	if flag := Flag(n); flag != "" {
		return flag
	}
	short, _, _ := strings.Cut(n.For, ":")
	return short
}

// Look is what to check of a cause.
func Look(c *rules.Cause) string {
	switch flag := Flag(c.Need); {
	case c.Look == "":
		return Ask(c.Need)
	case flag != "":
		return c.Look + "; pass " + flag
	}
	return c.Look
}

// Follows is what follows from an observed answer, with what would tell more.
func Follows(c *rules.Comparison) string {
	if c.Need.None() {
		return c.Follows
	}
	return c.Follows + "; " + Name(c.Need.Input) + " would show more"
}

// Hint is a hint as a person reads it: "pass it as --jwks FILE, beside the token".
func Hint(h source.Hint) string {
	flag := Flag(h.Need)
	switch {
	case flag == "":
		return h.Text
	case strings.Contains(h.Text, "%s"):
		return strings.Replace(h.Text, "%s", flag, 1)
	}
	return h.Text + ": " + flag
}

// Hints words each of them.
func Hints(all []source.Hint) []string {
	return source.Each(all, Hint)
}

// Refusal words why something is not as it should be, with the ready-made repairs that would help
// in its sentence, and what to pass beside it.
func Refusal(why string, needs []source.Need) (sentence string, asks []string) {
	var solutions []string
	glue := " or "
	for _, n := range needs {
		switch {
		case n.Input != source.NeedSolution:
			asks = append(asks, Ask(n))
			continue
		case n.For != "":
			glue = ", "
		}
		solutions = append(solutions, strings.TrimSpace(Flag(n)+" "+n.For))
	}
	if len(solutions) == 0 {
		return why, asks
	}
	return why + ": " + strings.Join(solutions, glue), asks
}
