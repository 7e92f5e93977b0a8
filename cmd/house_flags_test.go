package cmd

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// flagsOfOthers are the flags of other programs that the rooms below cmd/ name and that are called
// as ours are: of az, kubectl, helm, curl, a vendor's command line, and a gateway itself.
var flagsOfOthers = map[string][]string{
	"rules/envoygateway": {"--output"},
	"rules/environments": {"-o"},
	"rules/istio":        {"--output"},
	"rules/mulesoft":     {"-H", "-o", "--organization", "--environment"},
	"rules/oauth2proxy":  {"--output", "-o", "--config"},
}

// A page, for one, has no flags: a room below the commands says with a typed need what would help.
func TestNoTextBelowTheCommandsNamesAFlag(t *testing.T) {
	t.Parallel()
	flags := flagNames()
	found := map[string][]string{}
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		if !isBelowCommands(dir) || strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, text := range textsIn(file) {
			for _, flag := range flags.FindAllStringSubmatch(text, -1) {
				found[dir] = append(found[dir], flag[1])
				if !slices.Contains(flagsOfOthers[dir], flag[1]) {
					t.Errorf("%s names the flag %s: %q", name, flag[1], text)
				}
			}
		}
	})
	for room, others := range flagsOfOthers {
		for _, flag := range others {
			if !slices.Contains(found[room], flag) {
				t.Errorf("%s does not name %s any more: take it off the list", room, flag)
			}
		}
	}
}

func isBelowCommands(dir string) bool {
	first, _, _ := strings.Cut(dir, "/")
	return first == "inspect" || first == "rules"
}

// flagNames finds any flag of any command in a text, as a word with its dashes.
func flagNames() *regexp.Regexp {
	var names []string
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			names = append(names, "--"+regexp.QuoteMeta(f.Name))
			if f.Shorthand != "" {
				names = append(names, "-"+regexp.QuoteMeta(f.Shorthand))
			}
		})
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(&Env{Gateways: everyGateway()}))
	return regexp.MustCompile(`(?:^|[^\w-])(` + strings.Join(names, "|") + `)(?:$|[^\w-])`)
}

// textsIn are the strings of a file, without the paths that it imports.
func textsIn(file *ast.File) []string {
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		if _, ok := n.(*ast.ImportSpec); ok {
			return false
		}
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				all = append(all, text)
			}
		}
		return true
	})
	return all
}

func TestEveryNeedIsPassedWithAFlagThatIsThere(t *testing.T) {
	t.Parallel()
	flags := flagNames()
	word := regexp.MustCompile(`(?:^|\s)--?[a-zA-Z][\w-]*`)
	for _, input := range inputs(t) {
		passed := report.Flag(source.Need{Input: input, Name: "x"})
		names := word.FindAllString(passed, -1)
		if len(names) == 0 && !strings.Contains(passed, "gatewhy.yaml") {
			t.Errorf("nothing says how %q is passed: %q", input, passed)
		}
		for _, name := range names {
			if !flags.MatchString(name) {
				t.Errorf("%q is passed with %s, which is no flag", input, name)
			}
		}
	}
}

// inputs are the constants of source.Input.
func inputs(t *testing.T) []source.Input {
	t.Helper()
	var all []source.Input
	eachFile(t, func(_ *testing.T, dir, _ string, file *ast.File) {
		if dir != "inspect/source" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Input" {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, source.Input(value))
			}
			return true
		})
	})
	if len(all) == 0 {
		t.Fatal("no input was found")
	}
	return all
}
