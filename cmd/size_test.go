//go:build !long

package cmd

// The commands are held against each other for one in so many of the pairs of a policy with an app
// registration, and for one in so many of the random cases: the tag long has all.
const (
	onePolicyOf = 24
	oneRandomOf = 4
	oneFactOf   = 16
)

// mostMinted is how many witnesses of one outcome are minted for a pair: signing takes long. With
// the tag long it is all of them.
const mostMinted = 2

// randomGateways is how many configurations of Istio, Envoy Gateway and oauth2-proxy are made up.
// Of so many one is written in every form, one is repaired, and one is given to the commands.
const (
	randomGateways = 40
	oneFormOf      = 20
	oneRepairOf    = 8
	oneRunOf       = 20
)

// oneAnswerOf so many recorded answers is explained as a command does it: rules/oauth2proxy holds
// its predictions against many more.
const oneAnswerOf = 16

// Of so many tokens that hold hardly anything one is shown to every command, and of so many
// examples of rules one is what FuzzLint begins with.
const (
	oneEmptyOf = 8
	oneSeedOf  = 12
)

// Of so many examples of rules one is linted beside what is remembered of others, and of so many
// combinations of settings the matrix and lint are asked about one.
const (
	oneExampleOf     = 3
	oneCombinationOf = 3
)

// A cluster is as large as 2 MB, and with the tag long as 20 MB.
const (
	clusterResources  = 200
	mostClusterMemory = 64 << 20
)

// hostileTokenRuns is in how many outputs a hostile token is looked at.
const hostileTokenRuns = 2
