package tinygateway

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// setAudience is the one change that there is.
const setAudience = "accept-audience"

func solutions() []rules.Solution {
	return []rules.Solution{{
		Name: "tiny-audience", Title: "an audience for each issuer",
		Steps: []string{setAudience}, KeepsOut: []rules.Outsider{
			rules.OtherEnvironment,
			rules.OtherAPI,
		},
		Needs: func(f rules.Facts) []source.Need {
			if f.Audience != "" {
				return nil
			}
			return []source.Need{needAudience()}
		},
	}}
}

func needAudience() source.Need {
	return source.Need{Input: source.NeedAudience, For: "this environment's audience"}
}

// changes sets the audience: to the one of the facts where a finding is about it, and to the
// token's where a request is kept out by it, or gets in without it.
func changes(c *rules.Configuration, goal rules.Goal) []rules.Change {
	if goal.Finding != nil {
		return []rules.Change{forFinding(c, goal.Finding, goal.Facts.Audience)}
	}
	v := goal.Verdict
	var audience string
	for i := range v.Results {
		if aud := v.Results[i].Profile().Audience; len(aud) > 0 {
			audience = aud[0]
		}
	}
	var all []rules.Change
	for i := range v.Results {
		r := &v.Results[i]
		kept := v.Outcome == rules.Rejected && r == v.Decided
		passed := v.Outcome == rules.Accepted && r.Outcome == rules.Skipped
		if r.Check.ID != rules.Audience || audience == "" || !kept && !passed {
			continue
		}
		all = append(all, set(c, r.Policy, r.Check.Pos, audience))
	}
	return all
}

func forFinding(c *rules.Configuration, f *rules.Finding, audience string) rules.Change {
	refused := rules.Change{ID: setAudience, Title: "set the audience", Policy: f.Policy}
	switch {
	case f.Rule != "audience-not-checked" || f.Policy == nil:
		refused.Refused = "no change is known for it"
	case audience == "":
		refused.Refused, refused.Needs = "the audience is not known", []source.Need{needAudience()}
	default:
		return set(c, f.Policy, f.Pos, audience)
	}
	return refused
}

// set adds an audience to the issuer that stands at a place, or around it.
func set(c *rules.Configuration, policy *rules.Policy, at source.Position,
	audience string,
) rules.Change {
	e := c.Entries[c.Index(policy)].(*entry)
	change := rules.Change{ID: setAudience, Title: "accept tokens for " + audience, Policy: policy}
	var issuer *source.Value
	for _, each := range list(e.door.Member("issuers")) {
		if each.Pos.Line <= at.Line {
			issuer = each
		}
	}
	had, _ := issuer.Member("audiences").Strings()
	edit, err := e.file.SetMember(issuer, "audiences", texts(append(slices.Clone(had), audience)))
	if err != nil {
		change.Refused = err.Error()
		return change
	}
	file, err := e.file.Edited(edit)
	if err != nil {
		change.Refused = err.Error()
		return change
	}
	files := slices.Clone(c.Files)
	files[slices.Index(files, e.file)] = file
	if change.Edited, err = read(files, c.Options); err != nil {
		change.Refused = err.Error()
		return change
	}
	change.Fields = []rules.FieldChange{{
		Field: "audiences", From: strings.Join(had, ", "),
		To: audience,
	}}
	return change
}

func texts(all []string) []any {
	values := make([]any, len(all))
	for i, text := range all {
		values[i] = text
	}
	return values
}
