package istio

import "github.com/gatewhy/gatewhy/rules"

func repairable() []string { return nil }

func changes(c *rules.Configuration, goal rules.Goal) ([]rules.Change, error) {
	_ = c
	_ = goal
	return nil, nil
}
