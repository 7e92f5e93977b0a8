//go:build unix

package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// distinct is how many tokens are told apart in memory; a log has more of them.
const distinct = 2000

// bench is what all measurements share: a key, tokens that it signed, and the folder of the
// programs, to which the data is written.
type bench struct {
	folder string
	key    *mint.Key
	keys   []byte // the key set
	public *rsa.PublicKey
	signed []signed
}

// signed is a token, and what bare crypto/rsa needs to verify it.
type signed struct {
	text              string
	digest, signature []byte
}

func newBench(folder string) (*bench, error) {
	b := &bench{folder: folder}
	var err error
	if b.key, err = mint.NewKey("RS256"); err != nil {
		return nil, err
	}
	if b.keys, err = mint.Set(b.key); err != nil {
		return nil, err
	}
	if b.public, err = publicKey(b.keys); err != nil {
		return nil, err
	}
	now := time.Now()
	for i := range distinct {
		text, err := b.token(now, i)
		if err != nil {
			return nil, err
		}
		one := signed{text: text}
		at := strings.LastIndexByte(text, '.')
		digest := sha256.Sum256([]byte(text[:at]))
		one.digest = digest[:]
		if one.signature, err = base64.RawURLEncoding.DecodeString(text[at+1:]); err != nil {
			return nil, err
		}
		b.signed = append(b.signed, one)
	}
	if err := b.write("token.jwt", []byte(b.signed[0].text)); err != nil {
		return nil, err
	}
	return b, b.write("keys.json", b.keys)
}

// publicKey is the one key of a set.
func publicKey(text []byte) (*rsa.PublicKey, error) {
	set, err := keys.Parse("keys.json", text)
	if err != nil {
		return nil, err
	}
	public, ok := set.Keys[0].Public().(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the key is %T", set.Keys[0].Public())
	}
	return public, nil
}

// token is the token of an application, as Entra ID's v1.0 endpoint issues it: each differs from
// the others in the claims that Entra ID makes anew.
func (b *bench) token(now time.Time, i int) (string, error) {
	claims, err := mint.Claims("v1", now)
	if err != nil {
		return "", err
	}
	claims["uti"] = fmt.Sprintf("%022d", i)
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	header, err := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": b.key.ID})
	if err != nil {
		return "", err
	}
	return b.key.Sign("RS256", header, payload)
}

func (s *signed) verify(public *rsa.PublicKey) error {
	return rsa.VerifyPKCS1v15(public, crypto.SHA256, s.digest, s.signature)
}

// file is the path of a file in the folder.
func (b *bench) file(name string) string { return filepath.Join(b.folder, name) }

func (b *bench) write(name string, text []byte) error {
	return os.WriteFile(b.file(name), text, 0o600)
}
