package rules

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Policy is one policy of a gateway, compiled. It is immutable: any number of requests may be evaluated
// against it at once.
type Policy struct {
	Gateway string          // the adapter's name
	Variant string          // which of the adapter's gateways it was compiled for
	Asset   string          // the vendor's id of the policy kind
	Name    string          // the vendor's name of it, as its console shows it
	Product string          // the gateway that it was compiled for, as its vendor calls it
	Version string          // of the asset; empty where the file does not tell
	API     string          // the API instance that it is applied to; empty where the file does not tell
	Order   int             // its place in the chain; 0 where the file does not tell
	Pos     source.Position // of the policy's entry
	When    Guard
	Root    Node
	Entry   Entry // what the adapter has read of it; it is not changed either
}

// Unread is a file beside the policies that could not be read. It may hold another policy.
type Unread struct {
	File string
	Why  string // an error's cause
}

// Policy is the one that the file may hold: what it answers is not known.
func (u *Unread) Policy() *Policy {
	at := source.Position{File: u.File}
	return &Policy{Asset: u.File, Name: u.File, Pos: at, Root: AllOf(&Check{
		ID: NotModelled, Pos: at,
		Unknown: &Unknown{
			Why: "the file " + u.File + " can't be read, and may hold another policy: " + u.Why,
			Need: Need{
				Input: source.NeedPolicy,
				For:   "each file with a policy of this API by its name, or repair " + u.File,
			},
		},
	})}
}

// Checks lists every check of the policy, in the gateway's order. They need not all hold: see [Node].
func (p *Policy) Checks() []*Check {
	return slices.AppendSeq(make([]*Check, 0, p.Root.size()), p.Root.Checks())
}
