package main

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/demo"
)

// signedExamples are the tokens of the demonstration's scenes, signed once with a key that was
// thrown away, and the key set that verifies them. They are judged as of when they were issued.
//
//go:embed examples.json
var signedExamples []byte

type examples struct {
	Keys   json.RawMessage   `json:"keys"`
	Tokens map[string]string `json:"tokens"` // by what the scene calls them
}

// scene is an example as the page fills it in.
type scene struct {
	Title string      `json:"title"`
	Story string      `json:"story"`
	Files []sceneFile `json:"files"`
	Token string      `json:"token"`
}

type sceneFile struct {
	file
	Kind string `json:"kind"`
}

// scenes are the examples to click.
func scenes() ([]scene, error) {
	var signed examples
	if err := json.Unmarshal(signedExamples, &signed); err != nil {
		return nil, err
	}
	var all []scene
	for _, s := range demo.Scenes() {
		policy, err := demo.Policy(s.Policy)
		if err != nil {
			return nil, err
		}
		contracts := strings.Join(demo.Contracts(), "\n") + "\n"
		all = append(all, scene{s.Title, s.Story, []sceneFile{
			{file{s.Policy, string(policy)}, "a policy"},
			{file{"keys.json", string(signed.Keys)}, "a key set"},
			{file{"contracts.txt", contracts}, "a list of contracts"},
		}, signed.Tokens[s.Tokens[0].String()]})
	}
	return all, nil
}
