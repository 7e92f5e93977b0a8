package evaluator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// families are the algorithms' names by the values of signingMethod.
var families = map[string]string{"rsa": "RS", "hmac": "HS", "es": "ES"}

// methods are the signing methods that the policy may have. Absent it is rsa on Flex; on Mule "the
// policy matches every signed and unsigned token" (mulesoft.md 9), which is none. Another value is
// not documented.
func (r *reading) methods() []string {
	method, known := r.text(
		"signingMethod", map[string]string{Mule: "none", Flex: "rsa"}[r.gateway],
	)
	if known && (method == "none" || families[method] != "") {
		return []string{method}
	}
	return []string{"rsa", "hmac", "es", "none"}
}

// lengths are the key lengths that the policy may have. Public files write the number as a text
// too.
func (r *reading) lengths() []int {
	value := r.config["signingKeyLength"]
	text, _ := value.(string)
	length, err := strconv.Atoi(text)
	if number, isNumber := value.(int); isNumber {
		length, err = number, nil
	}
	switch {
	case value == nil:
		return []int{256}
	case err == nil && (length == 256 || length == 384 || length == 512):
		return []int{length}
	}
	return []int{256, 384, 512}
}

// algorithm: the token's must equal method and length (1.2).
func (r *reading) algorithm() Answer {
	var answers []Answer
	for _, method := range r.methods() {
		for _, length := range r.lengths() {
			switch {
			case method == "none":
				answers = append(answers, Pass)
			case method == "es" && !r.knowsES(length):
				answers = append(answers, Open)
			default:
				answers = append(
					answers, passes(r.pair.Token.Alg == fmt.Sprint(families[method], length)),
				)
			}
		}
	}
	return either(answers...)
}

// knowsES: es came with 1.3.0 of Mule's line, so that a policy that has it is no older one unless
// its file says so; Flex has 256 and 384 only.
func (r *reading) knowsES(length int) bool {
	if r.gateway == Flex {
		return length != 512
	}
	return r.pair.Policy.Version != "1.2.0"
}

func (r *reading) signature() Answer {
	methods := r.methods()
	switch {
	case slices.Equal(methods, []string{"none"}):
		return Pass // "no signature validation at all"
	case len(methods) > 1:
		return Open
	}
	origin, known := r.text("jwtKeyOrigin", map[string]string{Flex: "text"}[r.gateway])
	switch {
	case !known:
		return Open
	case origin == "text":
		return r.signedWithText()
	case origin == "jwks":
		return r.signedWithSet(methods[0])
	}
	return Open
}

// signedWithText: a downloaded policy never has its textKey (9), and the console's placeholder is
// no key. Any other text verifies what was signed with it, and nothing else.
func (r *reading) signedWithText() Answer {
	text, known := r.text("textKey", "")
	if !known || text == "" || strings.HasPrefix(text, "your-") {
		return Open
	}
	return passes(!r.pair.Token.Forged && r.pair.Token.Signer == strings.TrimPrefix(text, KeyText))
}

// signedWithSet: how the key is chosen is not documented, so a key of the set under another key's
// id, or under none, leaves it open. No secret is in the set that is given.
func (r *reading) signedWithSet(method string) Answer {
	token := r.pair.Token
	url, isText := r.config["jwksUrl"].(string)
	switch {
	case !r.pair.Keys, !isText, strings.TrimSpace(url) == "",
		strings.Contains(url, "your-jwks-service"):
		return Open
	case strings.Contains(url, ",") && r.gateway == Mule:
		return Open // a list of URLs is Flex's
	case token.Forged, token.Signer == Foreign, method == "hmac":
		return Fail
	case token.Kid != token.Signer:
		return Open
	}
	return Pass
}
