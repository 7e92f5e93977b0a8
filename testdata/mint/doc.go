// Package mint signs throwaway tokens for tests and benchmarks: what Entra ID would issue, or
// anything else that a test needs. Its keys are made when they are asked for and never written
// anywhere but into a key set's public half.
package mint
