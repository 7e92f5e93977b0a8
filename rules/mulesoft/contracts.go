package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// contractsIn takes the client ids of the approved contracts from API Manager's answer for an
// API's contracts. A contract names its client application's id.
func contractsIn(answer *source.Value) (*rules.Contracts, error) {
	goesOn := answer.Continued() != nil
	if inner := answer.Member("value"); inner != nil {
		answer = inner
	}
	list := answer
	if inner := answer.Member("contracts"); inner != nil {
		list = inner
	}
	if !list.Is(source.List) {
		return nil, &source.Error{Pos: answer.Pos, Cause: "not a list of contracts"}
	}
	// Without a total, a list of contracts may be one page of several.
	_, ok := answer.Member("total").Int()
	contracts := &rules.Contracts{Partial: !ok || goesOn}
	for _, item := range list.Items {
		id, ok := item.At("application", "coreServicesId").Str()
		if !ok {
			return nil, &source.Error{Pos: item.Pos, Cause: "not a list of contracts"}
		}
		status, ok := item.Member("status").Str()
		switch {
		case !ok:
			return nil, &source.Error{Pos: item.Pos, Cause: "a contract without a status"}
		case status == "APPROVED":
			contracts.IDs = append(contracts.IDs, id)
		}
	}
	return contracts, nil
}
