package render

import (
	"net/http"
	"testing"
)

func TestAStatusHasTheNameThatHTTPGivesIt(t *testing.T) {
	t.Parallel()
	for code := range 1000 {
		if got, want := statusName(code), http.StatusText(code); got != want {
			t.Errorf("status %d is named %q, want %q", code, got, want)
		}
	}
}
