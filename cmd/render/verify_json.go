package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// The JSON of verify.
type (
	verifyJSON struct {
		SchemaVersion int               `json:"schema_version"`
		Token         *tokenJSON        `json:"token"`
		Verdict       verifyVerdictJSON `json:"verdict"`
		Checks        []verifyCheckJSON `json:"checks"`
		Signature     signatureJSON     `json:"signature"`
		Notes         []noteJSON        `json:"notes"`
		Next          []nextJSON        `json:"next,omitempty"`
	}

	verifyVerdictJSON struct {
		Outcome   string  `json:"outcome"`
		DecidedBy *string `json:"decided_by"`
		Why       *string `json:"why"`
		Question  *string `json:"question"`
	}

	verifyCheckJSON struct {
		ID       string  `json:"id"`
		Outcome  string  `json:"outcome"`
		Expected *string `json:"expected"`
		Actual   *string `json:"actual"`
		Why      *string `json:"why"`
	}

	signatureJSON struct {
		Reason    string   `json:"reason"`
		Algorithm *string  `json:"algorithm"`
		KeyID     *string  `json:"kid"`
		SignedBy  *string  `json:"signed_by"`
		Keys      *setJSON `json:"keys"`
	}

	setJSON struct {
		Origin   string   `json:"origin"`
		KeyIDs   []string `json:"kids"`
		ChosenBy string   `json:"chosen_by"`
	}

	noteJSON struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}
)

// VerifyJSON writes a verification as JSON.
func VerifyJSON(w io.Writer, r *report.Verification) error {
	v := newVerification(r)
	out := verifyJSON{
		SchemaVersion: SchemaVersion,
		Token:         tokenOf(v.Profile),
		Verdict: verifyVerdictJSON{Outcome: map[keys.Outcome]string{
			keys.Pass: "verified", keys.Fail: "rejected", keys.Unknown: "undetermined",
		}[v.Report.Outcome()]},
		Checks: listOf(v.Report.Checks, func(c *keys.Check) verifyCheckJSON {
			return verifyCheckJSON{
				ID: c.ID, Outcome: c.Outcome.String(), Why: known(reasonOf(*c)),
				Expected: known(c.Expected), Actual: known(c.Actual),
			}
		}),
		Signature: v.signatureJSON(),
		Notes:     listOf(v.notes(), noteOf),
		Next:      nextOf(v.Next),
	}
	if decided, ok := v.Report.Decided(); ok {
		out.Verdict.DecidedBy, out.Verdict.Why = known(decided.ID), known(decided.Why)
	}
	out.Verdict.Question = known(v.Question())
	return v.Mask.JSON(w, out)
}

func (v verification) signatureJSON() signatureJSON {
	r := v.Report.Signature
	out := signatureJSON{
		Reason: r.Reason.String(), Algorithm: known(r.Algorithm), KeyID: known(r.KeyID),
	}
	if r.Verifier != nil {
		out.SignedBy = known(r.Verifier.ID)
	}
	if r.Set != nil {
		out.Keys = &setJSON{
			Origin: r.Set.Origin, KeyIDs: orEmpty(r.Set.IDs()), ChosenBy: "user",
		}
		if v.OwnKeys {
			out.Keys.ChosenBy = "token"
		}
	}
	return out
}
