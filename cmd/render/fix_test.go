package render

import (
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fixedAudience is a file of which one field was repaired, another was not.
func fixedAudience(t *testing.T) *report.Fixing {
	file := orders(t)
	after := read(t, file.Name, `{
  "header": "Authorization",
  "audience": "api://orders-uat",
	"clientSecret": "hunter3", "tenant": "`+hostileJSON+`",
  "clientId": "appid"
}
`)
	answered := func(v rules.Verdict) report.Answered {
		return report.NewAnswered(&v, OutcomeLine)
	}
	rejected := answered(judged(tokenWith(hostileClaims), ordersPolicy(file)))
	accepted := answered(judged(tokenWith(ownClaims), lenient(file)))
	open := answered(undecided(t).Verdict)
	return &report.Fixing{
		Before: file, After: after, Repaired: []string{"client-id-claim-of-nobody"},
		Changes: []rules.FieldChange{{Field: "clientId", From: "client_id", To: "appid"}},
		Refused: []report.Refused{{
			Rule: "audience-not-checked", Severity: rules.Error,
			Pos: source.Position{File: file.Name, Line: 3, Column: 5},
			Why: "the audience is not known" + hostile, Asks: []string{"--audience AUDIENCE"},
		}},
		Tokens: []report.FixedToken{
			{
				Name: "token.jwt" + hostile, Expected: rules.Accepted,
				Before: rejected, After: accepted,
			},
			{Name: "other.jwt", Expected: rules.Rejected, Before: accepted, After: accepted},
			{Name: "third.jwt", Expected: rules.Rejected, Before: accepted, After: open},
			{Name: "uat/app", API: "17", Modelled: true, Before: rejected, After: rejected},
		},
		Unproved: []report.Unproved{{
			API: "17", Tokens: []string{"another client", "a stranger"}, Why: "no scope is known",
			Ask: "--scope SCOPE",
		}},
		Warnings: []string{"more is let in"},
		Written:  true,
	}
}

func TestRepairs(t *testing.T) {
	t.Parallel()
	golden(t, "fix", Formats().Fix, []row[*report.Fixing]{
		{
			fact:   "a repair is a diff without secrets and what tokens get before and after",
			style:  Style{Unicode: true},
			report: fixedAudience,
		},
		{
			fact: "where nothing changes there is no diff",
			report: func(t *testing.T) *report.Fixing {
				return &report.Fixing{Before: orders(t), After: orders(t)}
			},
		},
	})
}

// A diff that lost its tabs or its carriage returns would not apply.
func TestADiffKeepsTabsAndLineBreaks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"-\ta\r\n+\tb\n":     "-\ta\r\n+\tb\n",
		"-a\r\r\n+b\x1b\r\r": "-a\r\n+b\\u001b",
	} {
		if got := safeDiff(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
