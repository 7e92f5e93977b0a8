//go:build !long

package istio

// Of so many tokens one is sent to a recorded workload, and the next one to the next workload.
const oneTokenOf = 6

// randomTemplates is how many templates are held against what they may become.
const randomTemplates = 100

// tooMany are the actions with which a policy has more conditions than are looked at.
func tooMany() []string { return []string{actionDeny} }
