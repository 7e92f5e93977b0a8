package rules

import "testing"

func TestAPathPerhapsLacksItsBasePath(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		expression, path string
		want             Truth
	}{
		{"/api/v1/orders", "/orders", Maybe},
		{"^/api/v1/orders$", "/orders", Maybe},
		{"/api/v1/orders/.*", "/orders/7", Maybe},
		{"/shop/(orders|carts)", "/carts", Maybe},
		{"/.*/orders", "/orders", Maybe},
		{"/api/v1/.*", "/orders", Maybe},
		{"/v2/.*", "/v1/orders", No},
		{"/orders/.*", "/customers", No},
		{"/api/v1/orders", "/customers", No},
		{"/api/v1/orders", "/", No},
		{"/api/v1/orders", "orders/7", No},
		{"/api/v1/orders", "/api/v1/orders", Yes},
		{"/orders", "/api/v1/orders", Maybe},
	} {
		got := compiled([]string{test.expression}).matchPath(test.expression, test.path)
		if got != test.want {
			t.Errorf("%s, %s: %v, want %v", test.expression, test.path, got, test.want)
		}
	}
}
