// Package lint holds the rules that hold for every gateway: what a configuration should not do,
// judged from its checks alone, without a token. Each file rule_NAME.go holds one rule, [Rules]
// lists them, and [Run] looks for all of them. What several rules share is in files by subject:
// what checks want (wanted.go), clients, issuers, token versions, app registrations, and how far
// somebody's tokens get past the policies (exposure.go). Findings are ignored by comments
// (comments.go) and by a baseline (baseline.go).
//
// The package knows no gateway: a rule that needs a vendor's field belongs into that vendor's
// adapter. It reads no files and prints nothing, and who can have which token it asks package
// issued.
package lint
