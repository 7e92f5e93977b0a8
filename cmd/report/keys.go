package report

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// KeyListing is a key set as keys shows it.
type KeyListing struct {
	Set      *keys.Set
	At       time.Time
	Private  []*keys.Key   // those whose private half, or secret, the set gives away
	Twins    [][]*keys.Key // the same key under several entries
	Refusals []SetRefusal
	Clouds   []keys.CloudSet // the key sets of all clouds, where they were asked
	Next     []rules.Step    // what to do now
}

// NewKeyListing looks a key set over.
func NewKeyListing(set *keys.Set, at time.Time, clouds ...keys.CloudSet) *KeyListing {
	l := &KeyListing{
		Set: set, At: at, Twins: set.Twins(), Refusals: refusalsOf(set), Clouds: clouds,
	}
	l.Private = source.Where(set.Keys, func(k *keys.Key) bool { return k.Private })
	return l
}

// AddNext adds what to do now. The words name the key set as verify takes it.
func (l *KeyListing) AddNext(line CommandLine, words []string) {
	var all steps
	switch {
	case line.Once:
	case len(l.Private) > 0:
		all.add("Once the key is replaced and only its public half is published, check again",
			line.Shell.Line(append([]string{"gatewhy", "keys"}, words...)...))
	case len(words) == 0:
		all.add("Verify a token with one tenant's keys, or with a file's",
			"gatewhy verify - --jwks FILE")
	default:
		all.add("Verify a token with these keys",
			line.Shell.Line(append([]string{"gatewhy", "verify", "-"}, words...)...))
	}
	l.Next = all
}

// SetRefusal is why some gateways take no key from a set, with those that are known to do so.
type SetRefusal struct {
	keys.Refusal
	Gateways []string
}

// refusalsOf are those of a key set.
func refusalsOf(set *keys.Set) []SetRefusal {
	return source.Each(set.Refusals(), func(r keys.Refusal) SetRefusal {
		return SetRefusal{r, refusing(r.Kind)}
	})
}

// refusing lists the gateways that refuse a set for something of this kind. Six gateways were
// measured with one valid token, and with one odd key beside the good one. Those that use go-jose
// answered 401 to every token; two of the four use a version that takes padded base64.
func refusing(kind keys.RefusalKind) []string {
	switch kind {
	case keys.KeyNotRead:
		return []string{"KrakenD", "Kubernetes", "Ory Oathkeeper", "oauth2-proxy"}
	case keys.KeyPadded:
		return []string{"Kubernetes", "oauth2-proxy"}
	case keys.KeyPrivate:
		return []string{"KrakenD", "Kubernetes", "oauth2-proxy"}
	case keys.FormRefused:
		return append(
			refusing(keys.KeyNotRead), "Azure API Management emulator", "mod_auth_openidc",
		)
	}
	return nil
}
