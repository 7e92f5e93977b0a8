package cmd

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// adapterRooms are where a vendor's words belong. Every other room below cmd is neutral.
var adapterRooms = []string{
	"rules/envoy", "rules/envoygateway", "rules/istio", "rules/mulesoft", "rules/oauth2proxy",
}

// vendorWords are names of vendors, of their products and documents, and of what only they have.
// They are found as words of a name too: in muleVersion, but not in emulate.
var vendorWords = []string{
	"mule", "mulesoft", "anypoint", "flex", "omni", "salesforce", "kb 005321722", "dataweave",
	"api manager", "runtime manager", "client provider", "api group", "pdk", "cloudhub",
	"jwt validation", "access token enforcement", "policy binding", "pointcut", "claim set",
	"oauth2 proxy", "oauth2proxy", "istio", "istiod", "envoy", "request authentication",
	"authorization policy", "envoy gateway", "security policy", "extension policy",
	"traffic policy", "peer authentication", "service entry", "listener set",
}

// ordinaryFields are configuration fields whose names are words that everybody uses.
var ordinaryFields = []string{"scopes"}

func TestNoVendorsWordIsInANeutralRoom(t *testing.T) {
	t.Parallel()
	words := append(slices.Clone(vendorWords), adapterNames()...)
	names := append(adapterAssets(), adapterFields(t)...)
	eachFile(t, func(t *testing.T, dir, name string, _ *ast.File) {
		if !neutral(dir) || strings.HasSuffix(name, "_test.go") {
			return
		}
		text, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		inWords, inNames := wholeWords(apart(string(text)), words), wholeWords(string(text), names)
		for _, found := range slices.Concat(inWords, inNames) {
			t.Errorf("%s:%s: a vendor's word belongs into that vendor's adapter", name, found)
		}
	})
}

func TestVendorsWordsAreFoundWhole(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"muleJWT":                        true,
		"// as Anypoint's own":           true,
		"a Flex Gateway":                 true,
		"isFlex := true":                 true,
		"docs.mulesoft.com/gateway":      true,
		"(kb-005321722, 5)":              true,
		"API_MANAGER":                    true,
		`kind: "SecurityPolicyList"`:     true,
		"reflex, emulate, MULTIPLEXFLEX": false,
		"a client of the provider":       false,
	} {
		if got := len(wholeWords(apart(line), vendorWords)) > 0; got != want {
			t.Errorf("%q: found %v, want %v", line, got, want)
		}
	}
}

// neutral reports whether a folder is below cmd and no adapter's.
func neutral(dir string) bool {
	within := func(room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }
	return (within("inspect") || within("rules")) && !slices.ContainsFunc(adapterRooms, within)
}

// wholeWords lists the words that a text has as a whole, in either case, each with the line where
// it first is.
func wholeWords(text string, words []string) []string {
	var all []string
	text = strings.ToLower(text)
	for _, word := range words {
		word = strings.ToLower(word)
		if !strings.Contains(text, word) {
			continue
		}
		whole := regexp.MustCompile(`\b` + regexp.QuoteMeta(word) + `\b`)
		if at := whole.FindStringIndex(text); at != nil {
			all = append(all, fmt.Sprintf("%d: %q", 1+strings.Count(text[:at[0]], "\n"), word))
		}
	}
	return all
}

// apart puts spaces between the words of names: "muleJWT and api_manager" is "mule JWT and api
// manager".
func apart(text string) string {
	text = regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(text, "$1 $2")
	text = regexp.MustCompile(`([A-Z])([A-Z][a-z])`).ReplaceAllString(text, "$1 $2")
	return strings.NewReplacer("_", " ", "-", " ").Replace(text)
}

// adapterNames are the names of the adapters and of their gateways.
func adapterNames() []string {
	var all []string
	for _, adapter := range everyGateway() {
		all = append(append(all, adapter.Name), adapter.VariantNames()...)
	}
	return all
}

// adapterAssets are the policy kinds that the adapters model.
func adapterAssets() []string {
	var all []string
	for _, adapter := range everyGateway() {
		all = append(all, adapter.Kinds()...)
	}
	return all
}

// adapterFields reads the names of configuration fields out of the adapters' tables of fields.
func adapterFields(t *testing.T) []string {
	t.Helper()
	var all []string
	eachFile(t, func(_ *testing.T, dir, name string, file *ast.File) {
		if !slices.Contains(adapterRooms, dir) || strings.HasSuffix(name, "_test.go") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if table, ok := n.(*ast.CompositeLit); ok && isFieldTable(table) {
				for _, row := range table.Elts {
					all = append(all, fieldName(row))
				}
			}
			return true
		})
	})
	if !slices.Contains(all, "clientIdExpression") || slices.Contains(all, "") {
		t.Fatalf("the adapters' tables of fields are not where they were: found %q", all)
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return slices.Contains(ordinaryFields, name)
	})
}

// isFieldTable reports whether a literal is a []field.
func isFieldTable(literal *ast.CompositeLit) bool {
	list, ok := literal.Type.(*ast.ArrayType)
	if !ok {
		return false
	}
	element, ok := list.Elt.(*ast.Ident)
	return ok && element.Name == "field"
}

// fieldName is the name that a row of a table gives to its field; empty where it gives none.
func fieldName(row ast.Expr) string {
	literal, ok := row.(*ast.CompositeLit)
	if !ok {
		return ""
	}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, ok := pair.Key.(*ast.Ident)
		value, text := pair.Value.(*ast.BasicLit)
		if ok && text && key.Name == "name" && value.Kind == token.STRING {
			name, err := strconv.Unquote(value.Value)
			if err == nil {
				return name
			}
		}
	}
	return ""
}
