package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// The limits of routes and Gateways are those of the definitions of the Gateway API: an API server
// takes no resource beyond them.
func TestAResourceOfAsManyItemsAsAnAPIServerTakesIsReadAndNoneOfMore(t *testing.T) {
	t.Parallel()
	many := func(n int, field, item string) string {
		return field + ": [" + strings.Repeat(item+", ", n) + "]"
	}
	for _, of := range []struct {
		kind, field, item string
		most              int
		says              string
	}{
		{httpRoute, "parentRefs", "{name: eg}", 32, "33 parentRefs"},
		{httpRoute, "hostnames", "api.example", 16, "17 hostnames"},
		{httpRoute, "rules", "{}", 16, "17 rules"},
		{grpcRoute, "rules", "{}", 16, "17 rules"},
		{httpRoute, "rules", "{matches: [" + strings.Repeat("{}, ", 9) + "]}", 14, "135 matches"},
		{gatewayKind, "listeners", "{name: l}", 64, "65 listeners"},
		{listenerSet, "listeners", "{name: l}", 64, "65 listeners"},
	} {
		t.Run(of.kind+" "+of.says, func(t *testing.T) {
			t.Parallel()
			with := func(n int) error {
				text := onRoute(jwt()) + resourceOf(of.kind, "api", many(n, of.field, of.item))
				_, err := read(requests.Files(t, "cluster.yaml", text), rules.Options{})
				return err
			}
			if err := with(of.most); err != nil {
				t.Errorf("%d: %v", of.most, err)
			}
			err := with(of.most + 1)
			if err == nil || !strings.Contains(err.Error(), of.kind+" orders/api has "+of.says) {
				t.Errorf("%d: %v", of.most+1, err)
			}
		})
	}
}
