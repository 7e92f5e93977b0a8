package render

import (
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

func TestAMeaningFollowsTheTokensKindAndFlow(t *testing.T) {
	tests := []struct {
		name    string
		profile inspect.Profile
		claim   string
		want    string
	}{
		{
			"an ID token is for an app",
			inspect.Profile{Kind: inspect.KindID},
			"aud", "the app that the ID token is for",
		},
		{
			"any other is for an API",
			inspect.Profile{Kind: inspect.KindAccess},
			"aud", "the API that the token is for",
		},
		{
			"a user's roles are the user's",
			inspect.Profile{Flow: inspect.Delegated},
			"roles", "the app roles of the user",
		},
		{
			"an application's are its permissions",
			inspect.Profile{Flow: inspect.AppOnly},
			"roles", "the application permissions of an app-only token",
		},
		{
			"where the flow is not known, either",
			inspect.Profile{Flow: inspect.FlowUnknown},
			"roles", "the application permissions or app roles that were granted",
		},
		{
			"a name keeps its capital",
			inspect.Profile{},
			"puid", "an id that Microsoft uses for the user; must not decide who gets access",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDecoding(&report.Decoding{Profile: test.profile})
			if got := d.meaning("claims", test.claim); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
