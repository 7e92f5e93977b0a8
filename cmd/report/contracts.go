package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// ReadContracts reads the client ids with an approved contract: one a line, a list of strings in
// JSON or YAML, or the answer of a vendor's control plane.
func (m *Maker) ReadContracts(name string) (*rules.Contracts, error) {
	contracts, err := m.readContracts(name)
	return contracts, m.OrMistaken(err, name, aContracts)
}

func (m *Maker) readContracts(name string) (*rules.Contracts, error) {
	text, err := m.ReadText(name)
	if err != nil {
		return nil, err
	}
	text = inspect.UTF8(text)
	switch {
	case strings.TrimSpace(text) == "":
		return nil, contractsFault(source.Position{File: name}, "the file is empty")
	case structured(text):
		return m.Gateways.contractsOf(name, text)
	}
	ids, err := contractLines(name, text)
	return &rules.Contracts{IDs: ids}, err
}

// structured reports whether a text is anything but plain lines: a list, an object, or what the
// reader of files refuses.
func structured(text string) bool {
	for comment := true; comment; {
		text = strings.TrimSpace(text)
		if comment = strings.HasPrefix(text, "#"); comment {
			_, text, _ = strings.Cut(text, "\n")
		}
	}
	begins := func(start string) bool { return strings.HasPrefix(text, start) }
	return slices.ContainsFunc([]string{"[", "{", "- ", "---", "<"}, begins) ||
		strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)
}

// contractLines reads one client id a line; white space around it, empty lines and comments behind
// # do not count. A file of comments alone says that there is none.
func contractLines(name, text string) (ids []string, err error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		id := strings.TrimSpace(line)
		if id == "" {
			continue
		}
		if cause := noClientID(id); cause != "" {
			column := 1 + strings.Index(line, id)
			pos := source.Position{File: name, Line: number, Column: column}
			return nil, contractsFault(pos, cause)
		}
		if len(ids) == mostContracts {
			return nil, tooManyContracts(source.Position{File: name, Line: number, Column: 1})
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// mostContracts is how many contracts a file may have. A list for one API is a page or a few.
const mostContracts = 100_000

func tooManyContracts(pos source.Position) error {
	cause := fmt.Sprintf("the file has more than %d contracts, the most that gatewhy reads",
		mostContracts)
	return &source.Error{
		Pos: pos, Cause: cause, Limit: true,
		Hints: source.Hints("pass only the contracts of this API"),
	}
}

// longestClientID is how many bytes a client id may have. Those of Anypoint and Entra have 32 and
// 36.
const longestClientID = 200

// noClientID says why a line is not a client id, or returns "". The mark of what a deployment
// fills in is none either.
func noClientID(line string) string {
	switch {
	case inspect.MaskTokens(line) != line: // an opaque secret can look like a client id
		return "the line is a token or a secret, not a client id"
	case len(line) > longestClientID:
		length := utf8.RuneCountInString(line)
		return fmt.Sprintf("the line has %d characters, and a client id has no more than %d",
			length, longestClientID)
	case strings.ContainsAny(line, " \t"):
		return "the line has white space inside, so it is not a client id"
	case inspect.Safe(line) != line:
		return "the line has invisible characters, so it is not a client id"
	case strings.ContainsAny(line, `"'<>{}[],;`) || strings.HasSuffix(line, ":"):
		return "the line has more than a client id"
	case isNumber(line):
		return "the line is a number, not a client id"
	case slices.Contains( // what scripts print where they have no value
		[]string{"null", "none", "nil", "undefined", "true", "false"}, strings.ToLower(line)):
		return "the line is the word " + line + ", not a client id"
	}
	return ""
}

func isNumber(text string) bool {
	return strings.Trim(strings.TrimPrefix(text, "-"), "0123456789.") == ""
}

// contractsOf takes the client ids from a list of strings, or from the answer of a vendor's
// control plane.
func (g Gateways) contractsOf(name, text string) (*rules.Contracts, error) {
	file, err := source.Read(name, []byte(text))
	if err != nil {
		return nil, err
	}
	if len(file.Documents) != 1 {
		return nil, contractsFault(source.Position{File: name},
			"the file has more than one document")
	}
	document := file.Documents[0]
	if len(document.Items) > mostContracts {
		return nil, tooManyContracts(document.Pos)
	}
	if ids, ok := document.Strings(); ok && document.Is(source.List) {
		return &rules.Contracts{IDs: ids}, checkIDs(document)
	}
	return g.contractsIn(document)
}

func checkIDs(list *source.Value) error {
	for _, item := range list.Items {
		if strings.TrimSpace(item.Text) == "" {
			return contractsFault(item.Pos, "the string is empty, so it is not a client id")
		}
		if cause := noClientID(item.Text); cause != "" && !isNumber(item.Text) {
			return contractsFault(item.Pos, strings.Replace(cause, "line", "string", 1))
		}
	}
	return nil
}

// contractsIn takes the client ids from the answer of a vendor's control plane.
func (g Gateways) contractsIn(answer *source.Value) (*rules.Contracts, error) {
	fault := contractsFault(answer.Pos, "not a list of contracts")
	for _, adapter := range g {
		if adapter.Contracts == nil {
			continue
		}
		found, err := adapter.Contracts(answer)
		if err == nil && len(found.IDs) > mostContracts {
			return nil, tooManyContracts(answer.Pos)
		}
		if err == nil {
			return found, nil
		}
		if refused := AsError(err); len(refused.Hints) == 0 {
			fault = contractsFault(refused.Pos, refused.Cause)
		} else {
			fault = refused
		}
	}
	return nil, fault
}

// contractsFault is an error about a file of contracts, with what one may have in it.
func contractsFault(pos source.Position, cause string) error {
	return ProblemAt(pos, cause, "expected: one client id per line, a JSON or YAML list of "+
		"strings, or API Manager's answer for the API's contracts (application.coreServicesId); "+
		"for no contracts, write []")
}
