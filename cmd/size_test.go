//go:build !long

package cmd

// The commands are held against each other for one in so many of the pairs of a policy with an app
// registration, and for one in so many of the random cases: the tag long has all.
const (
	onePolicyOf = 48
	oneRandomOf = 6
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
	oneRepairOf    = 20
	oneRunOf       = 20
)

// oneAnswerOf so many recorded answers is explained as a command does it: rules/oauth2proxy holds
// its predictions against many more.
const oneAnswerOf = 24

// Of so many tokens that hold hardly anything one is shown to every command, and of so many
// examples of rules one is what FuzzLint begins with.
const (
	oneEmptyOf = 16
	oneSeedOf  = 24
)

// Of so many examples of rules one is linted beside what is remembered of others, and of so many
// combinations of settings the matrix and lint are asked about one.
const (
	oneExampleOf     = 6
	oneCombinationOf = 3
)

// A cluster is as large as 2 MB, and with the tag long as 20 MB.
const (
	clusterResources  = 200
	mostClusterMemory = 64 << 20
)

// Of so many screens the commands of one are run, of so many policies the screen of one counts
// what lint shows, and of so many forms of an example each rule is held against one.
const (
	everyScreen      = false
	oneScreenOf      = 4
	oneCountedOf     = 11
	oneWrittenFormOf = 3
)

// How many options, arguments and entries there are of what has more of them than are read.
const (
	manyOptions   = 10_000
	manyArguments = 10_000
	manyEntries   = 5_000
)

// agreeingScans is how many tokens are run through scan and explain.
const agreeingScans = 60

// Secrets are planted in the inputs of so many outputs, from this seed on.
const (
	plantedSeed    = 14
	plantedOutputs = 405
)

// storiesAreProcesses says whether each command of a story is a process of its own.
const storiesAreProcesses = false

// hostileTokenRuns is in how many outputs a hostile token is looked at.
const hostileTokenRuns = 2
