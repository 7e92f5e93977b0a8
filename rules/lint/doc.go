// Package lint holds the rules that hold for every gateway: what a configuration should not do,
// judged from its checks alone, without a token. One file is one rule, [Rules] lists them, and
// [Run] looks for all of them.
package lint
