// Package rules is the model that every command reads: a gateway's policy, compiled into checks.
//
// An adapter (see [Adapter]) turns a vendor's configuration into [Policy] values. A policy is a
// tree of [Check]s. Each check names the configuration field that it comes from. What it tests is
// a [Predicate]: data, so that it can be run against a token, looked into without one, and
// compared. [Evaluate] runs policies against a [Request] and gives a [Verdict], with one [Result]
// for each check in the gateway's order. No check is left out because an earlier one failed.
//
// Logic is three-valued: what can't be known from what was given is [Maybe], never a guess, and it
// says what to pass to know it.
//
// No gateway vendor's word, no flag and no output format belongs here.
package rules
