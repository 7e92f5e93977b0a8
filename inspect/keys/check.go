package keys

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Expect is what the person who asks expects of a token.
type Expect struct {
	At         time.Time // the instant at which the times are checked
	Algorithms []string  // those that may have signed it; empty for all that are known
	Issuer     string    // the exact iss; empty where it is not to be checked
	Tenant     string    // the tenant's id, a GUID; empty where it is not to be checked
	Cloud      string    // the id of the tenant's cloud; empty where it is not known
}

// Check is one thing that was looked at. The ids are those of a policy's checks.
type Check struct {
	ID       string // "token-format", "algorithm", "signature", "expiry", "not-before", "issuer", "tenant"
	Outcome  Outcome
	Expected string
	Actual   string
	Why      string
	Hint     source.Hint // of a check that was skipped: what to pass so that it is made
}

// Report is all that verify has to say of a token.
type Report struct {
	Signature Result
	Checks    []Check
}

// Verify checks everything that makes a token genuine, current and of the expected issuer and tenant. Every check is
// run, whatever came of those before it.
func (e Expect) Verify(t *inspect.Token, set *Set) Report {
	return e.Check(t, Verify(t, set, e.Algorithms...))
}

// Check is Verify with a signature that was verified before, and perhaps investigated.
func (e Expect) Check(t *inspect.Token, signature Result) Report {
	e.Cloud = e.cloudOf(signature.Set)
	r := Report{Signature: signature}
	r.Checks = append(r.Checks, formatCheck(t))
	r.Checks = append(r.Checks, signatureChecks(signature)...)
	r.Checks = append(r.Checks,
		expiryCheck(t.Claims, e.At),
		notBeforeCheck(t.Claims, e.At),
		e.issuerCheck(t.Claims, signature.Verifier),
		e.tenantCheck(t.Claims),
	)
	return r
}

// cloudOf returns the expected cloud, which is that of the keys' metadata where no other was named.
func (e Expect) cloudOf(set *Set) string {
	if e.Cloud != "" || set == nil {
		return e.Cloud
	}
	cloud, _ := entra.CloudByInstance(set.Metadata.CloudInstance)
	return cloud.ID
}

// Outcome is Fail where a check failed, else Unknown where one is unknown, else Pass.
func (r Report) Outcome() Outcome {
	outcome := Pass
	for _, c := range r.Checks {
		switch c.Outcome {
		case Fail:
			return Fail
		case Unknown:
			outcome = Unknown
		}
	}
	return outcome
}

// Decided returns the first check that failed, or else the first that is unknown, or else none.
func (r Report) Decided() (Check, bool) {
	for _, outcome := range []Outcome{Fail, Unknown} {
		for _, c := range r.Checks {
			if c.Outcome == outcome {
				return c, true
			}
		}
	}
	return Check{}, false
}

// Failed reports whether the check with this id failed.
func (r Report) Failed(id string) bool {
	for _, c := range r.Checks {
		if c.ID == id {
			return c.Outcome == Fail
		}
	}
	return false
}

func formatCheck(t *inspect.Token) Check {
	c := Check{ID: "token-format", Outcome: Pass, Expected: "a signed token in compact form", Actual: "a signed token in compact form"}
	if t.Fault != nil {
		c.Outcome, c.Actual, c.Why = Fail, t.Fault.ID, t.Fault.Cause
	}
	return c
}

// signatureChecks splits what Verify found into the two checks that policies have for it.
func signatureChecks(r Result) []Check {
	algorithm := Check{ID: "algorithm", Outcome: Pass, Expected: r.Algorithm, Actual: r.Algorithm}
	signature := Check{ID: "signature", Outcome: r.Outcome, Expected: r.Expected, Actual: r.Actual, Why: r.Why}
	switch r.Reason {
	case NoReadableJWS:
		algorithm.Outcome = Skipped
	case Unsigned, AlgorithmNotAllowed, AlgorithmMismatch, HMACWithPublicKey:
		if r.Algorithm == "" || r.Reason != Unsigned || isNone(r.Algorithm) {
			algorithm = Check{ID: "algorithm", Outcome: Fail, Expected: r.Expected, Actual: r.Actual, Why: r.Why}
		}
	}
	return []Check{algorithm, signature}
}
