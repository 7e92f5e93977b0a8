package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// ReadContracts reads the client ids with an approved contract: one a line, a list of strings in JSON or YAML, or API
// Manager's own answer.
func (m *Maker) ReadContracts(name string) (*rules.Contracts, error) {
	text, err := m.ReadText(name)
	if err != nil {
		return nil, err
	}
	text = inspect.UTF8(text)
	contracts := &rules.Contracts{File: name}
	switch {
	case strings.TrimSpace(text) == "":
		err = contractsFault(source.Position{File: name}, "the file is empty")
	case structured(text):
		err = contractsOf(contracts, name, text)
	default:
		contracts.IDs, err = contractLines(name, text)
	}
	return contracts, err
}

// structured tells a list or an object from plain lines, and what is no text of either, which the reader of files names.
func structured(text string) bool {
	for comment := true; comment; {
		text = strings.TrimSpace(text)
		if comment = strings.HasPrefix(text, "#"); comment {
			_, text, _ = strings.Cut(text, "\n")
		}
	}
	return strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "---") ||
		strings.HasPrefix(text, "<") || strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)
}

// contractLines reads one client id a line; white space around it, empty lines and comments behind # do not count. A file of
// comments alone says that there is none.
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
			return nil, contractsFault(source.Position{File: name, Line: number, Column: 1 + strings.Index(line, id)}, cause)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// longestClientID is how many bytes a client id may have. Those of Anypoint and Entra have 32 and 36.
const longestClientID = 200

// noClientID says why a line is no client id, or returns "".
func noClientID(line string) string {
	switch {
	case isToken(line):
		return "the line is a token or a secret, not a client id"
	case len(line) > longestClientID:
		return fmt.Sprintf("the line has %d characters, too many for a client id", utf8.RuneCountInString(line))
	case strings.ContainsAny(line, " \t"):
		return "the line has white space inside, so it is no client id"
	case inspect.Safe(line) != line:
		return "the line has characters that do not show, so it is no client id"
	case strings.ContainsAny(line, `"'<>{}[],;`) || strings.HasSuffix(line, ":"):
		return "the line is no client id alone"
	case isNumber(line):
		return "the line is a number, not a client id"
	case isNothing(line):
		return "the line is the word " + line + ", not a client id"
	}
	return ""
}

// isToken reports whether a text has the shape of a token or of a secret that comes with one. An opaque secret can't be told from a
// client id.
func isToken(text string) bool {
	return inspect.MaskTokens(text) != text
}

func isNumber(text string) bool {
	return strings.Trim(strings.TrimPrefix(text, "-"), "0123456789.") == ""
}

// isNothing knows the words that scripts print where they have no value.
func isNothing(word string) bool {
	switch strings.ToLower(word) {
	case "null", "none", "nil", "undefined", "true", "false":
		return true
	}
	return false
}

// contractsOf takes the client ids from a list of strings or from API Manager's answer.
func contractsOf(contracts *rules.Contracts, name, text string) error {
	file, err := source.Read(name, []byte(text))
	if err != nil {
		return err
	}
	if len(file.Documents) != 1 {
		return contractsFault(source.Position{File: name}, "the file has more than one document")
	}
	document := file.Documents[0]
	if ids, ok := document.Strings(); ok && document.Is(source.List) {
		contracts.IDs = ids
		return checkIDs(document)
	}
	goesOn := document.Continued() != nil
	if inner := document.Member("value"); inner != nil {
		document = inner
	}
	list := document
	if inner := document.Member("contracts"); inner != nil {
		list = inner
	}
	if !list.Is(source.List) {
		return contractsFault(document.Pos, "no list of contracts")
	}
	// Without a total, a list of contracts may be one page of several.
	_, ok := document.Member("total").Int()
	contracts.Partial = !ok || goesOn
	return approved(contracts, list)
}

// checkIDs refuses a list with an item that can't be a client id.
func checkIDs(list *source.Value) error {
	for _, item := range list.Items {
		switch {
		case strings.TrimSpace(item.Text) == "":
			return contractsFault(item.Pos, "the string is empty, so it is no client id")
		case isToken(item.Text):
			return contractsFault(item.Pos, "the string is a token or a secret, not a client id")
		}
	}
	return nil
}

// approved takes the client ids of the approved contracts; a contract is named by its client application's id.
func approved(contracts *rules.Contracts, list *source.Value) error {
	for _, item := range list.Items {
		id, ok := item.At("application", "coreServicesId").Str()
		if !ok {
			return contractsFault(item.Pos, "no list of contracts")
		}
		status, ok := item.Member("status").Str()
		switch {
		case !ok:
			return contractsFault(item.Pos, "a contract without a status")
		case status == "APPROVED":
			contracts.IDs = append(contracts.IDs, id)
		}
	}
	return nil
}

func contractsFault(pos source.Position, cause string) error {
	return &source.Error{
		Pos:   pos,
		Cause: cause,
		Hints: source.Hints("expected is one client id a line, a JSON or YAML list of strings, or " +
			"API Manager's answer for the API's contracts (application.coreServicesId); " +
			"no contract at all is []"),
	}
}
