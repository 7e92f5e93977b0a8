package rules

import "testing"

func TestWhatIsNoMethodOrPathIsSaid(t *testing.T) {
	t.Parallel()
	for text, isMethod := range map[string]bool{
		"GET": true, "M-SEARCH": true, "": false, "GE T": false, "GET/": false,
	} {
		if got := MethodFault(text) == ""; got != isMethod {
			t.Errorf("the method %q: %v", text, got)
		}
	}
	for text, isPath := range map[string]bool{
		"/": true, "/a%20b?c=d": true, "*": true, "": false, "orders": false, "/a b": false,
		"https://api.example/orders": false, "/a#b": false,
	} {
		if got := PathFault(text) == ""; got != isPath {
			t.Errorf("the path %q: %v", text, got)
		}
	}
}

// It is not documented whether a gateway takes the escapes, the dots and the empty segments out of
// a path before it matches the path with a route.
func TestAPathThatCanBeWrittenOtherwiseIsKnownWhereAllWaysAgree(t *testing.T) {
	t.Parallel()
	policies := []*Policy{limited(Route{Method: ".*", Path: "/orders/.*"})}
	for path, want := range map[string]Truth{
		"/orders/1": Yes, "/customers/1": No, "/customers/": No, "/orders/a%20b": Yes,
		"/%6Frders/1": Maybe, "/orders/../customers": Maybe, "/customers//1": No,
		"/a/../orders/1": Maybe, "/a/%2e%2e/orders/1": Maybe, "/%zz/1": No,
	} {
		classes := Classes(policies, "GET", path)
		if len(classes) != 1 || classes[0].Applies[0] != want {
			t.Errorf("%s: %v, want %v", path, classes, want)
		}
	}
}
