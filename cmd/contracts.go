package cmd

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// readContracts reads the client ids with an approved contract: one a line, a list of strings in JSON or YAML, or API
// Manager's own answer.
func (e *Env) readContracts(name string) (*rules.Contracts, error) {
	text, err := e.readFile(name)
	if err != nil {
		return nil, err
	}
	contracts := &rules.Contracts{File: name}
	if structured(text) {
		err = contractsOf(contracts, name, text)
	} else {
		contracts.IDs = contractLines(text)
	}
	return contracts, err
}

// structured tells a list or an object from plain lines.
func structured(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "---")
}

// contractLines reads one client id a line; white space around it, empty lines and comments behind # do not count.
func contractLines(text string) []string {
	var ids []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if id := strings.TrimSpace(line); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

func contractsOf(contracts *rules.Contracts, name, text string) error {
	file, err := source.Read(name, []byte(text))
	if err != nil {
		return err
	}
	if len(file.Documents) == 0 {
		return nil
	}
	document := file.Documents[0]
	if ids, ok := document.Strings(); ok && document.Is(source.List) {
		contracts.IDs = ids
		return nil
	}
	if inner := document.Member("value"); inner != nil {
		document = inner
	}
	list := document
	if inner := document.Member("contracts"); inner != nil {
		list = inner
	}
	if !list.Is(source.List) {
		return contractsProblem(document.Pos)
	}
	if total, ok := document.Member("total").Int(); ok && total > int64(len(list.Items)) {
		contracts.Partial = true
	}
	return approved(contracts, list)
}

// approved takes the client ids of the approved contracts; a contract is named by its client application's id.
func approved(contracts *rules.Contracts, list *source.Value) error {
	for _, item := range list.Items {
		id, ok := item.At("application", "coreServicesId").Str()
		if !ok {
			return contractsProblem(item.Pos)
		}
		if status, _ := item.Member("status").Str(); status == "APPROVED" {
			contracts.IDs = append(contracts.IDs, id)
		}
	}
	return nil
}

func contractsProblem(pos source.Position) error {
	return &source.Error{
		Pos:   pos,
		Cause: "no list of contracts",
		Hint:  "expected is one client id a line, a JSON or YAML list of strings, or API Manager's answer for the API's contracts (application.coreServicesId); how to get it: gatewhy collect contracts",
	}
}
