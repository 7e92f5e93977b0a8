package dataweave

import "slices"

// Row is one rule of the language: an expression, what it reads, and what it gives.
type Row struct {
	Rule       string // a sentence
	Expression string // without #[ ]
	Dialects   []Dialect
	Runtime    string // of Mule, as ParseRuntime reads it; empty where it doesn't matter or isn't known
	Input      string // JSON: an object with any of vars, attributes, authentication, payload
	Result     string // the value as JSON; or "unknown"; "failure" where evaluation fails; "error" where parsing does
	Evidence   string // documented, observed or inferred
	Reference  string // the page, or the source file, that the rule stands in
}

// The levels of evidence, in the words of the project's other tables.
const (
	documented = "documented" // a page of the vendor says so
	observed   = "observed"   // published code of the vendor does so, or someone ran it
	inferred   = "inferred"   // it follows from the above
)

const (
	docs    = "docs.mulesoft.com/dataweave/latest/"
	flexDoc = "docs.mulesoft.com/gateway/1.8/policies-flex-dataweave-support"
	pel     = "MuleSoft's pel crate (docs.rs/crate/pdk-pel), src/runtime/"
	jwtDoc  = "docs.mulesoft.com/mule-gateway/policies-included-jwt-validation"
	azureKB = "help.salesforce.com, article 001116911"
	avio    = "github.com/avioconsulting/mule-deploy-library, "
)

// Table returns the rules of the language that this package applies, each with the evidence for it. The tests
// run every row.
func Table() []Row {
	return slices.Concat(
		claimRows(), selectorRows(), literalRows(), equalityRows(), orderRows(), logicRows(), precedenceRows(),
		controlRows(), functionRows(), textRows(), nullRows(), regexRows(), flexRows(), limitRows(),
	)
}

// rows fills in what rows from one source have in common.
func rows(evidence, reference string, dialects []Dialect, rows ...Row) []Row {
	for i := range rows {
		rows[i].Evidence, rows[i].Reference, rows[i].Dialects = evidence, reference, dialects
	}
	return rows
}

func both() []Dialect { return []Dialect{Mule, Flex} }
func mule() []Dialect { return []Dialect{Mule} }
func flex() []Dialect { return []Dialect{Flex} }
