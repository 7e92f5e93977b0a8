package dataweave_test

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

func Example() {
	field := `#[vars.claimSet.roles contains 'a' or vars.claimSet.roles contains 'b']`
	text, _, _ := dataweave.Template(field)
	expr, err := dataweave.Parse(text, dataweave.Mule)
	if err != nil {
		fmt.Println(err)
		return
	}
	result := expr.Eval(dataweave.Env{Vars: &source.Value{Kind: source.Object}})
	fmt.Println("reads:", expr.Claims())
	fmt.Println("why:  ", result.Unknown.Why)
	fmt.Println("write:", result.Unknown.Write)
	// Output:
	// reads: [roles]
	// why:   which of two readings an expression without parentheses has is not documented
	// write: (vars.claimSet.roles contains 'a') or (vars.claimSet.roles contains 'b')
}
