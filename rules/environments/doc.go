// Package environments answers who is let in where. It reads the environments file, models every
// token that Entra ID can issue for the app registrations that the file names, and runs each of
// them against every environment's policies.
//
// What Entra issues to whom is in rules/issued. Tokens that an environment's checks treat alike
// are run once, so that the cost grows with what the checks read and not with the number of apps.
//
// Policy tests are here too (suite.go): tokens that people write down, with what the policies must
// answer to each.
//
// The package knows no gateway: a policy is a [rules.Policy], whatever it was compiled from. It
// prints nothing.
package environments
