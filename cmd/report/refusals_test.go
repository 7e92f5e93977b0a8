package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

func TestWhichGatewaysRefuseASetIsSaid(t *testing.T) {
	t.Parallel()
	const key = `{"kty":"oct","kid":"a","k":"AAAA"}`
	for text, want := range map[string][]string{
		`{"keys":[` + key + `]}`: nil,
		`[` + key + `]`: {
			"KrakenD", "Kubernetes", "Ory Oathkeeper", "oauth2-proxy",
			"Azure API Management emulator", "mod_auth_openidc",
		},
		`{"keys":[` + key + `,{"kty":"EC","kid":"b","crv":"P-1","x":"AA","y":"AA"}]}`: {
			"KrakenD", "Kubernetes", "Ory Oathkeeper", "oauth2-proxy",
		},
		key: nil,
	} {
		set, err := keys.Parse("keys.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range NewKeyListing(set, time.Time{}).Refusals {
			got = append(got, r.Gateways...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	for kind, want := range map[keys.RefusalKind]int{
		keys.KeyPadded: 2, keys.KeyPrivate: 3, keys.KeyExponent: 0,
	} {
		if got := refusing(kind); len(got) != want {
			t.Errorf("of kind %d: %q", kind, got)
		}
	}
}
