// Package source reads configuration files and token segments into values that know where they stand.
//
// One reader serves policies, manifests, the environments file and the claims of a token: whatever the
// format, JSON, YAML or HCL, the result is a tree of [Value]s, each with its position, its byte span and its
// text as it was written. Numbers keep every digit, duplicate members are kept and reported, and what the
// file alone does not tell (a Terraform variable, a template) is [Unknown] rather than empty. Edits are made
// by span, so that every byte outside the edit stays as it was, and each is proved by reading the edited
// text again.
package source
