// Package rules is the model that every command reads: a gateway's policy, compiled into checks.
//
// An adapter (see [Adapter]) turns a vendor's configuration into [Policy] values. A policy is a
// tree of [Check]s, each tied to the configuration field that it came from; what a check tests
// is a [Predicate], which is data, so that it can be run against a token, looked into without
// one, and compared. [Evaluate] runs policies against a [Request] and gives a [Verdict]: one
// [Result] a check, in the gateway's order, none left out because an earlier one failed.
//
// Logic is three-valued throughout: what can't be known from what was given is [Maybe], never a
// guess, and says what to pass to know it.
package rules
