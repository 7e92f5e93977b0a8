// Package environments answers who is let in where: it reads the environments file, models every
// token that Entra ID can issue for the app registrations that the file names, and runs each of
// them against every environment's policies.
//
// It knows no gateway: a policy is a [rules.Policy], whatever it was compiled from. What Entra
// issues to whom is in audience.go, issuance.go and assignment.go, one named function a rule,
// each with its reference; where a rule rests on a decision of ours and not on a source, its
// comment says so. Tokens that an environment's checks can't tell apart are run once (see
// reads.go), so that the cost grows with what the checks read and not with the number of apps.
//
// Beside it are policy tests (suite.go): tokens that people write down, with what the policies
// must answer to each.
package environments
