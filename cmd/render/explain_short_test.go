package render

import "testing"

func TestAFindingInShortSaysWhatIsWrongAndNotOnlyWhere(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"a scope is required: clients without a user have none": "a scope is required",
		"on Flex Gateway: it has no function filter: write ==": "on Flex Gateway: it has no " +
			"function filter",
		"no audience": "no audience",
	} {
		if got := firstClause(message); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
