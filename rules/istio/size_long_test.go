//go:build long

package istio

const (
	oneTokenOf      = 1
	randomTemplates = 300
)

func tooMany() []string { return []string{actionAllow, actionDeny} }
