package rules

import "github.com/gatewhy/gatewhy/inspect/source"

// Adapter is a gateway vendor's configuration language: how its files compile into policies, and which changes of
// them could repair a verdict.
type Adapter struct {
	Name     string
	Variants []string // the vendor's gateways that differ in behaviour

	Assets func() []string         // the policy kinds that are modelled, by asset id
	Knows  func(asset string) bool // whether a policy kind is known, modelled or not, with or without a gateway's suffix

	// Compile reads the policies of a file. An error says why it holds none.
	Compile func(file *source.File, options Options) (Compilation, error)

	Behaviours func() []Behaviour
	Causes     func() []Cause // what else could explain an answer, the likeliest first
	Rules      func() []Rule  // those that only this vendor's configurations can break
	Advice     func() []Advice
	Collect    func() []Collection

	// Repairable lists the rules whose findings Repair can remove.
	Repairable func() []string

	// Repair makes the smallest change of the file that removes a finding.
	Repair func(file *source.File, options Options, finding Finding, facts Facts) (Repair, error)

	// Propose lists changes of the file that might repair the verdict, or close what it leaves open. None of them is
	// proved.
	Propose func(file *source.File, verdict Verdict) ([]Proposal, error)
}

// Options narrow what Compile makes of a file.
type Options struct {
	Variant string // the gateway, where the file does not tell; empty where the user does not either
	API     string // the API instance, of a file with several
	Asset   string // the policy kind, of a file that is a bare configuration
	Runtime string // the version of the gateway's runtime; empty where it is not known
}

// Compilation is a file's policies, in the order in which the gateway runs them, and what is odd in it.
type Compilation struct {
	Policies []*Policy
	Findings []Finding

	// Told lists the gateways that the file itself tells, whatever the options say.
	Told []string

	// Guessed is true where neither the file nor the options tell which of the variants runs the policies, and the first
	// one was taken.
	Guessed bool
}

// Proposal is a change of a file that is still to be proved.
type Proposal struct {
	ID      string
	Title   string
	Changes []Change
	Edited  *source.File // the whole file, as it reads after the change

	// Refused says why the change can't help this token, where a reader would expect it to. Edited is nil
	// then.
	Refused string
}

// Change is what a proposal or a remedy does to one field.
type Change struct{ Field, From, To string }

// Behaviour is one thing that is known of a gateway: what it answers in a situation. Predictions are read from these
// and from nowhere else.
type Behaviour struct {
	Situation string   // kebab-case: "no-token", "wrong-audience", …
	Title     string   // the situation in words
	Condition string   // what it takes beside the situation; empty for nothing
	Variant   string   // which of the vendor's gateways
	Policies  []string // the policy kinds that it holds for; none for whatever runs there
	Answer    Answer
	Headers   []string // that the answer carries, "name: value"
	Checked   string   // the day on which the reference was last checked, as YYYY-MM-DD
}
