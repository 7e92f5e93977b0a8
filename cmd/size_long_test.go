//go:build long

package cmd

const (
	onePolicyOf = 1
	oneRandomOf = 1
	oneFactOf   = 1
	oneAnswerOf = 1
	oneEmptyOf  = 1
	oneSeedOf   = 1

	oneExampleOf     = 1
	oneCombinationOf = 1
)

const (
	randomGateways = 500
	oneFormOf      = 20
	oneRepairOf    = 8
	oneRunOf       = 10
)

const (
	clusterResources  = 2000
	mostClusterMemory = 128 << 20
)

const (
	everyScreen      = true
	oneScreenOf      = 1
	oneCountedOf     = 1
	oneWrittenFormOf = 1
)

const (
	manyOptions   = 200_000
	manyArguments = 100_000
	manyEntries   = 20_000
)

const agreeingScans = 1000

const (
	plantedSeed    = 15
	plantedOutputs = 12_000
)

const storiesAreProcesses = true

const mostMinted = 1000

const hostileTokenRuns = 5
