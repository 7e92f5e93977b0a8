package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
)

// wrongLength concludes where none of the named keys makes signatures of this length: then it is not the text that is wrong.
func (v *verification) wrongLength(named []*Key) bool {
	size, found := v.sizeOf(named), len(v.token.Signature)
	if size == 0 || size == found {
		return false
	}
	why := fmt.Sprintf("it has %d bytes, and %s with this key makes %d", found, v.algorithm.name, size)
	switch {
	case !v.byKid() && len(named) > 1:
		why = fmt.Sprintf("the signature was cut off, or the key is in another set: it has %d bytes, and %s with the set's keys makes %d", found, v.algorithm.name, size)
	case found < size:
		why = "the signature was cut off: " + why
	default:
		why = "the signature is too long: " + why
	}
	v.result.Misfit = true
	v.conclude(TextAltered, fmt.Sprintf("a signature of %d bytes", size), fmt.Sprintf("one of %d bytes", found), why)
	return true
}

// sizeOf returns how many bytes a signature by each of the keys has that can have made it, or 0 where they differ.
func (v *verification) sizeOf(list []*Key) int {
	size := 0
	for _, k := range list {
		if !v.serves(k) {
			continue
		}
		if n := v.algorithm.size(k); size == 0 || n == size {
			size = n
			continue
		}
		return 0
	}
	return size
}

// size returns how many bytes a signature by a key has (RFC 8017, section 8; RFC 7518, sections 3.2 and 3.4; RFC 8032,
// section 5.1.6).
func (a algorithm) size(k *Key) int {
	switch key := k.public.(type) {
	case *rsa.PublicKey:
		return key.Size()
	case *ecdsa.PublicKey:
		return 2 * ((key.Curve.Params().BitSize + 7) / 8)
	case ed25519.PublicKey:
		return ed25519.SignatureSize
	}
	return a.hash.Size()
}

// wrongResource says that a token is for Microsoft Graph, or has its nonce: others than Microsoft's APIs can't verify such a
// token, altered or not (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate tokens"). It returns "" for
// any other token.
func wrongResource(t *inspect.Token) string {
	const others = " can't be verified by others"
	p := inspect.Describe(t)
	graph, _ := entra.AppByID(entra.Graph)
	_, nonce := nonceText(t.Header.Find("nonce"))
	switch {
	case p.Resource == graph.Name, strings.EqualFold(p.ClientID.Value, graph.ID):
		return "wrong resource: a token for " + graph.Name + others
	case nonce && p.Resource != "":
		return "wrong resource: a token for " + p.Resource + " that has a nonce in its header" + others
	case nonce:
		return "wrong resource: the header has a nonce, as tokens for Microsoft Graph have, and they can't be verified by others"
	}
	return ""
}
