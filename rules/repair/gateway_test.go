package repair

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A gateway that only these tests know. Its file is a list of policies: {"api", "aud", "scope",
// "off", "method", "audiens", "note"}. aud and scope are what it wants of a token of requests with
// that method, and off switches aud off; anything else it does not look at.

type plate struct {
	file *source.File
	at   *source.Value
}

func (p *plate) Place() (*source.File, source.Span) { return p.file, p.at.Span }

func (p *plate) Instance() string { return p.text("api") }

func (p *plate) text(field string) string {
	text, _ := p.at.Member(field).Str()
	return text
}

func gateway() rules.Adapter {
	return rules.Adapter{
		Name:    "toy",
		Read:    readPlates,
		Compile: compilePlates,
		Changes: changePlates,
		Solutions: func() []rules.Solution {
			return []rules.Solution{{
				Name: "audience", Steps: []string{"set-audience", "narrow-audience"},
				KeepsOut: []rules.Outsider{rules.OtherEnvironment, rules.OtherAPI},
				Needs: func(f rules.Facts) []source.Need {
					if f.Audience != "" {
						return nil
					}
					return []source.Need{{Input: source.NeedAudience}}
				},
			}}
		},
	}
}

func readPlates(files []*source.File, options rules.Options) (*rules.Configuration, error) {
	c := &rules.Configuration{Options: options, Files: files}
	for _, file := range files {
		for _, item := range file.Documents[0].Items {
			c.Entries = append(c.Entries, &plate{file, item})
		}
	}
	return c, nil
}

func compilePlates(c *rules.Configuration) rules.Compilation {
	var made rules.Compilation
	for _, e := range c.Entries {
		p := e.(*plate)
		policy := &rules.Policy{Entry: e, API: p.text("api"), Pos: p.at.Pos}
		var checks []*rules.Check
		for _, want := range []struct {
			id           rules.ID
			field, claim string
		}{{rules.Audience, "aud", "aud"}, {rules.Scopes, "scope", "scp"}} {
			if text := p.text(want.field); text != "" {
				check := &rules.Check{
					ID:     want.id,
					Field:  want.field,
					Answer: rules.Answer{Status: 403},
				}
				check.Test = rules.Predicate{
					Op:     rules.Equals,
					Input:  rules.Claim(want.claim),
					Values: rules.Literals(text),
				}
				if off, _ := p.at.Member("off").Bool(); off && want.field == "aud" {
					check.Skip = "off"
				}
				checks = append(checks, check)
			}
		}
		if method := p.text("method"); method != "" {
			policy.When.Routes = []rules.Route{{Method: method}}
		}
		policy.Root = rules.AllOf(checks...)
		made.Policies = append(made.Policies, policy)
	}
	return made
}

// set is the change that gives a policy's field a value.
func set(c *rules.Configuration, policy *rules.Policy, id, field string, to any) rules.Change {
	p := policy.Entry.(*plate)
	e, err := p.file.SetMember(p.at, field, to)
	if err != nil {
		return rules.Change{ID: id, Policy: policy, Refused: err.Error()}
	}
	edited, err := p.file.Edited(e)
	if err != nil {
		return rules.Change{ID: id, Policy: policy, Refused: err.Error()}
	}
	files := slices.Clone(c.Files)
	files[slices.Index(files, p.file)] = edited
	after, _ := readPlates(files, c.Options)
	return rules.Change{
		ID: id, Title: id, Policy: policy, Edited: after,
		Fields: []rules.FieldChange{{Field: field, From: p.text(field), To: fmt.Sprint(to)}},
	}
}

func changePlates(c *rules.Configuration, goal rules.Goal) []rules.Change {
	if goal.Finding != nil {
		return []rules.Change{changeFor(c, goal.Finding, goal.Facts)}
	}
	var all []rules.Change
	for _, policy := range compilePlates(c).Policies {
		all = append(all, changesOf(c, policy, goal.Verdict)...)
	}
	return all
}

func changeFor(c *rules.Configuration, f *rules.Finding, facts rules.Facts) rules.Change {
	switch f.Rule {
	case "no-audience":
		if facts.Audience == "" {
			return rules.Change{
				Refused: "the file does not say the audience",
				Needs:   []source.Need{{Input: source.NeedAudience}},
			}
		}
		return set(c, f.Policy, f.Rule, "aud", facts.Audience)
	case "switched-off":
		return set(c, f.Policy, f.Rule, "off", false)
	case "misspelt":
		return set(c, f.Policy, f.Rule, "aud", f.Policy.Entry.(*plate).text("audiens"))
	case "no-scope":
		return set(c, f.Policy, f.Rule, "scope", "*")
	case "stubborn":
		return set(c, f.Policy, f.Rule, "note", "stubborn, still")
	}
	return rules.Change{Refused: "by hand"}
}

// changesOf are those that let a request in, or narrow a policy to requests like it.
func changesOf(c *rules.Configuration, policy *rules.Policy, v *rules.Verdict) []rules.Change {
	if len(v.Results) == 0 {
		return []rules.Change{
			set(c, policy, "narrow-audience", "aud", "api://ours"),
			set(c, policy, "narrow-scope", "scope", "Ours"),
		}
	}
	var all []rules.Change
	p := policy.Entry.(*plate)
	profile := v.Results[0].Profile()
	switch {
	case v.DecidedBy() == rules.Audience && len(profile.Audience) == 1:
		all = append(all, set(c, policy, "set-audience", "aud", profile.Audience[0]))
	case v.DecidedBy() == rules.Scopes && len(profile.Scopes) == 0:
		all = append(all, rules.Change{ID: "set-scope", Refused: "the token carries no scope"})
	case v.DecidedBy() == rules.Scopes:
		all = append(all, set(c, policy, "set-scope", "scope", profile.Scopes[0]))
	case v.Outcome == rules.Accepted && p.text("aud") == "" && len(profile.Audience) == 1:
		all = append(all, set(c, policy, "narrow-audience", "aud", profile.Audience[0]))
	}
	if v.Outcome == rules.Accepted && p.text("scope") == "" && len(profile.Scopes) > 0 {
		all = append(all, set(c, policy, "narrow-scope", "scope", profile.Scopes[0]))
	}
	return all
}

// lintPlates finds what the toy's rules find.
func lintPlates(d *Draft) []rules.Finding {
	var all []rules.Finding
	for _, policy := range d.Policies {
		p := policy.Entry.(*plate)
		off, _ := p.at.Member("off").Bool()
		misspelt := p.text("audiens") != "" && p.text("aud") != p.text("audiens")
		for _, rule := range []struct {
			name, field string
			severity    rules.Severity
			found       bool
		}{
			{"misspelt", "audiens", rules.Warning, misspelt},
			{"no-audience", "aud", rules.Error, p.text("aud") == "" && p.text("audiens") == ""},
			{"switched-off", "off", rules.Warning, off},
			{"no-scope", "scope", rules.Note, p.text("scope") == ""},
			{"any-scope", "scope", rules.Error, p.text("scope") == "*"},
			{"stubborn", "note", rules.Warning, p.text("note") != ""},
		} {
			if rule.found {
				all = append(all, rules.Finding{
					Rule: rule.name, Severity: rule.severity, Field: rule.field,
					Message: rule.name, Policy: policy, Pos: p.at.Pos, Span: p.at.Span,
				})
			}
		}
	}
	return all
}

func bench() Bench { return Bench{Adapter: gateway()} }

// toy reads the toy's configuration.
func toy(t *testing.T, text string) *rules.Configuration {
	t.Helper()
	file, err := source.ReadJSON("toy.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := readPlates([]*source.File{file}, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fixing is a repair with nothing known.
func fixing() *Fix {
	return &Fix{Bench: bench(), Lint: lintPlates, Signatures: verifies{}, Proof: Prove}
}

type verifies struct{}

func (verifies) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Pass}}
}

// asking is a request with a token for an audience, with a scope where one is named.
func asking(audience, scope string) *rules.Request {
	claims := fmt.Sprintf(
		`{"ver":"1.0","iss":"https://sts.windows.net/%s/","tid":"%[1]s","aud":"%s","appid":"c"`,
		"11111111-1111-4111-8111-111111111111",
		audience,
	)
	if scope != "" {
		claims += fmt.Sprintf(`,"scp":"%s"`, scope)
	}
	encode := base64.RawURLEncoding.EncodeToString
	token := inspect.Parse(
		encode(
			[]byte(`{"alg":"RS256"}`),
		) + "." + encode(
			[]byte(claims+"}"),
		) + "." + encode(
			[]byte("signature"),
		),
	)
	return &rules.Request{
		Token:      token,
		At:         time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Signatures: verifies{},
	}
}
