package mulesoft

import "testing"

func TestAnExpressionThatJavaMayReadOtherwise(t *testing.T) {
	for expression, want := range map[string]string{
		`/orders/.*`: "", `GET|POST`: "", `/a{2,3}/[^/]+`: "", `/v\d+/(?:x|y)?`: "",
		`(?i)/orders`: "", `^/a\.b$`: "", `/[a-z\-]+`: "", `/a}`: "",
		`/orders/{id}`: "refused", `/a{,2}`: "refused", `(?P<n>x)`: "refused", `/[a`: "refused",
		`/a\`: "refused", `/(?!admin).*`: "open", `/(?<=x)y`: "open", `/a*+`: "open",
		`/\p{L}+`: "open", `\Q/a\E`: "open", `/[a-z&&[^b]]`: "open", `/[[:alpha:]]`: "open",
		`/é`: "open", `/[]a]`: "open", `/\bx`: "open",
	} {
		got := ""
		switch why, refused := javaDoubt(expression); {
		case refused:
			got = "refused"
		case why != "":
			got = "open"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
}
