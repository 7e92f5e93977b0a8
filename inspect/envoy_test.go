package inspect

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Every case of google/jwt_verify_lib, which Envoy's JWT filter is built on (test/jwt_test.cc).
// Envoy refuses a token whose registered claims have the wrong type. We read it, since a person
// asks what is in it, and tell what is wrong; refusing is the gateway's part.
func TestEnvoysParseCasesAreReadOrToldWhatIsWrong(t *testing.T) {
	t.Parallel()
	const rs256 = `{"alg":"RS256","typ":"JWT"}`
	claims := func(text string) string {
		return b64(rs256) + "." + b64(text) + "." + b64("Signature")
	}
	header := func(text string) string {
		return b64(text) + "." + b64(`{"iss":"https://example.com"}`) + "." + b64("Signature")
	}
	const good = `{"iss":"https://example.com","sub":"test@example.com","iat":1501281000,` +
		`"exp":1501281058,"nbf":1501281000,"jti":"identity"}`
	tests := []struct {
		name  string
		token string
		envoy string // the status that Envoy gives
		fault string // ours
		odd   string // what we tell of a token that we read
	}{
		{"GoodJwt", claims(good + "\n"), "Ok", "", ""},
		{"Copy", claims(good), "Ok", "", ""},
		{
			"GoodJwtWithMultiAud",
			claims(`{"iss":"https://example.com","aud":["aud1","aud2"],"exp":1517878659}`), "Ok",
			"", "",
		},
		{"TestEmptyJwt", "", "JwtBadFormat", "empty", ""},
		{"TestTooManySections", claims(good) + ".cc", "JwtBadFormat", "wrong-number-of-parts", ""},
		{"TestTooLargeJwt", strings.Repeat("c", 2_000_000), "JwtBadFormat", "too-long", ""},
		{
			"TestParseHeaderBadBase64",
			"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9!." + b64(good) + ".U2ln",
			"JwtHeaderParseErrorBadBase64", "not-base64url", "",
		},
		{
			"TestParseHeaderBadJson", header(`{"alg":"RS256","typ":"JWT"`),
			"JwtHeaderParseErrorBadJson", "header-not-json", "",
		},
		{
			"TestParseHeaderAbsentAlg", header(`{"typ":"JWT"}`), "JwtHeaderBadAlg", "",
			"alg-missing",
		},
		{
			"TestParseHeaderAlgIsNotString", header(`{"alg":256,"typ":"JWT"}`), "JwtHeaderBadAlg",
			"", "alg-malformed",
		},
		// The names of algorithms that no one knows are verify's to refuse:
		// keys.AlgorithmNotAllowed.
		{
			"TestParseHeaderInvalidAlg", header(`{"alg":"InvalidAlg","typ":"JWT"}`),
			"JwtHeaderNotImplementedAlg", "", "",
		},
		{
			"TestParseHeaderBadFormatKid", header(`{"alg":"RS256","kid":1}`), "JwtHeaderBadKid",
			"", "kid-malformed",
		},
		{
			"TestParsePayloadBadBase64",
			b64(rs256) + ".eyJpc3MiOiJodHRwczovL2V4YW1wbGUuY29tIn0!.U2ln",
			"JwtPayloadParseErrorBadBase64", "not-base64url", "",
		},
		{
			"TestParsePayloadBadJson", claims(`{"iss":"https://example.com"`),
			"JwtPayloadParseErrorBadJson", "payload-not-json", "",
		},
		{
			"TestParsePayloadIssNotString", claims(`{"iss":1}`),
			"JwtPayloadParseErrorIssNotString", "", "issuer-malformed",
		},
		{
			"TestParsePayloadSubNotString", claims(`{"sub":1}`),
			"JwtPayloadParseErrorSubNotString", "", "claim-type",
		},
		{
			"TestParsePayloadIatNotInteger", claims(`{"iat":"x"}`),
			"JwtPayloadParseErrorIatNotInteger", "", "time-not-a-number",
		},
		{
			"TestParsePayloadIatNotPositive", claims(`{"iat":-12345}`),
			"JwtPayloadParseErrorIatOutOfRange", "", "time-before-1970",
		},
		{
			"TestParsePayloadIatTooBig", claims(`{"iat":9223372036854775810}`),
			"JwtPayloadParseErrorIatOutOfRange", "", "time-out-of-range",
		},
		{
			"TestParsePayloadIatDecimalsDrop", claims(`{"iat":1501281000.25}`), "Ok", "",
			"time-with-fraction",
		},
		{
			"TestParsePayloadNbfNotInteger", claims(`{"nbf":"x"}`),
			"JwtPayloadParseErrorNbfNotInteger", "", "time-not-a-number",
		},
		{
			"TestParsePayloadNbfNotPositive", claims(`{"nbf":-12345}`),
			"JwtPayloadParseErrorNbfOutOfRange", "", "time-before-1970",
		},
		{
			"TestParsePayloadNbfTooBig", claims(`{"nbf":9223372036854775810}`),
			"JwtPayloadParseErrorNbfOutOfRange", "", "time-out-of-range",
		},
		{
			"TestParsePayloadExpNotInteger", claims(`{"exp":"x"}`),
			"JwtPayloadParseErrorExpNotInteger", "", "time-not-a-number",
		},
		{
			"TestParsePayloadExpNotPositive", claims(`{"exp":-12345}`),
			"JwtPayloadParseErrorExpOutOfRange", "", "time-before-1970",
		},
		{
			"TestParsePayloadExpTooBig", claims(`{"exp":9223372036854775810}`),
			"JwtPayloadParseErrorExpOutOfRange", "", "time-out-of-range",
		},
		{
			"TestParsePayloadJtiNotString", claims(`{"jti":1}`),
			"JwtPayloadParseErrorJtiNotString", "", "claim-type",
		},
		{
			"TestParsePayloadAudInteger", claims(`{"aud":1}`), "JwtPayloadParseErrorAudNotString",
			"", "audience-malformed",
		},
		{
			"TestParsePayloadAudIntegerList", claims(`{"aud":[1,2]}`),
			"JwtPayloadParseErrorAudNotString", "", "audience-malformed",
		},
		{
			"InvalidSignature", b64(rs256) + "." + b64(good) + ".invalid-signature!",
			"JwtSignatureParseErrorBadBase64", "not-base64url", "",
		},
		{
			"GoodNestedJwt",
			claims(
				`{"iss":"https://example.com","nested":{"key-1":"value1",` +
					`"nested-2":{"key-2":"value2","key-3":true,"key-4":9999}}}`), "Ok", "", "",
		},
		{
			"GoodJwtLongClaim", claims(`{"myClaim":"` + strings.Repeat("xyz", 2500) + `"}`), "Ok",
			"", "",
		},
		{
			"GoodJwtLongCustomClaims",
			claims(
				`{"claim1":"` + strings.Repeat("x", 3000) + `","claim2":"` +
					strings.Repeat("y", 3000) + `"}`), "Ok", "", "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := Parse(test.token)
			p := Describe(token)
			told := slices.ContainsFunc(p.Observations,
				func(o Observation) bool { return o.ID == test.odd })
			if got := faultOf(token); got != test.fault || told != (test.odd != "") {
				t.Errorf("Envoy: %s; we: fault %q, %v; want %q, %q", test.envoy, got,
					p.Observations, test.fault, test.odd)
			}
		})
	}
}

// Every case of jwt_time_test.cc. Its token is good from 1605050800 to 1605052800. Envoy forgives
// 60 s of skew by itself; here the times are read, and the leeway is the caller's.
func TestEnvoysTimeCasesGiveTheSameInstants(t *testing.T) {
	t.Parallel()
	nbf, exp := time.Unix(1605050800, 0).UTC(), time.Unix(1605052800, 0).UTC()
	tests := []struct {
		name, claims string
		nbf, exp     time.Time
	}{
		{
			"BothNbfExp",
			`{"iss":"https://example.com","sub":"test@example.com","exp":1605052800,` +
				`"nbf":1605050800}`, nbf, exp,
		},
		{
			"BothNbfExpWithCustomClockSkew",
			`{"iss":"https://example.com","sub":"test@example.com","exp":1605052800,` +
				`"nbf":1605050800}`, nbf, exp,
		},
		{
			"OnlyExp", `{"iss":"https://example.com","sub":"test@example.com","exp":1605052800}`,
			time.Time{},
			exp,
		},
		{
			"OnlyNbf", `{"iss":"https://example.com","sub":"test@example.com","nbf":1605050800}`,
			nbf,
			time.Time{},
		},
		{
			"NotTimeConstraint", `{"iss":"https://example.com","sub":"test@example.com"}`,
			time.Time{},
			time.Time{},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Describe(Parse(signed(test.claims)))
			if !p.NotBefore.At.Equal(test.nbf) || !p.ExpiresAt.At.Equal(test.exp) {
				t.Errorf("good from %v to %v, want %v to %v", p.NotBefore.At, p.ExpiresAt.At,
					test.nbf, test.exp)
			}
		})
	}
}
