// Command oracle asks cel-go what it makes of expressions: those of expressions.txt, and random
// ones. Each is parsed, not checked, as Envoy Gateway does it, and evaluated for each request of
// requests.json. What comes out must be as answers.tsv has it; with -write, it is written there.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"google.golang.org/protobuf/types/known/structpb"
)

// The files of the folder.
const (
	expressionsFile = "expressions.txt"
	requestsFile    = "requests.json"
	answersFile     = "answers.tsv"
)

const program = "github.com/google/cel-go"

func main() {
	log.SetFlags(0)
	now, err := ask()
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 1 && os.Args[1] == "-write" {
		today := time.Now().Format(time.DateOnly)
		title := fmt.Sprintf("# cel-go %s recorded %s\n", version(), today)
		if err := os.WriteFile(answersFile, []byte(title+now), 0o644); err != nil {
			log.Fatal(err)
		}
		return
	}
	recorded, err := os.ReadFile(answersFile)
	if err != nil {
		log.Fatal(err)
	}
	title, before, _ := strings.Cut(string(recorded), "\n")
	if !strings.HasPrefix(title, "# cel-go "+version()+" ") {
		log.Fatalf("recorded as %s, and this is %s", title, version())
	}
	if before != now {
		log.Fatal("cel-go answers otherwise than it is recorded: see what run -write changes")
	}
	log.Printf("cel-go %s answers as it is recorded", version())
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == program {
			return module.Version
		}
	}
	return "(unknown)"
}

// ask makes a line for each expression: its kind, its text, and a letter for each request.
func ask() (string, error) {
	requests, err := readRequests()
	if err != nil {
		return "", err
	}
	all, err := readExpressions()
	if err != nil {
		return "", err
	}
	env, err := cel.NewEnv()
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, e := range append(all, randomExpressions(700)...) {
		given := answers(env, e.text, requests)
		fmt.Fprintf(&text, "%s\t%q\t%s\n", e.kind, e.text, given)
	}
	return text.String(), nil
}

// answers are what an expression gives for each request: t and f for the booleans, o for another
// value, e for an error; or that it is refused.
func answers(env *cel.Env, text string, requests []map[string]any) string {
	ast, issues := env.Parse(text)
	if issues.Err() != nil {
		return "refused"
	}
	runs, err := env.Program(ast)
	if err != nil {
		return strings.Repeat("e", len(requests))
	}
	letters := make([]byte, len(requests))
	for i, request := range requests {
		switch v, _, err := runs.Eval(request); {
		case err != nil:
			letters[i] = 'e'
		case v == types.True:
			letters[i] = 't'
		case v == types.False:
			letters[i] = 'f'
		default:
			letters[i] = 'o'
		}
	}
	return string(letters)
}

// request is a request, with the claims of a token that a provider has accepted.
type request struct {
	Method, Path, Host string
	Headers            map[string]string
	Provider           string
	Claims             map[string]any
}

// readRequests reads the requests, as Envoy shows each to an expression.
func readRequests() ([]map[string]any, error) {
	text, err := os.ReadFile(requestsFile)
	if err != nil {
		return nil, err
	}
	var requests []request
	if err := json.Unmarshal(text, &requests); err != nil {
		return nil, err
	}
	var all []map[string]any
	for _, r := range requests {
		shown, err := r.shown()
		if err != nil {
			return nil, err
		}
		all = append(all, shown)
	}
	return all, nil
}

func (r *request) shown() (map[string]any, error) {
	path, query, _ := strings.Cut(r.Path, "?")
	filters := map[string]any{}
	if r.Provider != "" {
		for _, name := range []string{"scope", "scp"} {
			words, isText := r.Claims[name].(string)
			var list []any
			for word := range strings.SplitSeq(words, " ") {
				if word != "" {
					list = append(list, word)
				}
			}
			if isText && len(list) > 0 {
				r.Claims[name] = list
			}
		}
		payload, err := structpb.NewStruct(map[string]any{r.Provider: r.Claims})
		if err != nil {
			return nil, err
		}
		filters["envoy.filters.http.jwt_authn"] = payload
	}
	attributes := map[string]any{
		"method": r.Method, "path": r.Path, "url_path": path, "query": query, "host": r.Host,
		"scheme": "https", "headers": r.Headers, "protocol": "HTTP/1.1",
		"time": time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC),
	}
	for name, header := range map[string]string{"referer": "referer", "useragent": "user-agent"} {
		if value, ok := r.Headers[header]; ok {
			attributes[name] = value
		}
	}
	return map[string]any{
		"request": attributes, "metadata": map[string]any{"filter_metadata": filters},
	}, nil
}

// expression is an expression, with what kind of it it is.
type expression struct{ kind, text string }

// readExpressions reads a text an expression a line, below lines that name their kind. A line that
// begins with a tab has the expression as a string of Go.
func readExpressions() ([]expression, error) {
	file, err := os.Open(expressionsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []expression
	kind := ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		switch {
		case line == "":
		case strings.HasPrefix(line, "## "):
			kind = strings.TrimPrefix(line, "## ")
		case strings.HasPrefix(line, "\t"):
			text, err := strconv.Unquote(strings.TrimSpace(line))
			if err != nil {
				return nil, fmt.Errorf("%s: %s", line, err)
			}
			all = append(all, expression{kind, text})
		default:
			all = append(all, expression{kind, line})
		}
	}
	return all, nil
}
