package environments

import (
	"encoding/base64"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The ids that the model makes up for those who are in no file, and what a caller writes where
// anything would do.
const (
	strangerID        = "57a46e20-0000-4000-8000-000000000001"
	strangersAPIID    = "57a46e20-0000-4000-8000-0000000000a1"
	otherTenantID     = "07e60000-0000-4000-8000-0000000000ff"
	otherTenantClient = "07e60000-0000-4000-8000-000000000001"
	otherTenantsAPIID = "07e60000-0000-4000-8000-0000000000a1"

	anyClientID = "a-client-id-of-the-callers-choice"
	anySecret   = "a-secret-that-only-the-client-has"
)

func str(text string) *source.Value { return &source.Value{Kind: source.String, Text: text} }

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
